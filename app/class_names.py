"""What the classes of a model are called, in English and Chinese, and the search over them.

A model brings its own names, in one language and from anywhere. Where they are those of ImageNet, its table adds the
other language and the synonyms; a class that merely shares a number with ImageNet keeps the name it came with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from var_core.classes import imagenet_classes, search
from var_core.classes.spelling import normalised
from var_core.classes.table import NUM_CLASSES
from var_core.config import ClassLabel, ModelConfig

MAX_TYPED = 400


@dataclass(frozen=True, slots=True)
class ClassNames:
    """A class by its usual names; ``chinese`` repeats the other where there is none."""

    class_id: int
    english: str
    chinese: str
    imagenet: bool


class ClassIndex:
    """The classes of one model.

    Args:
        config: of the model.
    """

    def __init__(self, config: ModelConfig) -> None:
        self.names = {label.class_id: names_of(label) for label in config.classes}
        self._imagenet = [names.class_id for names in self.names.values() if names.imagenet]

    def find(self, query: object) -> list[int]:
        """Ids of the classes that a person may mean, best first; none for what is no text."""
        if not isinstance(query, str):
            return []
        typed = query[:MAX_TYPED]
        found = [one.class_id for one in search(typed, self._imagenet, limit=NUM_CLASSES)] if self._imagenet else []
        text = normalised(typed).strip()
        for names in self.names.values():
            own = f"{normalised(names.english)} {names.class_id}"
            if text and not names.imagenet and text in own:
                found.append(names.class_id)
        return found

    def entries(self) -> list[tuple[int, str, str]]:
        """Id, English and Chinese name of every class, as the picker takes them."""
        return [(names.class_id, names.english, names.chinese) for names in self.names.values()]


def names_of(label: ClassLabel) -> ClassNames:
    if 0 <= label.class_id < NUM_CLASSES:
        known = imagenet_classes()[label.class_id]
        own = {name.strip().casefold() for name in re.split(r"[,，]", label.name)}
        if own & {name.casefold() for name in (*known.english, *known.chinese)}:
            return ClassNames(label.class_id, label.name, known.chinese[0], True)
    return ClassNames(label.class_id, label.name, label.name, False)
