"""What this machine has room for: free disk and free memory, before something large is begun."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import torch

from var_core.errors import DeviceError

CGROUP = Path("/sys/fs/cgroup")
MEMORY_INFO = Path("/proc/meminfo")


def gigabytes(num_bytes: float) -> str:
    """A size for people: "1.24 GB", "0.3 MB"."""
    return f"{num_bytes / 1e9:.2f} GB" if num_bytes >= 1e8 else f"{num_bytes / 1e6:.1f} MB"


def duration(seconds: float) -> str:
    """A time for people, in whole units but for short ones: "0.4 seconds", "45 seconds", "6 hours", "90 minutes"."""
    for name, unit in (("hour", 3600.0), ("minute", 60.0)):
        # The larger unit only where it says just what was given.
        if seconds >= unit and seconds % unit == 0:
            return _counted(seconds / unit, name)
    if seconds >= 120:
        return _counted(round(seconds / 60), "minute")
    return _counted(round(seconds) if seconds >= 10 else float(f"{seconds:.2g}"), "second")


def _counted(count: float, unit: str) -> str:
    return f"{count:g} {unit}{'' if count == 1 else 's'}"


def free_disk(folder: Path) -> int | None:
    """Free bytes where ``folder`` is or would be; None where the system does not tell."""
    for place in (folder, *folder.absolute().parents):
        with contextlib.suppress(OSError):
            return shutil.disk_usage(place).free
    return None


def available_memory(device: torch.device) -> int | None:
    """Bytes that could be taken now (swap and a container's limit counted); None where the system does not tell."""
    if device.type == "cuda":
        # What PyTorch keeps for its next tensors is taken in the driver's eyes, yet free for whoever asks PyTorch.
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0]) + kept
    if device.type != "cpu":
        return None
    rooms = [room for room in (_machine_memory(), _container_memory()) if room is not None]
    return min(rooms, default=None)


def check_memory(num_bytes: int, device: torch.device, what: str, remedy: str) -> None:
    """Refuses what cannot fit.

    Args:
        num_bytes: needed at the peak.
        device: where.
        what: the model, for the message.
        remedy: what to do, a sentence.

    Raises:
        DeviceError: if less is available, where that can be known.
    """
    available = available_memory(device)
    if available is not None and available < num_bytes:
        raise DeviceError(
            f"{what} needs {gigabytes(num_bytes)} of memory on {device}, {gigabytes(available)} is free. {remedy}"
        )


def _machine_memory() -> int | None:
    with contextlib.suppress(OSError, ValueError, KeyError, IndexError):
        rows = dict(line.split(":", 1) for line in MEMORY_INFO.read_text(encoding="ascii").splitlines())
        return sum(int(rows[name].split()[0]) for name in ("MemAvailable", "SwapFree")) * 1024
    return None


def _container_memory() -> int | None:
    """Room under a cgroup's limit; pages that only cache files can be dropped and count as free."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        limit = int((CGROUP / "memory.max").read_text(encoding="ascii"))
        used = int((CGROUP / "memory.current").read_text(encoding="ascii"))
        rows = dict(line.split() for line in (CGROUP / "memory.stat").read_text(encoding="ascii").splitlines())
        return max(0, limit - used + int(rows["inactive_file"]) + int(rows["active_file"]))
    return None
