"""What a view of the lab wants of a model, as plain values: one answer, or a stream of scales.

A kind is data: how its values are checked and what is done with them. ``registry`` lists them. Values are JSON, so
that a wish goes through the engine's one line, and into another process, like any request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.models import Model, Models
from app.run import ScaleDone
from var_core.config import ModelConfig
from var_core.errors import VarError
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.steps import ClassSwitch, ScaleStep

Plain = dict[str, Any]
# From the record of the page's example to the kind and values of a show that is made beforehand.
Exhibit = Callable[[Mapping[str, Any]], tuple[str, Plain]]
# What needs no pipeline and so waits in no line: (all models, the one that is asked about) → plain values.
FactKind = Callable[[Models, Model], Plain]


class LabError(VarError, ValueError):
    """A value that a view sent and that cannot be used."""


@dataclass(frozen=True, slots=True)
class AskKind:
    """A kind of question.

    Attributes:
        check: (values, config) → None; refuses what cannot be used before anything waits in line.
        answer: (pipeline, values) → plain values, ready for JSON.
    """

    check: Callable[[Plain, ModelConfig], object]
    answer: Callable[[VARPipeline, Plain], Plain]


@dataclass(frozen=True, slots=True)
class ShowSettings:
    """What a show runs with; the record says so.

    Attributes:
        class_id: or None for no class.
        seeds: one per picture.
        options: how to sample.
        switch: another class from a scale on (labels are class ids), or None.
    """

    class_id: int | None
    seeds: tuple[int, ...]
    options: SamplingOptions
    switch: ClassSwitch | None = None


def no_facts(values: Plain, settings: ShowSettings, scales: Sequence[ScaleDone], config: ModelConfig) -> Plain:
    """Nothing to say beside the pictures."""
    return {}


@dataclass(frozen=True, slots=True)
class ShowKind:
    """A kind of stream.

    Attributes:
        settings: (values, config) → settings; refuses what cannot be used before anything waits in line.
        stream: (pipeline, values, settings) → the scales, coarse to fine.
        facts: (values, settings, scales so far, config) → plain values shown beside the pictures, after each scale.
    """

    settings: Callable[[Plain, ModelConfig], ShowSettings]
    stream: Callable[[VARPipeline, Plain, ShowSettings], Iterator[ScaleStep]]
    facts: Callable[[Plain, ShowSettings, Sequence[ScaleDone], ModelConfig], Plain] = no_facts


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A checked question; make one with ``registry.ask_of``."""

    name: str
    model: str
    values: Plain
    kind: AskKind

    def answer(self, pipe: VARPipeline) -> Plain:
        """Plain values, ready for JSON."""
        return self.kind.answer(pipe, self.values)


@dataclass(frozen=True, slots=True, eq=False)
class Show:
    """A checked wish for a stream; make one with ``registry.show_of``."""

    name: str
    model: str
    values: Plain
    kind: ShowKind
    settings: ShowSettings

    def stream(self, pipe: VARPipeline) -> Iterator[ScaleStep]:
        """The scales, coarse to fine."""
        return self.kind.stream(pipe, self.values, self.settings)
