"""Devices, precision and threads: what this machine has, and which of it is used.

``exact`` is float32 throughout. ``fast`` keeps the same algorithm with 16-bit weights, but for the quantiser and
the head, whose results decide tokens. The default is ``fast`` where 16-bit arithmetic is fast in hardware.
"""

from __future__ import annotations

import contextlib
import os
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
    """The named device, or the best one there is: CUDA, then MPS, then CPU.

    Raises:
        DeviceError: if the name is unknown or the machine lacks it.
    """
    available = ["cpu"]
    if torch.backends.mps.is_available():
        available.insert(0, "mps")
    if torch.cuda.is_available():
        available = ["cuda", *(f"cuda:{index}" for index in range(torch.cuda.device_count())), *available]
    if name is None:
        return torch.device(available[0])
    if name not in available:
        raise DeviceError(f"device must be one of {', '.join(available)} on this machine, got {shown(name)}.")
    return torch.device(name)


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
def float32_convolutions(device: torch.device) -> Iterator[None]:
    """Keeps cuDNN from rounding float32 convolutions to TF32, which it does unless told otherwise.

    φ feeds every later scale, so its rounding would move tokens. Enter it per step, never across a ``yield``.
    """
    if device.type != "cuda":
        yield
        return
    cudnn = torch.backends.cudnn
    with cudnn.flags(
        enabled=cudnn.enabled, benchmark=cudnn.benchmark, deterministic=cudnn.deterministic, allow_tf32=False
    ):
        yield


def usable_threads() -> int:
    """Processors this process may really use: affinity and cgroup quota, not what the machine has."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with contextlib.suppress(OSError, ValueError):
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            quota, period = file.read().split()
        if quota != "max":
            count = min(count, max(1, int(quota) // int(period)))
    return max(1, count)
