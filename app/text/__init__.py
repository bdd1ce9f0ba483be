"""Every sentence that a person reads, in English and Chinese.

``Text`` names them; ``english`` and ``chinese`` fill them in. A missing translation is a type error, not a gap on
the page.
"""

from app.text.chinese import CHINESE
from app.text.english import ENGLISH
from app.text.reasons import reason
from app.text.words import Language, PickerWords, PlayerWords, Text

TEXTS: dict[Language, Text] = {"en": ENGLISH, "zh": CHINESE}


def text_for(language: object) -> Text:
    """The texts of a language; English for anything that is none."""
    return CHINESE if language == "zh" else ENGLISH


__all__ = ["TEXTS", "Language", "PickerWords", "PlayerWords", "Text", "reason", "text_for"]
