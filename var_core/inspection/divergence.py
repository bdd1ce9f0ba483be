"""How much pictures of one family differ: in pixels, and in tokens scale by scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from var_core.errors import SamplingError


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Differences among B pictures; pairs are all B·(B − 1)/2.

    Attributes:
        rmse: mean over pairs of the root mean square pixel difference, levels of 255.
        psnr: of the mean squared difference over all pairs, dB; None if the pictures are equal.
        spread: (H, W) float32, standard deviation over the pictures, root mean square over RGB, levels of 255:
            where they differ.
        token_shares: per scale, mean over pairs of the share of cells with another token, 0 … 1.
    """

    rmse: float
    psnr: float | None
    spread: Tensor
    token_shares: tuple[float, ...]


def differences(pictures: Tensor, token_maps: Sequence[Tensor]) -> Differences:
    """Differences among siblings.

    Args:
        pictures: (B, 3, H, W) in [0, 1], B ≥ 2.
        token_maps: per scale (B, s, s) integer; may be empty.

    Raises:
        SamplingError: for fewer than two pictures, or maps of another batch.
    """
    if pictures.dim() != 4 or len(pictures) < 2:
        raise SamplingError(f"pictures must be two or more, (B, 3, H, W), got {tuple(pictures.shape)}.")
    for scale, ids in enumerate(token_maps):
        if len(ids) != len(pictures):
            raise SamplingError(f"token_maps[{scale}] is of {len(ids)} pictures, not of {len(pictures)}.")
    levels = pictures.detach().float().cpu() * 255
    pairs = list(combinations(range(len(levels)), 2))
    squares = [float((levels[one] - levels[other]).square().mean()) for one, other in pairs]
    mean_square = sum(squares) / len(pairs)
    shares = [
        sum(float((ids[one] != ids[other]).float().mean()) for one, other in pairs) / len(pairs) for ids in token_maps
    ]
    return Differences(
        rmse=sum(map(math.sqrt, squares)) / len(pairs),
        psnr=10 * math.log10(255**2 / mean_square) if mean_square > 0 else None,
        spread=torch.var(levels, dim=0, correction=0).mean(0).sqrt(),
        token_shares=tuple(shares),
    )
