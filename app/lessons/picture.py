"""What the view ``picture`` says: ``picture_words`` names it, one file a language fills it in."""

from __future__ import annotations

from app.lessons.picture_chinese import CHINESE
from app.lessons.picture_english import ENGLISH
from app.lessons.picture_words import PictureWords
from app.text.words import Language

WORDS: dict[Language, PictureWords] = {"en": ENGLISH, "zh": CHINESE}
