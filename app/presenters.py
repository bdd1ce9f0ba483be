"""What happened → what the player shows. Pure functions, no Gradio, no model."""

from __future__ import annotations

from typing import Literal, TypedDict

from app.class_names import names_of
from app.links import query_of
from app.pictures import preview_uri
from app.requests import PictureRequest
from app.run import ScaleDone
from var_core.config import ModelConfig
from var_core.images import contact_sheet
from var_core.options import SamplingOptions

State = Literal["empty", "example", "waiting", "working", "finished", "stopped", "failed"]


class Frame(TypedDict):
    """One scale on the screen."""

    src: str
    side: int
    tokens: int
    guidance: float
    ms: int


class PlayerValue(TypedDict):
    """All that the player holds, in no language. Frames only grow within a run; another ``run`` starts anew.

    ``subject`` is the name of the class, empty for none, and ``subject_zh`` the Chinese one; ``ahead`` counts the
    requests that come first; ``total`` and ``all_tokens`` are the scales and tokens of a finished picture; ``query``
    is the link that reopens the settings.
    """

    run: str
    state: State
    ahead: int
    subject: str
    subject_zh: str
    seeds: list[int]
    total: int
    all_tokens: int
    query: str
    frames: list[Frame]


def frame(event: ScaleDone, tokens_before: int = 0) -> Frame:
    """A finished scale as a frame; several pictures share one."""
    return Frame(
        src=preview_uri(contact_sheet(event.pixels)),
        side=event.step.side,
        tokens=tokens_before + event.step.side**2,
        guidance=round(event.step.guidance, 2),
        ms=max(1, round(event.milliseconds)),
    )


def subject(request: PictureRequest, config: ModelConfig) -> tuple[str, str]:
    """The name of the class that the pictures are of, as such and in Chinese; empty texts for no class."""
    label = next((label for label in config.classes if label.class_id == request.class_id), None)
    return ("", "") if label is None else (names_of(label).english, names_of(label).chinese)


def empty(config: ModelConfig) -> PlayerValue:
    """A player without pictures."""
    value = Story("", PictureRequest(None, 0, 1, SamplingOptions()), config).value("empty")
    return {**value, "query": ""}


class Story:
    """The player's value along one run."""

    def __init__(self, run_id: str, request: PictureRequest, config: ModelConfig) -> None:
        self._run_id, self._seeds, self._query = run_id, request.seeds, query_of(request)
        self._subject, self._schedule = subject(request, config), config.schedule
        self._frames: list[Frame] = []

    @property
    def tokens(self) -> int:
        """Tokens of one picture so far."""
        return self._frames[-1]["tokens"] if self._frames else 0

    def add(self, new: Frame) -> None:
        """Appends a frame."""
        self._frames.append(new)

    def value(self, state: State, ahead: int = 0) -> PlayerValue:
        """The story so far, as the player shows it."""
        return PlayerValue(
            run=self._run_id, state=state, ahead=ahead, subject=self._subject[0], subject_zh=self._subject[1],
            seeds=self._seeds, total=self._schedule.num_scales, all_tokens=self._schedule.num_tokens,
            query=self._query, frames=list(self._frames),
        )  # fmt: skip
