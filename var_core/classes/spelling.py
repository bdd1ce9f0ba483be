"""Spellings made comparable, and how far two of them are apart.

The distance is optimal string alignment: the fewest insertions, deletions, substitutions and swaps of neighbours.
"""

from __future__ import annotations

import unicodedata

_APOSTROPHES = "'`´ʼ‘’"


def normalised(text: str) -> str:
    """``text`` without what typists differ in: words of letters and digits, one space between them.

    Case, accents and width go (NFKC, case folding, no combining or invisible characters), apostrophes close up
    ("jack-o'-lantern" → "jack o lantern") and whatever else is no letter or digit, an emoji say, parts words.
    """
    folded = unicodedata.normalize("NFKC", text.translate(dict.fromkeys(map(ord, _APOSTROPHES)))).casefold()
    kept = (_folded(character) for character in unicodedata.normalize("NFKD", folded))
    return " ".join("".join(kept).split())


def edits(one: str, other: str, most: int) -> int | None:
    """The distance of two spellings, 0 … ``most``, or None if it is more."""
    if abs(len(one) - len(other)) > most:
        return None
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, x in enumerate(one, 1):
        twice_above, above, row = above, row, [i]
        for j, y in enumerate(other, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == other[j - 2] and y == one[i - 2]:
                cost = min(cost, twice_above[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None


def allowance(word: str) -> int:
    """Edits that a misspelt word may be away: a Chinese character weighs more than a letter does."""
    if word.isascii():
        return min(max(len(word) - 1, 0) // 3, 3)  # letters: 1 of 4 … 6, 2 of 7 … 9, then 3
    return min(len(word) // 3, 2)  # characters: 1 of 3 … 5, then 2


def _folded(character: str) -> str:
    if character.isalnum():
        return character
    return "" if unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf") else " "
