"""Every picture is opened and decoded once before training starts; the verdict is kept in the run's folder."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from var_core.errors import TrainingError
from var_core.precision import usable_threads
from var_core.training.durable import write_file
from var_core.training.folders import PictureFile, PictureFolder, read, stamp

logger = logging.getLogger(__name__)
BadPictures = Literal["refuse", "skip"]
# A picture enlarged more than four times has nothing for the fine scales to learn.
SMALLEST_SHARE = 4
SURVEY_FORMAT = 1


def checked_folder(
    folder: PictureFolder,
    *,
    side: int,
    bad: BadPictures,
    cache: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> PictureFolder:
    """The folder without its unreadable pictures.

    Args:
        folder: from ``folders.scan``.
        side: of the model's pictures; files with a shorter side under a quarter of it count as bad.
        bad: "refuse" stops at any bad picture, "skip" names and leaves them out.
        cache: file that keeps the verdict while no file changes.
        progress: told how many of how many were opened.

    Raises:
        TrainingError: naming the bad pictures, under "refuse" or if a class has no others.
    """
    wrong = bad_pictures(folder.files, side=side, cache=cache, progress=progress)
    if folder.others:
        logger.info("%d files of %s are no pictures and are left out.", len(folder.others), folder.root)
    if not wrong:
        return folder
    if bad == "refuse":
        shown = "\n  ".join(list(wrong.values())[:10])
        more = f"\n  … and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        raise TrainingError(
            f"{len(wrong)} of {len(folder.files)} pictures cannot be used:\n  {shown}{more}\n"
            "Mend or remove them, or give --bad-pictures skip."
        )
    for reason in wrong.values():
        logger.warning("left out: %s", reason)
    return folder.without([Path(path) for path in wrong])


def bad_pictures(
    files: tuple[PictureFile, ...],
    *,
    side: int,
    cache: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, str]:
    """Paths of unusable pictures → what is wrong with each, as a sentence that names it."""
    digest = hashlib.sha256(str(side).encode())
    for file in files:
        digest.update(stamp(file.path).encode())
    fingerprint = digest.hexdigest()
    known = _read(cache, fingerprint)
    if known is not None:
        return known
    wrong: dict[str, str] = {}
    with ThreadPoolExecutor(usable_threads()) as pool:
        verdicts = pool.map(lambda file: _trouble(file.path, side), files)
        for done, (file, trouble) in enumerate(zip(files, verdicts, strict=True), 1):
            if trouble:
                wrong[str(file.path)] = trouble
            progress(done, len(files))
    record = {"format": SURVEY_FORMAT, "fingerprint": fingerprint, "pictures": len(files), "bad": wrong}
    write_file(cache, lambda out: out.write(json.dumps(record, indent=1, ensure_ascii=False).encode()))
    return wrong


def _trouble(path: Path, side: int) -> str:
    try:
        width, height = read(path).size
    except TrainingError as error:
        return str(error)
    least = max(1, side // SMALLEST_SHARE)
    if min(width, height) < least:
        return f"{path} has {width}×{height} pixels; for a model of {side}×{side} use at least {least} each way."
    return ""


def _read(cache: Path, fingerprint: str) -> dict[str, str] | None:
    try:
        record = json.loads(cache.read_bytes())
        if record["format"] == SURVEY_FORMAT and record["fingerprint"] == fingerprint:
            return dict(record["bad"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None
