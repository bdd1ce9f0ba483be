"""What each scale added: φ_k(h_k) = f̂_k − f̂_{k−1}, its size over the grid and what it changed in the picture.

Decoding is not linear: a difference of pictures is not the picture of a difference, and the changes do not say
what a scale "contains", only what the decoder makes of the sum with and without it. An unfinished sum is outside
what the decoder was trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from var_core.errors import SamplingError
from var_core.pipeline import VARPipeline


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """What K scales added, with one range for all of them, so that colours compare.

    Attributes:
        norms: (K, s_K, s_K) float32, ‖φ_k(h_k)‖₂ over the channels of each cell, latent units, ≥ 0.
        totals: (K,) float32, ‖φ_k(h_k)‖₂ over channels and cells.
        changes: (K, 3, H, W) float32 in [−1, 1]: decode(f̂_k) − decode(f̂_{k−1}), the first against decode(0).
        norm_range: (0, largest norm of any scale).
        change_range: (−m, m), m the largest change of any scale.
    """

    norms: Tensor
    totals: Tensor
    changes: Tensor
    norm_range: tuple[float, float]
    change_range: tuple[float, float]


def contributions(pipe: VARPipeline, latents: Sequence[Tensor], pictures: Tensor | None = None) -> Contributions:
    """Contributions of scales 1 … n of one picture.

    Args:
        pipe: the model.
        latents: f̂ after each scale from the first, coarse to fine, (C, s_K, s_K) float32, as a ``Context`` holds.
        pictures: their decoded pictures (n, 3, H, W) in [0, 1] if at hand: decoding them here is most of the time.

    Raises:
        SamplingError: if there are none, they have another shape, or there are not as many pictures.
    """
    if not len(latents):
        raise SamplingError("latents must hold at least the first scale, got none.")
    sums = torch.stack([latent.detach().float().cpu() for latent in latents])  # (n, C, s_K, s_K)
    added = torch.diff(sums, dim=0, prepend=torch.zeros_like(sums[:1]))
    nothing = torch.zeros_like(sums[:1])
    if pictures is None:
        decoded = pipe.decode(torch.cat([nothing, sums])).cpu()
    elif len(pictures) == len(sums):
        decoded = torch.cat([pipe.decode(nothing).cpu(), pictures.detach().float().cpu()])
    else:
        raise SamplingError(f"Give one picture per latent: got {len(pictures)} for {len(sums)}.")
    norms = torch.linalg.vector_norm(added, dim=1)
    changes = decoded.diff(dim=0)
    largest = float(changes.abs().max())
    return Contributions(
        norms=norms,
        totals=torch.linalg.vector_norm(norms, dim=(1, 2)),
        changes=changes,
        norm_range=(0.0, float(norms.max())),
        change_range=(-largest, largest),
    )
