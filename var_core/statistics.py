"""Numbers about one scale's draw, for the teaching views and the trace."""

from __future__ import annotations

import torch
from torch import Tensor

from var_core.steps import StepStatistics


def step_statistics(
    drawn: Tensor,
    conditional: Tensor,
    unconditional: Tensor | None,
    tempered: Tensor,
    filtered: Tensor,
    next_input: Tensor | None,
) -> StepStatistics:
    """Statistics of drawn ids (B, s, s) from logits (B, s², V); see ``StepStatistics`` for each."""
    picked = drawn.flatten(1)[..., None]  # (B, s², 1)
    log_p = tempered.log_softmax(-1)
    own = log_p.gather(-1, picked)

    def as_map(values: Tensor) -> Tensor:
        return values.reshape(drawn.shape)

    divergence = None
    if unconditional is not None:
        divergence = as_map(kl_divergence(conditional, unconditional))
    return StepStatistics(
        probability=as_map(own.exp()),
        rank=as_map((log_p > own).sum(-1)),
        entropy=as_map(-(log_p.exp() * log_p).nan_to_num(0.0).sum(-1)),
        filtered_probability=as_map(filtered.softmax(-1).gather(-1, picked)),
        divergence=divergence,
        next_input=next_input,
    )


def kl_divergence(conditional: Tensor, unconditional: Tensor) -> Tensor:
    """KL(p_cond ‖ p_uncond) in nats of logits (B, n, V) → (B, n): how much the class matters at a position."""
    log_p, log_q = conditional.log_softmax(-1), unconditional.log_softmax(-1)
    # Rounding alone can bring the sum below zero where the two agree.
    return torch.sum(log_p.exp() * (log_p - log_q), -1).clamp_min(0)
