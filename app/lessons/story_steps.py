"""What a step of the story is made of."""

from __future__ import annotations

from dataclasses import dataclass

from app.lessons.story_quiz import ChoiceWords


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWords:
    """One step: a little text, a guess, what is found, one thing to do, and more for the curious.

    ``right`` is the index of the choice that is; −1 where only a measurement can tell.
    """

    title: str
    text: str
    question: str
    choices: tuple[ChoiceWords, ...]
    right: int
    result: str
    act: str
    curious: tuple[str, ...]
