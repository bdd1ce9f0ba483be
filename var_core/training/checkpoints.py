"""Checkpoints that survive a kill at any moment.

    OUT/checkpoints/step-00000500/weights.pt     averaged weights and what they belong to: what others read
                                  state.pt       all that resuming needs besides
                                  manifest.json  size and SHA-256 of both: written last

A checkpoint is written under a temporary name, file by file with a sync after each, then the manifest, then one
rename; older ones are pruned only after that. So the newest folder whose manifest verifies is always whole, and it
is at most one save old.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
from pathlib import Path
from typing import Any

import torch

from var_core.errors import TrainingError
from var_core.saving import sync
from var_core.training.durable import load_state, write_synced

logger = logging.getLogger(__name__)

MANIFEST, WEIGHTS, STATE = "manifest.json", "weights.pt", "state.pt"
MANIFEST_FORMAT = 1
TEMPORARY_SUFFIX = ".partial"
_NAME = re.compile(r"step-(\d{8,})")


class CheckpointFolder:
    """The checkpoints of one run.

    Args:
        run: folder of the run; checkpoints lie in its ``checkpoints``.
        keep: how many to keep, at least 1; two leave a way back if a disk damages the newest.
    """

    def __init__(self, run: Path, *, keep: int = 2) -> None:
        self.folder = run / "checkpoints"
        self.keep = max(1, keep)

    def save(self, step: int, weights: dict[str, Any], state: dict[str, Any]) -> Path:
        """Writes the checkpoint of ``step`` and prunes the others: older ones, and all that claim to be newer.

        Raises:
            TrainingError: if the disk refuses; what was saved before is untouched.
        """
        final = self.folder / f"step-{step:08d}"
        if verified(final):
            return final
        temporary = final.with_name(final.name + TEMPORARY_SUFFIX)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(temporary, ignore_errors=True)
            _discard(final)
            temporary.mkdir()
            write_synced(temporary / WEIGHTS, lambda file: torch.save(weights, file))
            write_synced(temporary / STATE, lambda file: torch.save(state, file))
            write_synced(temporary / MANIFEST, lambda file: file.write(_manifest(temporary, step)))
            sync(temporary)
            temporary.rename(final)
            sync(self.folder)
        except (OSError, RuntimeError) as error:  # torch reports a full disk as a RuntimeError
            shutil.rmtree(temporary, ignore_errors=True)
            raise TrainingError(
                f"The checkpoint of step {step} could not be written to {self.folder} ({error}); those before it are "
                "untouched. Make room and run the same command again."
            ) from error
        self._prune(step)
        return final

    def newest(self) -> Path | None:
        """The newest checkpoint whose files are what its manifest says, or None."""
        for path in self._all():
            if verified(path):
                return path
            logger.warning("%s does not verify and is passed over.", path)
        return None

    def _all(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted((path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)), key=_step, reverse=True)

    def _prune(self, step: int) -> None:
        """Keeps the checkpoint of ``step``, just saved, and so many older ones that look whole as ``keep`` allows."""
        whole = 1
        for path in self._all():
            if _step(path) == step:
                continue
            # A newer one did not verify when the run resumed, or it would have gone on from there. An older one's
            # manifest is trusted unread here: hashing them all at each save would cost too much.
            if _step(path) > step or not (path / MANIFEST).is_file():
                _discard(path)
                continue
            whole += 1
            if whole > self.keep:
                _discard(path)
        for path in self.folder.glob(f"step-*{TEMPORARY_SUFFIX}"):
            shutil.rmtree(path, ignore_errors=True)


def read_weights_of(checkpoint: Path) -> dict[str, Any]:
    """What ``save`` was given as weights."""
    return load_state(checkpoint / WEIGHTS)


def read_state_of(checkpoint: Path) -> dict[str, Any]:
    """What ``save`` was given as state."""
    return load_state(checkpoint / STATE)


def verified(checkpoint: Path) -> bool:
    """Whether the manifest is there and every file has the size and the SHA-256 it names."""
    try:
        manifest = json.loads((checkpoint / MANIFEST).read_bytes())
        if manifest["format"] != MANIFEST_FORMAT or set(manifest["files"]) != {WEIGHTS, STATE}:
            return False
        return all(_entry(checkpoint / name) == entry for name, entry in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _manifest(folder: Path, step: int) -> bytes:
    entries = {name: _entry(folder / name) for name in (WEIGHTS, STATE)}
    return json.dumps({"format": MANIFEST_FORMAT, "step": step, "files": entries}, indent=1).encode()


def _entry(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _discard(path: Path) -> None:
    """Removes a checkpoint, its manifest first: what a kill leaves of it can never pass for whole."""
    (path / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(path, ignore_errors=True)


def _step(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    return int(match[1]) if match else -1
