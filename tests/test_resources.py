"""What a device has room for, as PyTorch and not the driver sees it."""

from __future__ import annotations

import pytest
import torch

from var_core.errors import DeviceError
from var_core.resources import available_memory, check_memory, duration

CUDA = torch.device("cuda")


def test_what_pytorch_keeps_in_reserve_on_a_gpu_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (1 * 10**9, 80 * 10**9))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _device: 70 * 10**9)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda _device: 20 * 10**9)
    assert available_memory(CUDA) == 51 * 10**9
    check_memory(51 * 10**9, CUDA, "d30", "")
    with pytest.raises(DeviceError, match=r"51\.00 GB is free"):
        check_memory(52 * 10**9, CUDA, "d30", "")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0.4 seconds"), (0.312345, "0.31 seconds"), (0.004, "0.004 seconds"), (1, "1 second"),
        (59.99, "60 seconds"), (60, "1 minute"), (90, "90 seconds"), (1234.5, "21 minutes"), (5400, "90 minutes"),
        (6 * 3600.0, "6 hours"),
    ],
)  # fmt: skip
def test_a_time_is_said_in_units_that_fit_and_never_as_none(seconds: float, said: str) -> None:
    assert duration(seconds) == said
