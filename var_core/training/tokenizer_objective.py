"""One forward pass of tokenizer training (upstream never published this loop).

A batch is encoded, the residual loop of Alg. 1 runs on the detached features, and the sum is decoded through a
straight-through estimator. A share of the pictures is decoded from an unfinished sum f̂_k against the picture as that
scale can show it (``losses.out_of_focus``), so that a stream looks like a picture coming into focus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.losses import out_of_focus, vq_loss


class TokenizerOutput(NamedTuple):
    """What the losses need.

    Attributes:
        output: (B, 3, H, W), nominally [−1, 1], not clamped.
        vq: scalar; 0 while nothing is quantised.
        token_ids: K maps (B, s_k, s_k); none while nothing is quantised.
        pooled: K detached residuals (B, C, s_k, s_k) that the codes were chosen for.
    """

    output: Tensor
    vq: Tensor
    token_ids: tuple[Tensor, ...]
    pooled: tuple[Tensor, ...]


class TokenizerObjective(nn.Module):
    """The forward pass as a module, so that data-parallel wrappers see the whole of it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__()
        self.tokenizer = tokenizer

    def forward(self, images: Tensor, depths: Sequence[int] | None) -> TokenizerOutput:
        """Encodes and decodes.

        Args:
            images: (B, 3, H, W) in [0, 1].
            depths: per picture, the last scale (0 … K − 1) of the sum it is decoded from; None skips the quantiser.
        """
        tokenizer = self.tokenizer
        features = tokenizer.features(images).float()  # (B, C, s_K, s_K)
        if depths is None:
            return TokenizerOutput(tokenizer.decode_signed(features).float(), features.new_zeros(()), (), ())
        with torch.autocast(features.device.type, enabled=False):
            scales = list(tokenizer.quantizer.quantize(features.detach()))
            latents = [scale.latent for scale in scales]
            vq = vq_loss(features, latents)
        chosen = torch.stack([latents[depth][row] for row, depth in enumerate(depths)]).detach()
        # Where the sum is unfinished, the encoder must not be told that its features were wrong.
        finished = torch.tensor([depth == len(scales) - 1 for depth in depths], device=features.device)
        through = torch.where(finished[:, None, None, None], features + (chosen - features).detach(), chosen)
        output = tokenizer.decode_signed(through).float()
        return TokenizerOutput(
            output, vq, tuple(scale.token_ids for scale in scales), tuple(scale.pooled.detach() for scale in scales)
        )


def decode_targets(signed: Tensor, depths: Sequence[int] | None, schedule: ScaleSchedule) -> Tensor:
    """Pictures (B, 3, H, W) in [−1, 1] as the scales of ``depths`` can show them."""
    if depths is None:
        return signed
    rows = [
        out_of_focus(signed[row : row + 1], schedule.sides[depth], schedule.last_side)
        for row, depth in enumerate(depths)
    ]
    return torch.cat(rows)


def draw_depths(batch: int, num_scales: int, unfinished_share: float, generator: torch.Generator) -> list[int]:
    """Per picture of a batch: the last scale, or with probability ``unfinished_share`` any earlier one."""
    unfinished = torch.rand(batch, generator=generator) < unfinished_share
    earlier = torch.randint(num_scales - 1, (batch,), generator=generator)
    depths: list[int] = torch.where(unfinished, earlier, num_scales - 1).tolist()
    return depths
