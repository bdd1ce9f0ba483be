"""Colours for whatever lives in the latent space: its place along the codebook's first three principal axes.

The basis comes from the codebook alone and never from what is shown, and one unit of length is the same step in
every channel, so that likeness in colour means likeness in code (in three of C dimensions). Colours hashed from
token ids would suggest likenesses that are not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

TAIL = 0.01  # of the codebook's projections on the first axis, cut off at each end of the range


@dataclass(frozen=True, slots=True, eq=False)
class CodeColours:
    """A fixed map from latent vectors to RGB.

    Attributes:
        mean: (C,) float32, of the codebook; mid grey.
        axes: (C, 3) float32, orthonormal, by falling variance; each axis' largest entry is positive.
        reach: distance from the mean, along an axis, at which a channel saturates.
        explained: share of the codebook's variance on the three axes, 0 … 1.
    """

    mean: Tensor
    axes: Tensor
    reach: float
    explained: float

    def rgb(self, values: Tensor, span: float = 1.0) -> Tensor:
        """(C, h, w) latent values → (h, w, 3) uint8 RGB on the CPU.

        Args:
            values: codes, contributions, sums or pooled inputs.
            span: widens the range; sums reach further than single codes. Colours compare only at one span.
        """
        offset = values.detach().float().cpu().permute(1, 2, 0) - self.mean  # (h, w, C)
        level = offset @ self.axes / (2 * self.reach * span) + 0.5
        return (level.clamp(0, 1) * 255).round().to(torch.uint8)

    def saturated(self, values: Tensor, span: float = 1.0) -> float:
        """Share of channel values that (C, h, w) latent values put outside the range, 0 … 1."""
        offset = values.detach().float().cpu().permute(1, 2, 0) - self.mean
        return float(((offset @ self.axes).abs() > self.reach * span).float().mean())


@torch.no_grad()
def code_colours(codebook: Tensor) -> CodeColours:
    """The colours of a codebook (V, C), C ≥ 3, V ≥ 3; the same codebook gives the same colours."""
    codes = codebook.detach().double().cpu()
    mean = codes.mean(0)
    centred = codes - mean
    _, lengths, axes = torch.linalg.svd(centred, full_matrices=False)  # axes (min(V, C), C)
    chosen = axes[:3].t()  # (C, 3)
    signs = chosen.gather(0, chosen.abs().argmax(0, keepdim=True)).sign()
    chosen = chosen * signs
    along = (centred @ chosen[:, 0]).abs()
    reach = float(along.quantile(1 - TAIL))
    power = lengths.square()
    explained = float(power[:3].sum() / power.sum())
    return CodeColours(mean.float(), chosen.float(), max(reach, 1e-12), explained)
