"""Other pictures from the same start: siblings that share the coarse scales, and another class from a scale on.

The shared tokens are forced; no random generator is replayed. New scales draw from the seeds that are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from var_core.errors import SamplingError
from var_core.inspection.anatomy import tokens_of_picture
from var_core.inspection.context import switch_of
from var_core.pipeline import VARPipeline
from var_core.steps import ClassSwitch, ScaleStep
from var_core.trace import Trace
from var_core.validation import whole_number


def siblings(
    pipe: VARPipeline,
    trace: Trace,
    picture: int,
    keep_scales: int,
    seeds: Sequence[int],
    *,
    statistics: bool = False,
) -> Iterator[ScaleStep]:
    """Streams siblings of one picture that share its first scales: one per seed, in one batch.

    Args:
        pipe: the model of the trace.
        trace: the run.
        picture: 0 … B − 1 of the trace.
        keep_scales: how many scales are shared, 0 … K; K gives the picture itself, whatever the seeds.
        seeds: one per sibling. The picture's own seed gives the picture again.
        statistics: as in ``stream``.

    Raises:
        SamplingError: for another picture, number of scales or seed; for an edit, whose mask would be lost; for a
            smooth run, whose token ids do not give its picture; if tokens or classes are not this model's.
    """
    token_maps = [ids[None] for ids in tokens_of_picture(trace, picture)]
    keep = whole_number(keep_scales, "keep_scales", 0, len(token_maps), error=SamplingError)
    _refuse_masks(trace, keep)
    switch = switch_of(trace, picture)
    if switch is not None:
        switch = ClassSwitch(switch.scale, list(switch.labels) * len(seeds), switch.cache)
    return pipe.stream(
        [trace.settings.class_ids[picture]] * len(seeds), seeds=seeds, options=trace.settings.options,
        prefix=token_maps[:keep], switch=switch, statistics=statistics,
    )  # fmt: skip


def morph(
    pipe: VARPipeline,
    trace: Trace,
    picture: int,
    scale: int,
    class_id: int,
    cache: Literal["keep", "replay"] = "keep",
    *,
    seed: int | None = None,
    statistics: bool = False,
) -> Iterator[ScaleStep]:
    """Streams one picture that keeps the trace's scales before ``scale`` and goes on as another class.

    Args:
        pipe: the model of the trace.
        trace: the run.
        picture: 0 … B − 1 of the trace.
        scale: the first scale under the new class, 1 … K − 1 (0-based).
        class_id: the new class.
        cache: "keep" leaves the coarser scales in the cache as the old class read them; "replay" reads the same
            tokens again as the new class. See ``ClassSwitch``.
        seed: of the scales that are drawn; None for the picture's own.
        statistics: as in ``stream``.

    Raises:
        SamplingError: as ``siblings``; for an unknown class or scale; if the run had already switched before
            ``scale``.
    """
    token_maps = [ids[None] for ids in tokens_of_picture(trace, picture)]
    scale = whole_number(scale, "the scale of a class switch", 1, len(token_maps) - 1, error=SamplingError)
    _refuse_masks(trace, scale)
    earlier = trace.settings.switch
    if earlier is not None and earlier.scale < scale:
        raise SamplingError(
            f"This run already switched its class at scale {earlier.scale}; switch there or before, got {scale}."
        )
    return pipe.stream(
        [trace.settings.class_ids[picture]], seeds=[trace.settings.seeds[picture] if seed is None else seed],
        options=trace.settings.options, prefix=token_maps[:scale],
        switch=ClassSwitch(scale, [class_id], cache), statistics=statistics,
    )  # fmt: skip


def _refuse_masks(trace: Trace, first: int) -> None:
    """Refuses to draw scales again of which only some cells had been drawn."""
    for step in trace.steps[first:]:
        if bool(step.kept.any()) and not bool(step.kept.all()):
            raise SamplingError(
                f"Scale {step.scale} of this run keeps part of an edited picture, which drawing it again would lose; "
                "edit the picture again with another seed or class."
            )
