"""The table of ImageNet's 1000 classes: id, WordNet id, English and Chinese names.

``imagenet.tsv`` beside this file is the data and ``SOURCE.md`` says where it comes from. It is read once, on
first use. ImageNet numbers its classes by ascending WordNet id, so a table whose WordNet ids ascend has each row
in its place.
"""

from __future__ import annotations

import functools
import importlib.resources
import itertools
import re
from dataclasses import dataclass

from var_core.errors import CheckpointError
from var_core.validation import shown

NUM_CLASSES = 1000

_HEADER = "class_id\twordnet_id\tenglish\tchinese"
_WORDNET_ID = re.compile(r"n[0-9]{8}")
_REMEDY = "Install the package again."


@dataclass(frozen=True, slots=True)
class ImageNetClass:
    """One class of ImageNet-1k.

    Args:
        class_id: 0 … 999, the number that models are trained with.
        wordnet_id: ``n`` and eight digits, a noun synset of WordNet 3.0.
        english: lemmas of the synset, at least one, the usual one first. Two classes may share a first lemma
            ("crane" is 134 and 517, "maillot" 638 and 639).
        chinese: names in Simplified Chinese, at least one, the usual one first; no two classes share a first one.
    """

    class_id: int
    wordnet_id: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]


@functools.cache
def imagenet_classes() -> tuple[ImageNetClass, ...]:
    """All 1000 classes; the class at index i has ``class_id`` i. Read on the first call, then kept.

    Raises:
        CheckpointError: if the table that came with the package is missing or damaged.
    """
    try:
        text = importlib.resources.files("var_core.classes").joinpath("imagenet.tsv").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"The table of ImageNet classes cannot be read. {_REMEDY}") from error
    return parsed(text)


def parsed(text: str) -> tuple[ImageNetClass, ...]:
    """The classes in the text of a table: a header, then one line for each of the ids 0 … 999 in order.

    Raises:
        CheckpointError: at the first line that is missing, out of place or malformed.
    """
    header, *lines = text.split("\n")
    if header != _HEADER:
        raise CheckpointError(f"The table of classes must begin with {_HEADER!r}, got {shown(header)}. {_REMEDY}")
    if lines[-1:] != [""] or len(lines) != NUM_CLASSES + 1:
        raise CheckpointError(f"The table of classes must have {NUM_CLASSES} whole lines after its header. {_REMEDY}")
    table = tuple(_row(line, class_id) for class_id, line in enumerate(lines[:-1]))
    for before, after in itertools.pairwise(table):
        if before.wordnet_id >= after.wordnet_id:
            raise CheckpointError(
                f"WordNet ids must ascend, got {after.wordnet_id} after {before.wordnet_id} for class "
                f"{after.class_id}. {_REMEDY}"
            )
    return table


def _row(line: str, class_id: int) -> ImageNetClass:
    cells = line.split("\t")
    if len(cells) == 4:
        row = ImageNetClass(class_id, cells[1], tuple(cells[2].split(", ")), tuple(cells[3].split("，")))
        names = (*row.english, *row.chinese)
        if cells[0] == str(class_id) and _WORDNET_ID.fullmatch(row.wordnet_id) and all(map(_is_name, names)):
            return row
    raise CheckpointError(f"The table of classes is damaged at class {class_id}: {shown(line)}. {_REMEDY}")


def _is_name(name: str) -> bool:
    return bool(name) and name == name.strip() and name.isprintable()
