"""From what a person or a caller sends to what the model is given: every value checked, before the model.

Values arrive raw, from sliders as from plain HTTP, so NaN, True, "5" and 2**70 all may. A zero typed by a person
means "off" and becomes None here, at the edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.presets import OPENING, OPENING_CLASS, within
from var_core.config import ModelConfig
from var_core.errors import VarError
from var_core.options import MAX_SEED, SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.steps import ScaleStep
from var_core.validation import real_number, shown, whole_number

MAX_GUIDANCE = 10.0
TEMPERATURES = (0.1, 2.0)
NO_CLASS = "none"

FieldName = Literal[
    "class_id", "guidance", "top_k", "top_p", "temperature", "smooth", "seed", "count", "link", "model"
]  # fmt: skip

Kind = Literal["whole", "real", "switch", "class", "link", "model"]


class RefusedValue(VarError, ValueError):
    """A value that cannot be used, with all that a message in any language needs.

    Attributes:
        field: which value.
        received: its repr, cut short.
        kind: what it must be: a "whole" or "real" number from ``low`` to ``high``, a "switch", a "class", or a "link".
    """

    def __init__(
        self, field: FieldName, received: object, kind: Kind,
        low: float = 0, high: float = 0,
    ) -> None:  # fmt: skip
        self.field, self.received, self.kind, self.low, self.high = field, shown(received), kind, low, high
        super().__init__(f"{field} cannot be {self.received}")


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """A checked request for ``count`` pictures of one class, refined together.

    Attributes:
        class_id: of ``config.classes``, or None for no class.
        seed: of the first picture; picture i has seed + i (modulo 2³²).
        count: number of pictures.
        options: how to sample.
        model: name of the model; "" is the server's first.
        statistics: whether the steps carry numbers about the draw, for a trace; they change no picture.
    """

    class_id: int | None
    seed: int
    count: int
    options: SamplingOptions
    model: str = ""
    statistics: bool = False

    @property
    def class_ids(self) -> list[int | None]:
        return [self.class_id] * self.count

    @property
    def seeds(self) -> list[int]:
        return [(self.seed + index) % (MAX_SEED + 1) for index in range(self.count)]

    def stream(self, pipe: VARPipeline) -> Iterator[ScaleStep]:
        """The scales of the pictures, coarse to fine."""
        return pipe.stream(self.class_ids, seeds=self.seeds, options=self.options, statistics=self.statistics)


@dataclass(frozen=True, slots=True)
class Limits:
    """Ranges that depend on the model and the settings; the page's sliders show the same ones."""

    config: ModelConfig
    max_batch: int
    model: str = ""

    @property
    def codebook_size(self) -> int:
        return self.config.tokenizer.codebook_size

    @property
    def opening(self) -> SamplingOptions:
        """The settings that the page opens with."""
        return within(OPENING, self.codebook_size)

    def request(
        self, *, class_id: object, guidance: object, top_k: object, top_p: object, temperature: object,
        smooth: object, seed: object, count: object,
    ) -> PictureRequest:  # fmt: skip
        """Raw values → a request that the library will accept.

        Raises:
            RefusedValue: for the first value outside its range or of another type.
        """
        off_or_top_k = _whole("top_k", top_k, 0, self.codebook_size)
        off_or_top_p = _real("top_p", top_p, 0, 1)
        if type(smooth) is not bool:
            raise RefusedValue("smooth", smooth, "switch")
        options = SamplingOptions(
            guidance=_real("guidance", guidance, 0, MAX_GUIDANCE),
            top_k=off_or_top_k or None,
            top_p=off_or_top_p or None,
            temperature=_real("temperature", temperature, *TEMPERATURES),
            smooth=smooth,
        )
        return PictureRequest(
            self._class(class_id), _whole("seed", seed, 0, MAX_SEED), _whole("count", count, 1, self.max_batch),
            options, self.model,
        )  # fmt: skip

    def example(self) -> PictureRequest:
        """The request behind the picture that the page opens with."""
        known = [label.class_id for label in self.config.classes]
        class_id = OPENING_CLASS if OPENING_CLASS in known else known[0]
        return PictureRequest(class_id, 0, 1, self.opening, self.model)

    def _class(self, value: object) -> int | None:
        if value is None or value == NO_CLASS:
            return None
        known = {label.class_id for label in self.config.classes}
        if type(value) is not int or value not in known:
            raise RefusedValue("class_id", value, "class")
        return value


def _whole(field: FieldName, value: object, low: int, high: int) -> int:
    try:
        return whole_number(value, field, low, high)
    except VarError:
        raise RefusedValue(field, value, "whole", low, high) from None


def _real(field: FieldName, value: object, low: float, high: float) -> float:
    try:
        return real_number(value, field, low, high)
    except VarError:
        raise RefusedValue(field, value, "real", low, high) from None
