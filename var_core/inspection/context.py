"""The context of a scale: what the transformer had been told when it came to it, and reading it again.

Whatever is asked on demand is answered from known tokens, never by replaying a random generator, so any process
with the model can answer. A scale is fed the pooled *sum* of the coarser ones (VAR §3.2): a context therefore
holds sums, which a trace has and token maps give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from var_core.editing import keep_prefix
from var_core.errors import SamplingError
from var_core.pipeline import VARPipeline
from var_core.precision import without_tf32
from var_core.reading import Reading
from var_core.requests import RequestChecker
from var_core.steps import ClassSwitch
from var_core.trace import Trace
from var_core.transformer import Watch
from var_core.validation import whole_number


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """One picture's class and its sums so far.

    Attributes:
        class_id: None is the null class.
        latents: f̂ after each known scale, coarse to fine, (C, s_K, s_K) float32; more than are needed do no harm.
        switch: another class from a scale on, ``labels`` holding one class id; or None.
    """

    class_id: int | None
    latents: tuple[Tensor, ...]
    switch: ClassSwitch | None = None


def picture_of(trace: Trace, picture: int) -> int:
    """Checks the number of a picture of a trace, 0 … B − 1.

    Raises:
        SamplingError: if the trace has no such picture.
    """
    return whole_number(picture, "picture", 0, len(trace.settings.class_ids) - 1, error=SamplingError)


def switch_of(trace: Trace, picture: int) -> ClassSwitch | None:
    """The class switch of one picture of a trace, ``labels`` holding its one class id; None if there was none."""
    switch = trace.settings.switch
    return None if switch is None else replace(switch, labels=(switch.labels[picture],))


def context_of_trace(trace: Trace, picture: int = 0) -> Context:
    """The context of every scale of one picture of a trace; true of smooth runs and edits too.

    Raises:
        SamplingError: if the trace has no such picture.
    """
    picture = picture_of(trace, picture)
    latents = tuple(step.latent[picture] for step in trace.steps)
    return Context(trace.settings.class_ids[picture], latents, switch_of(trace, picture))


def context_of_tokens(
    pipe: VARPipeline, class_id: int | None, token_maps: Sequence[Tensor], switch: ClassSwitch | None = None
) -> Context:
    """The context that token maps alone give: the same as the trace's, but for a smooth run, which fed on blends.

    Args:
        pipe: the model.
        class_id: None is the null class.
        token_maps: of scales 1 … n, coarse to fine, (s, s) or (1, s, s) integer; n scales let scale n be asked for
            (0-based). None are needed for the first.
        switch: as in ``VARPipeline.stream``, with one class id in ``labels``.

    Raises:
        SamplingError: for an unknown class, or a map of another shape, type or codebook.
    """
    pipe.row_of(class_id)
    return Context(class_id, tuple(latent[0] for latent in sums_of_tokens(pipe, token_maps)), switch)


@torch.no_grad()
def sums_of_tokens(pipe: VARPipeline, token_maps: Sequence[Tensor]) -> list[Tensor]:
    """Token maps of one picture, (s, s) or (1, s, s) → f̂ after each, (1, C, s_K, s_K) float32 (VAR Alg. 2).

    Raises:
        SamplingError: for a map of another shape, type or codebook.
    """
    schedule, size = pipe.config.schedule, pipe.config.tokenizer.codebook_size
    batched = [ids[None] if isinstance(ids, Tensor) and ids.dim() == 2 else ids for ids in token_maps]
    kept = keep_prefix(batched, schedule, size, batch=1)
    with without_tf32(pipe.device):
        return list(pipe.tokenizer.quantizer.accumulate([ids.to(pipe.device) for ids in kept.token_ids]))


@torch.no_grad()
def read_scale(
    pipe: VARPipeline, context: Context, scale: int, *, guided: bool, watch: Watch | None = None
) -> tuple[Reading, Tensor]:
    """Reads scales 0 … ``scale`` with the known sums.

    Args:
        pipe: the model.
        context: must know the scales before ``scale``.
        scale: 0 … K − 1.
        guided: read the unconditional row too.
        watch: as in ``Transformer.step``, for the last scale.

    Returns:
        what was read, and the last scale's hidden states, (2 or 1, s², width): conditional, unconditional.

    Raises:
        SamplingError: for an unknown class or scale, a bad switch, or a context that does not reach the scale.
    """
    scale = check_scale(pipe, scale)
    if len(context.latents) < scale:
        raise SamplingError(
            f"Scale {scale} needs the {scale} coarser scales, got {len(context.latents)}; give their token maps."
        )
    request = RequestChecker(pipe.config).request([context.class_id], [0], None, context.switch, False)
    labels, switch = request.labels, request.switch
    if switch is not None and switch.cache == "replay" and scale >= switch.scale:
        labels, switch = switch.labels, None  # all of it was read again as the new class: the first reading is gone
    reading = Reading(pipe.transformer, pipe.tokenizer.quantizer, labels, guided=guided, switch=switch)
    for earlier in range(scale):
        reading.hidden(earlier)
        reading.feed(context.latents[earlier][None].to(pipe.device), earlier)
    return reading, reading.hidden(scale, watch)


def check_scale(pipe: VARPipeline, scale: int) -> int:
    """A scale as an int in 0 … K − 1.

    Raises:
        SamplingError: for anything else.
    """
    return whole_number(scale, "scale", 0, pipe.config.schedule.num_scales - 1, error=SamplingError)


def check_position(pipe: VARPipeline, scale: int, row: int, column: int) -> int:
    """The index row·s + column of a token in its scale.

    Raises:
        SamplingError: if the scale has no such row or column.
    """
    side = pipe.config.schedule.sides[check_scale(pipe, scale)]
    row = whole_number(row, f"row at scale {scale}", 0, side - 1, error=SamplingError)
    column = whole_number(column, f"column at scale {scale}", 0, side - 1, error=SamplingError)
    return row * side + column
