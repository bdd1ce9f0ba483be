"""Files that are either the old ones or the whole new ones, whenever the process dies or the power fails.

Everything is written under a temporary name beside its place, synced, renamed, and the folder synced: a rename is
atomic, but without the syncs a file's name may reach the disk before its contents.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import torch

TEMPORARY_SUFFIX = ".partial"


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Lets ``write`` fill a temporary file, then puts it in the place of ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + TEMPORARY_SUFFIX)
    write_synced(temporary, write)
    temporary.replace(path)
    sync_folder(path.parent)


def write_synced(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Writes a file and waits until its contents are on the disk."""
    with path.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Waits until the folder's names are on the disk; a no-op where folders cannot be opened (Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Writes tensors and plain values so that ``path`` is always either the old file or the whole new one."""
    write_file(path, lambda file: torch.save(state, file))


def load_state(path: Path) -> dict[str, Any]:
    """Reads what ``torch.save`` wrote, onto the CPU; tensors and plain values only, never code."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state
