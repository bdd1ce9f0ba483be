"""What the model thought of one token position: its logits, and the distribution that options make of them.

    guided = (1 + t)·cond − t·uncond, t = guidance·k/(K − 1);  p = softmax(guided / temperature);  then top-k, top-p

At the first scale t is 0 whatever the guidance. Options apply to this token only: in a run they would also have
changed every token before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from var_core.inspection.context import Context, check_position, read_scale
from var_core.logits import shape_logits
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.precision import without_tf32


@dataclass(frozen=True, slots=True, eq=False)
class PositionLogits:
    """Logits of one position, before guidance and all else.

    Attributes:
        scale, row, column: the position, 0-based.
        progress: r = k/(K − 1), 0 … 1: the guidance in force is guidance·r.
        conditional: (V,) float32, of the class (the one in force there, after a switch).
        unconditional: (V,) float32, of the null class.
    """

    scale: int
    row: int
    column: int
    progress: float
    conditional: Tensor
    unconditional: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """What was drawn from at one position.

    Attributes:
        guidance: strength t in force.
        probability: (V,) float32 after guidance and temperature, sums to 1.
        filtered_probability: (V,) float32 after top-k and top-p too, sums to 1; 0 where dropped.
        entropy: of ``probability``, nats.
        num_kept: codes that top-k and top-p left.
    """

    guidance: float
    probability: Tensor
    filtered_probability: Tensor
    entropy: float
    num_kept: int

    def rank(self, token_id: int) -> int:
        """How many codes are likelier than this one, 0 … V − 1; 0 = likeliest."""
        return int((self.probability > self.probability[token_id]).sum())

    def top(self, count: int = 20) -> tuple[Tensor, Tensor, float]:
        """The ``count`` likeliest codes.

        Returns:
            their ids (n,) int64, likeliest first, their ``probability`` (n,), and the probability of all the rest.
        """
        best = self.probability.topk(min(count, len(self.probability)))
        return best.indices, best.values, max(0.0, 1 - float(best.values.sum()))


@torch.no_grad()
def position_logits(pipe: VARPipeline, context: Context, scale: int, row: int, column: int) -> PositionLogits:
    """Logits of the token at (row, column) of a scale, given the scales before it.

    Tokens of one scale are drawn independently given the coarser ones, so those of the same scale do not matter.

    Raises:
        SamplingError: for a position or class that the model does not have, or a context that does not reach it.
    """
    index = check_position(pipe, scale, row, column)
    with without_tf32(pipe.device):
        reading, hidden = read_scale(pipe, context, scale, guided=True)
        conditional, unconditional = reading.logits(hidden[:, index : index + 1])
    assert unconditional is not None
    progress = pipe.config.schedule.progress(scale)
    return PositionLogits(scale, row, column, progress, conditional[0, 0].cpu(), unconditional[0, 0].cpu())


def distribution(logits: PositionLogits, options: SamplingOptions) -> Distribution:
    """What ``options`` make of the logits of one position, by the sampler's own functions (VAR §3.1).

    Raises:
        SamplingError: if ``top_k`` is above the codebook.
    """
    options.check_codebook(len(logits.conditional))
    strength = options.guidance * logits.progress
    batched = (logits.conditional[None, None], logits.unconditional[None, None])  # (1, 1, V)
    tempered, filtered = shape_logits(*batched, strength, options)
    log_p = tempered[0, 0].log_softmax(-1)
    return Distribution(
        guidance=strength,
        probability=log_p.exp(),
        filtered_probability=filtered[0, 0].softmax(-1),
        entropy=float(-(log_p.exp() * log_p).nan_to_num(0.0).sum()),
        num_kept=int(filtered.isfinite().sum()),
    )
