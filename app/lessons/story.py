"""What the view ``story`` says: ``story_words`` names it, ``story_page_…`` and the steps fill it in.

Braces are filled by ``static/lab/story*.js``. The numbers in the sentences come from the record on the table and from
the library, none from here.
"""

from __future__ import annotations

from app.lessons.story_page_chinese import CHINESE
from app.lessons.story_page_english import ENGLISH
from app.lessons.story_words import StoryWords
from app.text.words import Language

WORDS: dict[Language, StoryWords] = {"en": ENGLISH, "zh": CHINESE}
