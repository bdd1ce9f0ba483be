"""From logits to a drawn code: pure functions over (B, n, V), nothing is changed in place.

In the order of sampling: guidance (upstream's ramp), temperature, top-k, top-p, the draw, the "more smooth" blend.
None of them waits for the device, but for top-p under ``torch.use_deterministic_algorithms`` on CUDA.
"""

from __future__ import annotations

import torch
from torch import Tensor

from var_core.options import SamplingOptions

SMOOTH_TEMPERATURE, SMOOTH_DECAY, SMOOTH_FLOOR = 0.27, 0.95, 0.005


def guide(conditional: Tensor, unconditional: Tensor, strength: float) -> Tensor:
    """(1 + t)·cond − t·uncond: classifier-free guidance on logits (Ho & Salimans 2022; VAR §3.1)."""
    return (1 + strength) * conditional - strength * unconditional


def shape_logits(
    conditional: Tensor, unconditional: Tensor | None, strength: float, options: SamplingOptions
) -> tuple[Tensor, Tensor]:
    """Guidance, temperature, top-k and top-p, in that order.

    Args:
        conditional: (B, n, V) float32.
        unconditional: as many, or None where there is no guidance.
        strength: of the guidance in force at this scale.
        options: temperature, top-k and top-p.

    Returns:
        the logits after temperature, and those that are drawn from, −inf where dropped.
    """
    guided = conditional if unconditional is None or strength == 0 else guide(conditional, unconditional, strength)
    tempered = guided / options.temperature
    return tempered, keep_likely(tempered, options.top_k, options.top_p)


def keep_likely(logits: Tensor, top_k: int | None, top_p: float | None) -> Tensor:
    """Top-k, then top-p on the softmax of what top-k left; dropped logits become −inf.

    Top-k keeps every logit that is not below the k-th largest, so ties stay. Top-p sorts ascending and drops
    while the cumulative probability is ≤ 1 − p; the best is always kept. Deviation from upstream: codes whose
    logits are exactly equal stay or go together, where upstream lets the order of its sort decide.

    Args:
        logits: (B, n, V) float32.
        top_k: 1 … V, or None for off.
        top_p: (0, 1], or None for off.

    Returns:
        (B, n, V) float32, a new tensor unless both are off.
    """
    size = logits.shape[-1]
    if top_k is not None and top_k < size:
        kept = logits.topk(top_k, dim=-1).values  # (B, n, k), descending
        logits = logits.masked_fill(logits < kept[..., -1:], -torch.inf)
    elif top_p is not None and top_p < 1:
        kept = logits.sort(dim=-1, descending=True).values  # (B, n, V)
    if top_p is None or top_p >= 1:
        return logits
    # Only what top-k kept is sorted (the rest has probability 0); ties beyond the k-th count with it.
    probability = (kept - logits.logsumexp(-1, keepdim=True)).exp().flip(-1)  # ascending
    surplus = (logits >= kept[..., -1:]).sum(-1, keepdim=True) - kept.shape[-1]
    cumulative = _cumulative(probability) + surplus * probability[..., :1]
    dropped = cumulative <= 1 - top_p
    dropped[..., -1] = False
    floor = kept.flip(-1).masked_fill(dropped, torch.inf).amin(-1, keepdim=True)  # the least logit to stay
    return logits.masked_fill(logits < floor, -torch.inf)


def _cumulative(probability: Tensor) -> Tensor:
    """Cumulative sums along the last axis; by way of the CPU where CUDA is told to be deterministic, for it is not."""
    if probability.is_cuda and torch.are_deterministic_algorithms_enabled():
        return probability.cpu().cumsum(-1).to(probability.device)
    return probability.cumsum(-1)


def draw(logits: Tensor, exponential: Tensor) -> Tensor:
    """One draw per position, argmax(p / E) with E ~ Exponential(1): exactly a multinomial draw.

    Args:
        logits: (B, n, V), −inf where dropped.
        exponential: (B, n, V) noise; the same noise gives the same draw on any device, up to rounding.

    Returns:
        (B, n) int64.
    """
    return (logits.softmax(-1) / exponential).argmax(-1)


def smooth_weights(logits: Tensor, exponential: Tensor, progress: float) -> Tensor:
    """Weights of the "more smooth" blend: softmax(((1 + r)·logits + G)/τ), G = −ln E' (Gumbel noise).

    τ falls from 0.27 at the first scale to 0.0135 at the last (r = ``progress``); logits are the masked ones.
    Source: the public notebook's ``more_smooth``; not in the paper.

    Returns:
        (B, n, V), rows summing to 1.
    """
    temperature = max(SMOOTH_TEMPERATURE * (1 - SMOOTH_DECAY * progress), SMOOTH_FLOOR)
    gumbel = -exponential.log()
    return (((1 + progress) * logits + gumbel) / temperature).softmax(-1)
