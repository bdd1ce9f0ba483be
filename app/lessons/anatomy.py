"""What the view ``anatomy`` says: ``anatomy_words`` names it, one file a language fills it in."""

from __future__ import annotations

from app.lessons.anatomy_chinese import CHINESE
from app.lessons.anatomy_english import ENGLISH
from app.lessons.anatomy_words import AnatomyWords
from app.text.words import Language

WORDS: dict[Language, AnatomyWords] = {"en": ENGLISH, "zh": CHINESE}
