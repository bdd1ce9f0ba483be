"""What a run learns from: your folder, checked, or the procedural pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from var_core.config import ClassLabel
from var_core.errors import TrainingError
from var_core.training.data import Pictures, ProceduralPictures, class_names
from var_core.training.folders import FolderPictures, PictureFile, PictureFolder, scan
from var_core.training.survey import BadPictures, checked_folder

ENDLESS = 10**9
# Every so many procedural pictures the tokenizer sees a texture of no class, so that it can rebuild a photograph.
TEXTURE_EVERY = 4


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a run learns from.

    Attributes:
        classes: of the pictures.
        pictures: to train on.
        held_out: to validate with; None for none.
        held_back: how many of the same folder are not trained on; ``held_out`` may be but a part of them.
    """

    classes: tuple[ClassLabel, ...]
    pictures: Pictures
    held_out: Pictures | None
    held_back: int = 0


def procedural_data(*, side: int, count: int, held_out: int, textures: bool = False) -> TrainingData:
    """Pictures drawn by code; with ``textures`` also some of no class, as the tokenizer needs."""
    names = class_names()
    ids, every = tuple(names), TEXTURE_EVERY if textures else 0
    return TrainingData(
        tuple(ClassLabel(class_id, name) for class_id, name in names.items()),
        ProceduralPictures(ids, count, side=side, texture_every=every),
        ProceduralPictures(ids, held_out, side=side, split="heldout", texture_every=every) if held_out else None,
    )


@dataclass(frozen=True, kw_only=True)
class FolderSource:
    """A folder of class folders as a person names it.

    Args:
        root: the folder.
        validation: another such folder to validate with, or None to hold back ``share`` of the pictures.
        bad: what to do about unusable pictures.
        flip: mirror half of the crops.
        one_class: whether a single class will do.
    """

    root: Path
    validation: Path | None = None
    share: float = 0.05
    bad: BadPictures = "refuse"
    flip: bool = False
    one_class: bool = False


def folder_data(
    source: FolderSource,
    *,
    side: int,
    seed: int,
    out: Path,
    held_out: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> TrainingData:
    """Looks at every picture of the folder and splits it; verdicts are kept in ``out``.

    Args:
        source: the folder, and what is asked of it.
        side: of the pictures, in pixels.
        seed: of the crops.
        out: folder of the run.
        held_out: at most so many pictures to validate with, a mixture of the classes; None for all that are held
            back. The others are not trained on either: a later run may look at more of them.
        progress: told how many of how many files were opened.

    Raises:
        TrainingError: for whatever is wrong with the data.
    """
    folder = scan(source.root, min_classes=1 if source.one_class else 2)
    other = scan(source.validation) if source.validation is not None else None
    if other is not None:
        _check_same_classes(folder, other)
    folder = checked_folder(folder, side=side, bad=source.bad, cache=out / "pictures.json", progress=progress)
    if other is None:
        train, held = folder.split(source.share)
        held = folder.mixed(held)
    else:
        other = checked_folder(other, side=side, bad=source.bad, cache=out / "validation.json", progress=progress)
        train, held = folder.files, _as_rows_of(folder, other)
    held_back = len(held) if other is None else 0
    held = held[:held_out]
    return TrainingData(
        folder.classes,
        FolderPictures(train, side=side, seed=seed, flip=source.flip),
        FolderPictures(held, side=side, seed=seed, augment=False) if held else None,
        held_back,
    )


def _check_same_classes(folder: PictureFolder, other: PictureFolder) -> None:
    unknown = {label.name for label in other.classes} - {label.name for label in folder.classes}
    if unknown:
        raise TrainingError(
            f"{other.root} has classes that {folder.root} lacks: {', '.join(sorted(unknown)[:8])}; "
            "validate with the classes you train on."
        )


def _as_rows_of(folder: PictureFolder, other: PictureFolder) -> tuple[PictureFile, ...]:
    rows = {label.name: row for row, label in enumerate(folder.classes)}
    files = other.mixed(other.files)
    return tuple(PictureFile(file.path, rows[other.classes[file.row].name]) for file in files)
