"""The story's words: both languages tell the same story, and every question has one right answer."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from app.lessons import LESSONS
from app.lessons.story import WORDS
from app.lessons.story_quiz import ChoiceWords
from app.lessons.story_words import StoryWords
from app.text import TEXTS
from app.views.lab import lab_words

ENGLISH, CHINESE = WORDS["en"], WORDS["zh"]


def named(*texts: str) -> set[str]:
    return {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}


def sentences(choices: tuple[ChoiceWords, ...]) -> list[str]:
    return [text for choice in choices for text in (choice.text, choice.feedback)]


def test_both_languages_tell_the_same_story() -> None:
    assert len(ENGLISH.steps) == len(CHINESE.steps) == 8
    for english, chinese in zip(ENGLISH.steps, CHINESE.steps, strict=True):
        assert english.right == chinese.right
        assert len(english.choices) == len(chinese.choices)
        for part in ("title", "text", "question", "result", "act"):
            assert named(getattr(english, part)) == named(getattr(chinese, part)), (english.title, part)
        assert len(english.curious) == len(chinese.curious)
        assert named(*english.curious) == named(*chinese.curious)
    asked = [[(one.right, one.step, len(one.choices)) for one in words.questions] for words in (ENGLISH, CHINESE)]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_choice_is_answered_and_one_is_right(words: StoryWords) -> None:
    for step in words.steps:
        # Only what siblings share is left to a measurement.
        assert step.right in range(len(step.choices)) or (step.right == -1 and step is words.steps[3])
        assert all(sentences(step.choices))
    for question in words.questions:
        assert question.right in range(len(question.choices))
        assert question.step in range(1, len(words.steps) + 1)
        assert all(sentences(question.choices))
    assert len(words.questions) >= 5
    assert len({question.right for question in words.questions[:5]}) > 1  # no pattern to guess from


@pytest.mark.parametrize("language", ["en", "zh"])
def test_buttons_name_rooms_as_their_tabs_do(language: str) -> None:
    text = TEXTS[language]  # type: ignore[index]
    rooms = ("generate", "anatomy", "anatomy", "branch", "compare", "inspect", "compare", "picture")
    for step, room in zip(WORDS[text.language].steps, rooms, strict=True):
        assert getattr(text.rooms, room) in step.act
    assert lab_words(text)["rooms"]["anatomy"] == text.rooms.anatomy


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_room_calls_unfinished_sums_new_to_every_decoder_or_the_decoder_purely_convolutional(language: str) -> None:
    """The embedded model's decoder was taught to show them, and both have attention."""
    said = " ".join(str(asdict(words[language])) for words in LESSONS.values())  # type: ignore[index]
    for false in (
        "trained on finished sums", "new to it", "was planned", "odd question", "unusual question",
        "convolutional network", "训练时只见过完成的累加和", "事先的安排", "怪问题", "卷积网络",
    ):  # fmt: skip
        assert false not in said
    step, stage = str(asdict(WORDS[language].steps[1])), str(asdict(LESSONS["anatomy"][language].stages[5]))  # type: ignore[index]
    for text in (step, stage):  # both cases, and what remains a picture of the model in either
        assert "mini" in text
        assert re.search("published|公开", text)
        assert re.search("only the last|只有最后一", text)
