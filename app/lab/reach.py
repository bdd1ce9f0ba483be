"""How far a redrawn part of a picture reaches into the rest: which cells of the latent may change, and which did.

Scale k adds φ_k(bicubic(h_k)). A redrawn token therefore changes every cell of the latent that bicubic interpolation
gives a share of it, four cells each way of its own coarse grid, and by φ's 3×3 convolution one cell of the finest grid
more. On coarse grids that is most of the picture: kept tokens stay, what is summed on top of them need not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from var_core.pipeline import VARPipeline


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What an edit changed.

    Attributes:
        reach: (s_K, s_K) bool, cells of the latent that a redrawn token can change.
        change: (s_K, s_K) float32, length of the difference of the two latents.
        source: mean length of the source's latent, to compare ``change`` with.
        kept_tokens: tokens of all scales that were to be kept.
        equal_tokens: how many of these equal the source's.
        total_tokens: of all scales.
    """

    reach: Tensor
    change: Tensor
    source: float
    kept_tokens: int
    equal_tokens: int
    total_tokens: int

    @property
    def beyond(self) -> float:
        """The largest change out of reach: rounding, and 0 where everything is within reach."""
        out = self.change[~self.reach]
        return float(out.max()) if out.numel() else 0.0


def reach_of(masks: Sequence[Tensor], side: int) -> Tensor:
    """Which cells of the latent depend on a redrawn token.

    Args:
        masks: per scale (s, s) bool, True = kept.
        side: s_K.

    Returns:
        (s_K, s_K) bool.
    """
    reach = torch.zeros(side, side, dtype=torch.bool)
    for kept in masks:
        redrawn = (~kept).double().cpu()
        shares = _shares(kept.shape[-1], side)
        touched = (shares @ redrawn @ shares.T > 0).float()
        reach |= F.max_pool2d(touched[None, None], 3, 1, 1)[0, 0] > 0
    return reach


def spread_of(pipe: VARPipeline, picture: Tensor, masks: Sequence[Tensor], token_ids: Sequence[Tensor]) -> Spread:
    """Compares an edited picture with its source.

    Args:
        pipe: the model.
        picture: (3, H, W) in [0, 1], the source.
        masks: per scale (s, s) bool, True = kept.
        token_ids: per scale (1, s, s), of the edited picture.
    """
    own = pipe.encode(picture[None])
    with torch.no_grad():
        *_, before = pipe.tokenizer.quantizer.accumulate(own)
        *_, after = pipe.tokenizer.quantizer.accumulate([ids.to(pipe.device) for ids in token_ids])
    pairs = [(one[0].cpu()[kept], two[0].cpu()[kept]) for one, two, kept in zip(own, token_ids, masks, strict=True)]
    return Spread(
        reach=reach_of(masks, pipe.config.schedule.last_side),
        change=(after - before)[0].norm(dim=0).cpu(),
        source=float(before[0].norm(dim=0).mean()),
        kept_tokens=sum(len(one) for one, _ in pairs),
        equal_tokens=sum(int((one == two).sum()) for one, two in pairs),
        total_tokens=pipe.config.schedule.num_tokens,
    )


def _shares(coarse: int, fine: int) -> Tensor:
    """(fine, coarse): how much of each coarse value bicubic interpolation gives each fine place, without sign."""
    if coarse == fine:
        return torch.eye(fine, dtype=torch.float64)
    impulses = torch.eye(coarse, dtype=torch.float64)[None, None]  # a row an impulse; columns are interpolated
    weights = F.interpolate(impulses, size=(coarse, fine), mode="bicubic")[0, 0]
    return weights.abs().T.contiguous()
