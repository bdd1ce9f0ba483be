"""Your own pictures: a folder of class folders. Whatever is wrong with it is said before any time is spent.

Such as ``my_photos/cats/*.jpg`` and ``my_photos/dogs/holiday/*.png``; deeper folders belong to the class.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from var_core.config import ClassLabel
from var_core.errors import EditingError, TrainingError
from var_core.images import read_rgb
from var_core.training.crops import centre_crop, random_crop

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
MAX_PIXELS = 89_000_000  # one's own photographs are larger than what strangers may upload; above, Pillow warns too
SPLIT_NAMES = ("train", "training", "val", "valid", "validation", "test")


@dataclass(frozen=True)
class PictureFile:
    """One file and the row of its class."""

    path: Path
    row: int


@dataclass(frozen=True)
class PictureFolder:
    """What a folder holds.

    Attributes:
        classes: one per sub-folder in order of name, ids 0, 1, 2, …; the name is the folder's.
        files: every file with the suffix of a picture, by class and path.
        others: files that are no pictures, by their suffix alone.
    """

    root: Path
    classes: tuple[ClassLabel, ...]
    files: tuple[PictureFile, ...]
    others: tuple[Path, ...]

    def without(self, bad: Sequence[Path]) -> PictureFolder:
        """The same without some files.

        Raises:
            TrainingError: if a class would lose all of its pictures.
        """
        gone = set(bad)
        left = tuple(file for file in self.files if file.path not in gone)
        _check_classes(self.root, self.classes, left, self.others)
        return replace(self, files=left)

    def split(self, share: float) -> tuple[tuple[PictureFile, ...], tuple[PictureFile, ...]]:
        """Files to train on, and about ``share`` of them to validate with.

        A file's name decides, so pictures that are added later move none from one side to the other. A class
        always keeps a picture to train on.
        """
        train: list[PictureFile] = []
        held: list[PictureFile] = []
        for row in range(len(self.classes)):
            files = [file for file in self.files if file.row == row]
            chosen = {file for file in files if self._place(file.path) < share}
            if len(chosen) == len(files):
                chosen.discard(files[0])
            for file in files:
                (held if file in chosen else train).append(file)
        return tuple(train), tuple(held)

    def mixed(self, files: Sequence[PictureFile]) -> tuple[PictureFile, ...]:
        """The same files in an order of no meaning, so that the first few are a fair mixture of the classes.

        A file's name decides here too: pictures that are added later leave the others in their order.
        """
        return tuple(sorted(files, key=lambda file: self._digest(file.path)))

    def _place(self, path: Path) -> float:
        """A number in [0, 1) that depends on the name alone."""
        return int.from_bytes(self._digest(path)[:4], "big") / 2**32

    def _digest(self, path: Path) -> bytes:
        return hashlib.sha256(path.relative_to(self.root).as_posix().encode()).digest()


def scan(root: Path, *, min_classes: int = 1) -> PictureFolder:
    """Looks at names only; ``survey.bad_pictures`` looks inside.

    Raises:
        TrainingError: if there is no such folder, it holds no class folders, fewer than ``min_classes``, a class
            folder without pictures, two that make one name, or the folders of a split instead of classes.
    """
    if not root.is_dir():
        raise TrainingError(f"{root} is no folder; give a folder that holds one folder of pictures per class.")
    visible = sorted(path for path in root.iterdir() if not path.name.startswith("."))
    folders = [path for path in visible if path.is_dir()]
    if not folders:
        loose = sum(path.suffix.lower() in SUFFIXES for path in visible)
        found = f"{loose} pictures but no" if loose else "no"
        raise TrainingError(f"{root} holds {found} class folders; put the pictures of each class into one of its own.")
    splits = [path for path in folders if path.name.lower() in SPLIT_NAMES]
    if splits and all(any(child.is_dir() for child in path.iterdir()) for path in splits):
        part = next((path for path in splits if path.name.lower().startswith("train")), splits[0])
        raise TrainingError(
            f"{root} holds {', '.join(path.name for path in splits)}, which look like parts and not like classes; "
            f"give --data {part} (and --validation for the other)."
        )
    classes = _classes_of(root, folders)
    files: list[PictureFile] = []
    others: list[Path] = []
    for row, folder in enumerate(folders):
        for path in sorted(folder.rglob("*")):
            if path.is_dir() or any(part.startswith(".") for part in path.relative_to(folder).parts):
                continue
            if path.suffix.lower() in SUFFIXES:
                files.append(PictureFile(path, row))
            else:
                others.append(path)
    found_folder = PictureFolder(root, classes, tuple(files), tuple(others))
    _check_classes(root, classes, files, others)
    if len(classes) < min_classes:
        raise TrainingError(
            f"{root} holds one class ({classes[0].name}), so a class-conditional model has nothing to tell apart; "
            "add a second folder of other pictures, or give --allow-one-class."
        )
    return found_folder


def _classes_of(root: Path, folders: Sequence[Path]) -> tuple[ClassLabel, ...]:
    """A class a folder; a name is all that a person has to choose a class by, so each may occur once."""
    named: dict[str, Path] = {}
    for folder in folders:
        name = _class_name(folder)
        if name in named:
            raise TrainingError(
                f"{root} holds {named[name].name!r} and {folder.name!r}, which are both the class {name!r}; rename one "
                "of them, or put their pictures into one folder."
            )
        named[name] = folder
    return tuple(ClassLabel(row, name) for row, name in enumerate(named))


def _class_name(folder: Path) -> str:
    name = "".join(letter if letter.isprintable() else " " for letter in folder.name.replace("_", " "))
    return name.strip() or "class"


def _check_classes(
    root: Path, classes: Sequence[ClassLabel], files: Sequence[PictureFile], others: Sequence[Path]
) -> None:
    filled = {file.row for file in files}
    empty = [label.name for label in classes if label.class_id not in filled]
    if empty:
        kinds = sorted({path.suffix.lower() or path.name for path in others})
        hint = f" ({', '.join(kinds[:8])} files are no pictures here)" if kinds else ""
        raise TrainingError(
            f"{root} has class folders without a usable picture: {', '.join(empty[:8])}{hint}; fill or remove them. "
            f"Read are {', '.join(SUFFIXES)}."
        )


class FolderPictures:
    """The files of a folder as ``Pictures``: random crops to train, central ones to validate."""

    def __init__(
        self, files: Sequence[PictureFile], *, side: int, seed: int = 0, augment: bool = True, flip: bool = False
    ) -> None:
        self.files = tuple(files)
        self.side = side
        self.seed = seed
        self.augment = augment
        self.flip = flip

    def __len__(self) -> int:
        return len(self.files)

    def view(self, index: int, visit: int) -> tuple[Tensor, int]:
        """See ``Pictures.view``; every visit is another crop.

        Raises:
            TrainingError: if the file became unreadable since it was looked at.
        """
        file = self.files[index]
        picture = read(file.path)
        if not self.augment:
            return centre_crop(picture, self.side), file.row
        rng = np.random.default_rng([self.seed, visit, index])
        return random_crop(picture, self.side, rng, flip=self.flip), file.row

    def fingerprint(self) -> str:
        """Settings, and name, size and time of every file."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(stamp(file.path).encode())
            digest.update(str(file.row).encode())
        return f"folder {(len(self.files), self.side, self.seed, self.augment, self.flip)} {digest.hexdigest()}"


def read(path: Path) -> Image.Image:
    """A picture file, with the refusal of ``images.read_rgb`` as a ``TrainingError``."""
    try:
        return read_rgb(path, max_pixels=MAX_PIXELS)
    except EditingError as error:
        raise TrainingError(str(error)) from error


def stamp(path: Path) -> str:
    """Name, size and time of a file: what changes when it does. A file that cannot be looked at has a stamp too."""
    try:
        status = path.stat()
    except OSError:  # a link to nowhere, or a file that vanished: whoever reads it says so by its name
        return f"{path}|missing\n"
    return f"{path}|{status.st_size}|{status.st_mtime_ns}\n"
