"""The search for a class by what a person types: a number, a WordNet id, or a name in English or Chinese.

Matches come best first: exact id, exact WordNet id, exact name, beginning of a name, beginnings of its words,
any part of it. Only where none of these holds are misspellings tried, and only the nearest are returned.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from var_core.classes.spelling import allowance, edits, normalised
from var_core.classes.table import NUM_CLASSES, ImageNetClass, imagenet_classes
from var_core.errors import ConfigError
from var_core.validation import shown, whole_number

MAX_QUERY = 100
"""Characters of a normalised query that count."""

_MAX_TYPED = 4 * MAX_QUERY  # cut before normalising, so that a huge paste costs nothing; accents take some of it
_ID = re.compile(r"#?([0-9]{1,9})")


class _Match(IntEnum):
    ID = 0
    WORDNET_ID = 1
    NAME = 2
    PREFIX = 3
    WORD_PREFIX = 4
    PART = 5


@dataclass(frozen=True, slots=True)
class _Name:
    position: int  # among the class's names in its language
    text: str  # normalised
    words: tuple[str, ...]
    joined: str  # the words run together: "T-shirt" may be typed "tshirt"


@dataclass(frozen=True, slots=True)
class _Entry:
    imagenet_class: ImageNetClass
    names: tuple[_Name, ...]


def search(query: str, classes: Iterable[int] | None = None, limit: int = 20) -> list[ImageNetClass]:
    """The classes that ``query`` may mean, best match first.

    Letter case, accents, full width and punctuation do not matter; of a long query the first 100 characters count.

    Args:
        query: an id ("207"), a WordNet id ("n02099601"), or a name or part of one ("golden", "金毛"), maybe misspelt.
        classes: ids 0 … 999 to choose among, for a model with fewer classes; None for all.
        limit: most classes to return, 1 … 1000.

    Returns:
        Up to ``limit`` distinct classes; empty for an empty query or where nothing matches.

    Raises:
        ConfigError: if ``query`` is no text, or an id or ``limit`` is out of range.
        CheckpointError: if the table that came with the package is damaged.
    """
    if not isinstance(query, str):
        raise ConfigError(f"A query must be text, got {shown(query)}.")
    limit = whole_number(limit, "limit", 1, NUM_CLASSES)
    entries: Sequence[_Entry] = _index()
    if classes is not None:
        ids = {whole_number(class_id, "classes", 0, NUM_CLASSES - 1) for class_id in classes}
        entries = [entries[class_id] for class_id in sorted(ids)]
    typed = query.strip()[:_MAX_TYPED]
    text = normalised(typed)[:MAX_QUERY].strip()
    if not text:
        return []
    number = _ID.fullmatch(unicodedata.normalize("NFKC", typed))
    class_id = int(number[1]) if number else None
    found = _matching(entries, text, class_id) or _misspelt(entries, text)
    return [imagenet_class for _, imagenet_class in sorted(found, key=lambda pair: pair[0])[:limit]]


@functools.cache
def _index() -> tuple[_Entry, ...]:
    def names(spellings: tuple[str, ...]) -> list[_Name]:
        words = [tuple(normalised(spelling).split()) for spelling in spellings]
        return [_Name(position, " ".join(own), own, "".join(own)) for position, own in enumerate(words)]

    return tuple(_Entry(one, (*names(one.english), *names(one.chinese))) for one in imagenet_classes())


def _matching(
    entries: Sequence[_Entry], text: str, class_id: int | None
) -> list[tuple[tuple[int, ...], ImageNetClass]]:
    """Classes that ``text`` names or is part of, each with a key that sorts the better one first."""
    words, joined = text.split(), text.replace(" ", "")
    found = []
    for entry in entries:
        one = entry.imagenet_class
        keys: list[tuple[int, ...]] = []
        if one.class_id == class_id:
            keys.append((_Match.ID,))
        if one.wordnet_id == text:
            keys.append((_Match.WORDNET_ID,))
        for name in entry.names:
            match = _match(name, text, words, joined)
            if match is not None:
                partial_words = not set(words) <= set(name.words)  # "cat bear" before "catamaran"
                keys.append((match, partial_words, name.position, len(name.text)))
        if keys:
            found.append(((*min(keys), one.class_id), one))
    return found


def _match(name: _Name, text: str, words: list[str], joined: str) -> _Match | None:
    if name.joined == joined:
        return _Match.NAME
    if words[0] not in name.text:  # nearly all names leave here
        return None
    if name.text.startswith(text):
        return _Match.PREFIX
    if all(any(own.startswith(word) for own in name.words) for word in words):
        return _Match.WORD_PREFIX
    return _Match.PART if all(word in name.text for word in words) else None


def _misspelt(entries: Sequence[_Entry], text: str) -> list[tuple[tuple[int, ...], ImageNetClass]]:
    """Classes with a name nearest to ``text``, word by word or all words run together, within the allowance."""
    words = text.split()

    @functools.cache
    def distance(word: str, own: str) -> int | None:
        return 0 if own.startswith(word) else edits(word, own, allowance(word))

    def word_by_word(name: _Name) -> int | None:
        if len(words) > len(name.words):
            return None
        total = 0
        for word in words:
            nearest = min((d for own in name.words if (d := distance(word, own)) is not None), default=None)
            if nearest is None:
                return None
            total += nearest
        return total

    joined = text.replace(" ", "")
    found = []
    for entry in entries:
        keys: list[tuple[int, ...]] = []
        for name in entry.names:
            together = edits(joined, name.joined, allowance(joined))
            distances = [d for d in (word_by_word(name), together) if d is not None]
            if distances:
                keys.append((min(distances), name.position, len(name.text)))
        if keys:
            found.append(((*min(keys), entry.imagenet_class.class_id), entry.imagenet_class))
    nearest = min((key[0] for key, _ in found), default=0)
    return [(key, one) for key, one in found if key[0] == nearest]
