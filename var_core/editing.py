"""Starting from what exists, as inputs of the one sampling loop: kept prefixes, masks, class switches.

Zero-shot editing (VAR §5, "Zero-shot task generalization"): every scale is drawn as usual, then the code
vectors of kept cells are replaced by the picture's own before φ. The 1×1 map is always the picture's.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from var_core.errors import EditingError, SamplingError
from var_core.scales import ScaleSchedule
from var_core.steps import KeptTokens
from var_core.validation import shown

_INTEGERS = (
    torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.uint16, torch.uint32, torch.uint64,
)  # fmt: skip


def keep_prefix(
    token_maps: Sequence[Tensor], schedule: ScaleSchedule, codebook_size: int, batch: int, *, name: str = "prefix"
) -> KeptTokens:
    """Keeps scales 1 … k as given and leaves the rest to be drawn.

    Args:
        token_maps: 0 … K maps, coarse to fine, (B, s, s) or (1, s, s) for all; integer ids 0 … V − 1.
        schedule: of the model.
        codebook_size: V.
        batch: number of pictures.
        name: of the argument, for messages.

    Raises:
        SamplingError: if a map has another shape, type or an id outside the codebook.
    """
    if not isinstance(token_maps, Sequence):
        raise SamplingError(f"{name} must be a list of 0 to {schedule.num_scales} token maps, got {shown(token_maps)}.")
    if len(token_maps) > schedule.num_scales:
        raise SamplingError(f"{name} may hold 0 to {schedule.num_scales} token maps, got {len(token_maps)}.")
    kept = []
    for scale, ids in enumerate(token_maps):
        side = schedule.sides[scale]
        if not isinstance(ids, Tensor) or ids.dtype not in _INTEGERS:
            raise SamplingError(f"{name}[{scale}] must be a tensor of integer token ids, got {shown(ids)}.")
        if ids.shape not in ((batch, side, side), (1, side, side)):
            raise SamplingError(f"{name}[{scale}] must have shape ({batch}, {side}, {side}), got {tuple(ids.shape)}.")
        ids = ids.long()  # PyTorch finds no least of the wider unsigned types
        low, high = int(ids.min()), int(ids.max())
        if low < 0 or high >= codebook_size:
            raise SamplingError(
                f"{name}[{scale}] holds token id {low if low < 0 else high}; ids go from 0 to {codebook_size - 1}."
            )
        kept.append(ids.expand(batch, side, side).clone())
    masks = tuple(torch.ones(side, side, dtype=torch.bool) for side in schedule.sides[: len(kept)])
    return KeptTokens(tuple(kept), masks)


def keep_cells(keep: Tensor, schedule: ScaleSchedule, image_side: int) -> Tensor:
    """A keep-mask as cells: (s_K, s_K) bool is taken as it is; (H, W) keeps a cell only if all its pixels are.

    Raises:
        EditingError: if the mask is not Boolean or has neither shape.
    """
    side = schedule.last_side
    if not isinstance(keep, Tensor) or keep.dtype != torch.bool:
        raise EditingError(f"keep must be a Boolean tensor (True = keep), got {shown(keep)}.")
    if keep.shape == (side, side):
        return keep
    if keep.shape == (image_side, image_side):
        patch = image_side // side
        return keep.view(side, patch, side, patch).all(3).all(1)
    raise EditingError(
        f"keep must have shape ({side}, {side}) or ({image_side}, {image_side}), got {tuple(keep.shape)}."
    )


def keep_masked(token_maps: Sequence[Tensor], cells: Tensor, schedule: ScaleSchedule, batch: int) -> KeptTokens:
    """Keeps the picture's tokens where ``cells`` (s_K, s_K) is True, at every scale.

    The mask of a scale is the grid bilinearly resized to it, kept above one half; the first scale is always kept.
    """
    masks = []
    for scale, side in enumerate(schedule.sides):
        resized = F.interpolate(cells[None, None].float(), size=(side, side), mode="bilinear")[0, 0]
        masks.append(torch.ones_like(resized, dtype=torch.bool) if scale == 0 else resized > 0.5)
    ids = tuple(token_ids.expand(batch, -1, -1) for token_ids in token_maps)
    return KeptTokens(ids, tuple(masks))
