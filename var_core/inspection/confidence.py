"""How likely the model finds given tokens: for uploads, kept cells and forced prefixes.

A trace's statistics describe what was *drawn*; where a token was given instead, its own probability is here. Low
probability is no error: texture has many right answers.
"""

from __future__ import annotations

import torch
from torch import Tensor

from var_core.errors import SamplingError
from var_core.inspection.context import Context, check_scale, read_scale
from var_core.logits import shape_logits
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.precision import without_tf32
from var_core.statistics import step_statistics
from var_core.steps import StepStatistics


@torch.no_grad()
def confidence_in(
    pipe: VARPipeline, context: Context, scale: int, token_ids: Tensor, options: SamplingOptions
) -> StepStatistics:
    """Statistics of given ids of one scale, under the distribution that ``options`` would draw them from.

    Args:
        pipe: the model.
        context: must know the scales before ``scale``.
        scale: 0 … K − 1.
        token_ids: (s, s) integer, 0 … V − 1.
        options: how it would be sampled.

    Returns:
        maps (1, s, s) as in ``StepStatistics`` on the CPU; ``divergence`` is there even where guidance is off,
        ``filtered_probability`` is 0 where top-k or top-p drop the given id, ``next_input`` is None.

    Raises:
        SamplingError: for ids of another shape or codebook, and as ``read_scale``.
    """
    scale = check_scale(pipe, scale)
    side, size = pipe.config.schedule.sides[scale], pipe.config.tokenizer.codebook_size
    options.check_codebook(size)
    if token_ids.shape != (side, side) or int(token_ids.min()) < 0 or int(token_ids.max()) >= size:
        raise SamplingError(
            f"token_ids of scale {scale} must have shape ({side}, {side}) and ids from 0 to {size - 1}, "
            f"got {tuple(token_ids.shape)}, {int(token_ids.min())} to {int(token_ids.max())}."
        )
    with without_tf32(pipe.device):
        reading, hidden = read_scale(pipe, context, scale, guided=True)
        conditional, unconditional = reading.logits(hidden)
    assert unconditional is not None
    conditional, unconditional = conditional.cpu(), unconditional.cpu()
    strength = options.guidance * pipe.config.schedule.progress(scale)
    tempered, filtered = shape_logits(conditional, unconditional, strength, options)
    return step_statistics(token_ids.long().cpu()[None], conditional, unconditional, tempered, filtered, None)
