"""Devices, precision and threads: what this machine has, and which of it is used.

``exact`` is float32 throughout. ``fast`` keeps the same algorithm with 16-bit weights, but for the quantiser and
the head, whose results decide tokens. The default is ``fast`` where 16-bit arithmetic is fast in hardware.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch

from var_core.errors import DeviceError
from var_core.validation import shown

PrecisionName = Literal["exact", "fast"]


@dataclass(frozen=True, slots=True)
class Precision:
    """The choice in force.

    Attributes:
        name: "exact" or "fast".
        dtype: of most weights.
        reason: one clause for people: why this one.
    """

    name: PrecisionName
    dtype: torch.dtype
    reason: str


def choose_device(name: str | None = None) -> torch.device:
    """The named device, or the best one that is safe: CUDA, else the CPU. MPS, which is untested, must be named.

    CUDA comes with the number of the device, so that what is current later does not matter.

    Raises:
        DeviceError: if the name is unknown or the machine lacks it.
    """
    available = ["cpu"]
    if torch.backends.mps.is_available():
        available.append("mps")
    if torch.cuda.is_available():
        available = ["cuda", *(f"cuda:{index}" for index in range(torch.cuda.device_count())), *available]
    name = available[0] if name is None else name
    if name not in available:
        raise DeviceError(f"device must be one of {', '.join(available)} on this machine, got {shown(name)}.")
    return torch.device("cuda", torch.cuda.current_device()) if name == "cuda" else torch.device(name)


def choose_precision(name: str | None, device: torch.device) -> Precision:
    """The named precision, or the default for the device.

    Raises:
        DeviceError: if the name is not "exact", "fast" or None.
    """
    if name not in (None, "exact", "fast"):
        raise DeviceError(f"precision must be 'exact' or 'fast', got {shown(name)}; None chooses by hardware.")
    hardware = _sixteen_bit_hardware(device)
    if name == "fast" or (name is None and hardware):
        half = torch.float16 if device.type == "mps" else torch.bfloat16
        return Precision("fast", half, f"16-bit weights, with {hardware or 'no 16-bit hardware: may be slower'}")
    reason = "float32, as asked for" if name == "exact" else "float32, no fast 16-bit arithmetic here"
    return Precision("exact", torch.float32, reason)


def weight_type(name: str, dtype: torch.dtype) -> torch.dtype:
    """The type of a weight, by its name in its network, where most have ``dtype``: what decides tokens is exact."""
    return torch.float32 if name.startswith(("quantizer.", "head.", "head_adaln.")) else dtype


def _sixteen_bit_hardware(device: torch.device) -> str:
    """What makes 16-bit arithmetic fast on the device, or an empty text."""
    if device.type == "cuda":
        # Before Ampere (8.0) the tensor cores know float16 only, whose range VAR's activations may leave.
        return "tensor cores" if torch.cuda.get_device_capability(device) >= (8, 0) else ""
    if device.type == "mps":
        return "Metal"
    capabilities = torch.cpu.get_capabilities()
    if capabilities.get("amx_bf16"):
        return "AMX"
    return "AVX512-BF16" if capabilities.get("avx512_bf16") else ""


@contextlib.contextmanager
def without_tf32(device: torch.device) -> Iterator[None]:
    """Keeps a GPU from rounding float32 convolutions, and float32 products, to TF32.

    cuDNN does so unless told otherwise, products if somebody asked for it. φ feeds every later scale, so its rounding
    would move tokens. The settings belong to the whole process: they are put back when the last thread leaves. Enter
    it per step, never across a ``yield``.
    """
    if device.type != "cuda":
        yield
        return
    _TF32.forbid()
    try:
        yield
    finally:
        _TF32.restore()


class _TF32:
    """TF32, forbidden while anybody is inside.

    Two interfaces of PyTorch set it: flags (``allow_tf32``, ``set_float32_matmul_precision``), and the newer
    ``fp32_precision``, by operation, which inherits from its backend and that from all backends. Reading a flag fails
    where the two contradict each other, so both are set and both put back.
    """

    _OPERATIONS = (("cuda", "conv"), ("cuda", "rnn"), ("cuda", "matmul"), ("mkldnn", "matmul"))
    _INHERITED = (("generic", "all"), ("cuda", "all"), ("mkldnn", "all"))
    _lock, _inside = threading.Lock(), 0
    _before: tuple[dict[tuple[str, str], str], bool, str]

    @classmethod
    def forbid(cls) -> None:
        """Turns it off for the first to come."""
        with cls._lock:
            if not cls._inside:
                own = cls._own()
                cls._set(dict.fromkeys(cls._OPERATIONS, "ieee"))
                cls._before = own, _convolutions_flag(), torch.get_float32_matmul_precision()
                cls._set_flags(False, "highest")
                cls._set(dict.fromkeys(cls._OPERATIONS, "ieee"))  # to a flag, off means what is inherited
            cls._inside += 1

    @classmethod
    def restore(cls) -> None:
        """Puts back what was there, for the last to leave."""
        with cls._lock:
            cls._inside -= 1
            if not cls._inside:
                own, convolutions, products = cls._before
                cls._set_flags(convolutions, products)
                cls._set(own)

    @classmethod
    def _own(cls) -> dict[tuple[str, str], str]:
        """What each operation is set to itself: the getter would answer with what it inherits."""
        inherited = {}
        for key in cls._INHERITED:
            inherited[key] = _get_precision(*key)
            _set_precision(*key, "none")
        own = {key: _get_precision(*key) for key in cls._OPERATIONS}
        cls._set(inherited)
        return own

    @staticmethod
    def _set(settings: dict[tuple[str, str], str]) -> None:
        for key, value in settings.items():
            _set_precision(*key, value)

    @staticmethod
    def _set_flags(convolutions: bool, products: str) -> None:
        torch._C._set_cudnn_allow_tf32(convolutions)
        torch.set_float32_matmul_precision(products)


def _get_precision(backend: str, operation: str) -> str:
    found: str = torch._C._get_fp32_precision_getter(backend, operation)
    return found


def _set_precision(backend: str, operation: str, value: str) -> None:
    torch._C._set_fp32_precision_setter(backend, operation, value)


def _convolutions_flag() -> bool:
    """``allow_tf32`` of cuDNN while the newer interface forbids it: reading the flag fails where it does not."""
    try:
        return bool(torch._C._get_cudnn_allow_tf32())
    except RuntimeError:
        return True


def usable_threads() -> int:
    """Processors this process may really use: affinity and cgroup quota, not what the machine has."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with contextlib.suppress(OSError, ValueError):
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            quota, period = file.read().split()
        if quota != "max":
            count = min(count, max(1, int(quota) // int(period)))
    return max(1, count)
