"""What a device has room for, as PyTorch and not the driver sees it."""

from __future__ import annotations

import pytest
import torch

from var_core.errors import DeviceError
from var_core.resources import available_memory, check_memory

CUDA = torch.device("cuda")


def test_what_pytorch_keeps_in_reserve_on_a_gpu_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (1 * 10**9, 80 * 10**9))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _device: 70 * 10**9)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda _device: 20 * 10**9)
    assert available_memory(CUDA) == 51 * 10**9
    check_memory(51 * 10**9, CUDA, "d30", "")
    with pytest.raises(DeviceError, match=r"51\.00 GB is free"):
        check_memory(52 * 10**9, CUDA, "d30", "")
