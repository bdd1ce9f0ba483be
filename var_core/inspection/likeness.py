"""What pictures of one family share: layout, colours, texture, each by its own part of the picture.

    layout   luma averaged over an 8×8 grid, less its mean: where it is light and dark
    colours  RGB less luma, averaged over the same grid: what is tinted how, grey being zero
    texture  luma less its average over a 16×16 grid: detail finer than that grid

Each is compared by its cosine between two pictures, averaged over all pairs: 1 the same up to strength, 0 unrelated.
Pictures of one class are alike without sharing a token, so a number means something beside that of another start.
Luma is Rec. 709 of the sRGB values, as in ``spectrum``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import torch
import torch.nn.functional as F
from torch import Tensor

from var_core.errors import SamplingError
from var_core.inspection.spectrum import LUMA

COARSE, FINE = 8, 16
FLAT = 1e-6  # norm per value below which a part is nothing but rounding


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Mean cosines over all pairs of pictures, −1 … 1; None where a part is empty in some picture.

    Attributes:
        layout, colours, texture: see the module.
    """

    layout: float | None
    colours: float | None
    texture: float | None


@torch.no_grad()
def likeness(pictures: Tensor) -> Likeness:
    """Likeness among pictures (B, 3, S, S) in [0, 1], B ≥ 2, S a multiple of 16.

    Raises:
        SamplingError: for another shape.
    """
    if pictures.dim() != 4 or len(pictures) < 2 or pictures.shape[1] != 3 or pictures.shape[2] != pictures.shape[3]:
        raise SamplingError(f"pictures must be two or more, (B, 3, S, S), got {tuple(pictures.shape)}.")
    side = pictures.shape[-1]
    if side % FINE:
        raise SamplingError(f"pictures must have a side that is a multiple of {FINE}, got {side}.")
    values = pictures.detach().float().cpu()
    luma = torch.einsum("nchw,c->nhw", values, torch.tensor(LUMA))[:, None]  # (B, 1, S, S)
    layout = F.avg_pool2d(luma, side // COARSE)
    colours = F.avg_pool2d(values - luma, side // COARSE)
    cells = F.avg_pool2d(luma, side // FINE)
    texture = luma - F.interpolate(cells, scale_factor=side // FINE, mode="nearest")
    return Likeness(
        _mean_cosine(layout - layout.mean((2, 3), keepdim=True)), _mean_cosine(colours), _mean_cosine(texture)
    )


def _mean_cosine(parts: Tensor) -> float | None:
    flat = parts.flatten(1).double()  # (B, n)
    norms = flat.norm(dim=1)
    if bool((norms <= FLAT * flat.shape[1] ** 0.5).any()):
        return None
    units = flat / norms[:, None]
    cosines = units @ units.T
    pairs = list(combinations(range(len(units)), 2))
    return sum(float(cosines[pair]) for pair in pairs) / len(pairs)
