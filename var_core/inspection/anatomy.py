"""One step taken apart: the tensors between a token map and the next scale's input.

    ids → codes → upsample → φ → f̂_{k−1} + φ = f̂_k → pool → input of scale k + 1         (VAR Alg. 2, Fig. 4)

Each tensor is what the model computes with, by the quantiser's own functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from var_core.errors import SamplingError
from var_core.inspection.context import check_scale, picture_of, sums_of_tokens
from var_core.pipeline import VARPipeline
from var_core.precision import without_tf32
from var_core.trace import Trace


@dataclass(frozen=True, slots=True, eq=False)
class StepAnatomy:
    """The tensors of one scale of one picture, float32 on the CPU unless said.

    Attributes:
        scale, side: 0 … K − 1, s_k.
        token_ids: (s, s) int64.
        codes: (C, s, s), the code vectors looked up.
        upsampled: (C, s_K, s_K), bicubic; the codes themselves at the last scale.
        contribution: (C, s_K, s_K), φ_k of the upsampled.
        before: (C, s_K, s_K), f̂_{k−1}; zeros at the first scale.
        after: (C, s_K, s_K), f̂_k = before + contribution.
        next_input: (C, s', s'), f̂_k pooled to the next side; None at the last scale.
    """

    scale: int
    side: int
    token_ids: Tensor
    codes: Tensor
    upsampled: Tensor
    contribution: Tensor
    before: Tensor
    after: Tensor
    next_input: Tensor | None


@torch.no_grad()
def step_anatomy(pipe: VARPipeline, token_maps: Sequence[Tensor], scale: int) -> StepAnatomy:
    """The anatomy of a scale.

    Args:
        pipe: the model.
        token_maps: of scales 0 … ``scale`` at least, coarse to fine, (s, s) or (1, s, s) integer.
        scale: 0 … K − 1.

    Raises:
        SamplingError: for an unknown scale, or maps that do not reach it or have another shape or codebook.
    """
    scale = check_scale(pipe, scale)
    if len(token_maps) <= scale:
        raise SamplingError(f"Scale {scale} needs {scale + 1} token maps, got {len(token_maps)}.")
    quantizer, side = pipe.tokenizer.quantizer, pipe.config.schedule.sides[scale]
    sums = sums_of_tokens(pipe, token_maps[: scale + 1])
    token_ids = token_maps[scale].reshape(1, side, side).long().to(pipe.device)
    after = sums[scale]
    with without_tf32(pipe.device):
        codes = quantizer.embed(token_ids)
        upsampled = quantizer.upsample(codes)
        contribution = quantizer.contribution(codes, scale)
    last = scale + 1 == pipe.config.schedule.num_scales
    return StepAnatomy(
        scale=scale,
        side=side,
        token_ids=token_ids[0].cpu(),
        codes=codes[0].cpu(),
        upsampled=upsampled[0].cpu(),
        contribution=contribution[0].cpu(),
        before=(sums[scale - 1] if scale else torch.zeros_like(after))[0].cpu(),
        after=after[0].cpu(),
        next_input=None if last else quantizer.pool(after, scale + 1)[0].cpu(),
    )


def tokens_of_picture(trace: Trace, picture: int = 0) -> list[Tensor]:
    """K token maps (s, s) of one picture of a trace, which give its sums.

    Raises:
        SamplingError: if the trace has no such picture, or was smooth: then blends of codes were fed on, and the
            ids do not describe the picture.
    """
    picture = picture_of(trace, picture)
    if trace.settings.options.smooth:
        raise SamplingError(
            "This run was smooth: it fed on blends of codes, which its token ids do not give; run it without smooth."
        )
    return [step.token_ids[picture] for step in trace.steps]
