"""What the view ``inspect`` says: ``inspect_words`` names it, one file a language fills it in."""

from __future__ import annotations

from app.lessons.inspect_chinese import CHINESE
from app.lessons.inspect_english import ENGLISH
from app.lessons.inspect_words import InspectWords
from app.text.words import Language

WORDS: dict[Language, InspectWords] = {"en": ENGLISH, "zh": CHINESE}
