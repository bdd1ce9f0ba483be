"""Where a command writes, looked at before it works: nothing is worse than a refusal after an hour.

Every command's ``WRITES`` names its arguments that are written to, and what each is.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from var_core.errors import ConfigError
from var_core.images import animation_kind

Kind = Literal["file", "png", "animation", "folder"]


def check_outputs(options: argparse.Namespace, writes: Mapping[str, Kind]) -> None:
    """Refuses what cannot be written, as far as that can be known; leaves no trace of having looked.

    Raises:
        VarError: naming argument, path and reason.
    """
    for name, kind in writes.items():
        path = getattr(options, name)
        if path is None:
            continue
        if kind == "animation":
            animation_kind(path)
        if kind == "png" and path.suffix.lower() not in (".png", ""):  # a device or a pipe has no ending
            raise ConfigError(f"--{name.replace('_', '-')} is written as PNG: its name must end in .png, got {path}.")
        try:
            reason = _hindrance(path, kind)
        except OSError as error:
            reason = error.strerror or str(error)
        if reason:
            raise ConfigError(f"--{name.replace('_', '-')} {path} cannot be written: {reason}.")


def parent_exists(path: Path) -> Path:
    """The path, after making the folder it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _hindrance(path: Path, kind: Kind) -> str:
    """What is in the way, or nothing."""
    if kind == "folder" and path.exists() and not path.is_dir():
        return "it is a file, give a folder"
    if kind != "folder" and path.is_dir():
        return "it is a folder, give a file's name"
    if kind != "folder" and path.exists():
        return "" if os.access(path, os.W_OK) else "it is write-protected"
    place = path
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        return f"{place} is no folder"
    # Rights alone do not tell: a file system may be full of its own rules, as /proc is.
    with tempfile.TemporaryFile(dir=place):
        return ""
