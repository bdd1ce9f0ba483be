"""What flows out of the sampler and into it: immutable records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from var_core.options import SamplingOptions


@dataclass(frozen=True, slots=True, eq=False)
class StepStatistics:
    """Numbers about the draw of one scale, each (B, s, s) float32 unless said; computed only on request.

    ``probability``, ``rank`` (int64, 0 = likeliest) and ``entropy`` (nats) belong to the distribution after
    guidance and temperature; ``filtered_probability`` to the one after top-k and top-p that was drawn from.
    All four describe ``ScaleStep.drawn_ids``. ``divergence`` is KL(cond ‖ uncond) in nats, before guidance, None
    when guidance is off. ``next_input`` is the pooled sum (B, C, s', s') the next scale will see, None at the last.
    """

    probability: Tensor
    rank: Tensor
    entropy: Tensor
    filtered_probability: Tensor
    divergence: Tensor | None
    next_input: Tensor | None


@dataclass(frozen=True, slots=True, eq=False)
class ScaleStep:
    """One generated scale. Tensors are snapshots that nothing changes later.

    Attributes:
        scale: 0 … K − 1.
        side: s_k.
        token_ids: (B, s, s) int64, the map of this scale; kept cells hold the given ids.
        drawn_ids: (B, s, s) int64, what was drawn before kept cells were put back.
        kept: (s, s) bool, True where the cell was given and not drawn.
        latent: (B, C, s_K, s_K) float32, f̂ after this scale.
        guidance: strength in force, guidance·k/(K − 1).
        seconds: host time spent in this step (on CUDA, the time to enqueue it).
        statistics: or None if not asked for.
    """

    scale: int
    side: int
    token_ids: Tensor
    drawn_ids: Tensor
    kept: Tensor
    latent: Tensor
    guidance: float
    seconds: float
    statistics: StepStatistics | None


@dataclass(frozen=True, slots=True, eq=False)
class KeptTokens:
    """Tokens that are given instead of drawn: a prefix of scales, or the unmasked part of a picture.

    Attributes:
        token_ids: per given scale, coarse to fine, (B, s, s) int64.
        masks: as many (s, s) bool maps, True = keep the given token.
    """

    token_ids: tuple[Tensor, ...]
    masks: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class ClassSwitch:
    """Another class from ``scale`` (1 … K − 1, 0-based) on.

    ``cache="keep"`` leaves what the coarser scales said under the old class in the cache; ``"replay"`` reads the
    same coarser tokens again under the new class. Both are meant by "switching": the class enters at the start
    token and in every block.
    """

    scale: int
    labels: Sequence[int]
    cache: Literal["keep", "replay"] = "keep"


@dataclass(frozen=True, slots=True, eq=False)
class SamplingRequest:
    """All inputs of the one sampling loop, already checked.

    Attributes:
        labels: row of the class embedding per picture; ``num_classes`` is the null class.
        seeds: one per picture, 0 … 2³² − 1.
        options: how to sample.
        kept: given tokens, or None.
        switch: another class from some scale on, or None.
        statistics: whether to compute ``StepStatistics``.
    """

    labels: Sequence[int]
    seeds: Sequence[int]
    options: SamplingOptions
    kept: KeptTokens | None = None
    switch: ClassSwitch | None = None
    statistics: bool = False
