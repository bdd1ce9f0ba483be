"""Files that are either the old ones or the whole new ones, whenever the process dies or the power fails.

Everything is written under a temporary name beside its place, synced, renamed, and the folder synced: a rename is
atomic, but without the syncs a file's name may reach the disk before its contents.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import torch

from var_core.saving import replacing_file, sync


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Lets ``write`` fill a temporary file, then puts it in the place of ``path``.

    Raises:
        CheckpointError: if the disk refuses; ``path`` is then as it was.
    """
    with replacing_file(path) as partial, partial.open("wb") as file:
        write(file)


def write_synced(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Writes a file and waits until its contents are on the disk."""
    with path.open("wb") as file:
        write(file)
    sync(path)


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Writes tensors and plain values so that ``path`` is always either the old file or the whole new one."""
    write_file(path, lambda file: torch.save(state, file))


def load_state(path: Path) -> dict[str, Any]:
    """Reads what ``torch.save`` wrote, onto the CPU; tensors and plain values only, never code."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state
