"""Losses of tokenizer training.

VQ loss (VAR §3.2, upstream's quantiser): mean over scales of β·‖sg(f̂_k) − f‖² + ‖f̂_k − sg(f)‖², β = 0.25.
Reconstruction is measured at several resolutions, so that the large shapes, which few pixels' worth of error
decide, weigh as much as the texture.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

COMMITMENT = 0.25


def vq_loss(features: Tensor, latents: Sequence[Tensor]) -> Tensor:
    """Commitment and codebook loss of f (B, C, h, w) against every partial sum f̂_k; a scalar."""
    target = features.detach()
    terms = [COMMITMENT * F.mse_loss(features, latent.detach()) + F.mse_loss(latent, target) for latent in latents]
    return torch.stack(terms).mean()


def reconstruction_loss(output: Tensor, target: Tensor, *, levels: int = 3) -> Tensor:
    """L1 + L2 between pictures (B, 3, H, W) in [−1, 1], averaged over ``levels`` halvings, plus edges.

    The edge term compares neighbouring differences at full resolution: without it a small autoencoder prefers
    blurred outlines, which cost little in L1.
    """
    edges = sum(F.l1_loss(output.diff(dim=axis), target.diff(dim=axis)) for axis in (2, 3))
    total = torch.as_tensor(edges)
    for level in range(levels):
        if level:
            output, target = F.avg_pool2d(output, 2), F.avg_pool2d(target, 2)
        total = total + (F.l1_loss(output, target) + F.mse_loss(output, target)) / levels
    return total


def fidelity_loss(output: Tensor, target: Tensor) -> Tensor:
    """Mean over pictures (B, 3, H, W) of log10 of the squared error: a tenth of the PSNR in dB, negated, but unclamped.

    For the last part of a run: L1 and edges want outlines, this wants the figure by which tokenizers are compared.
    """
    return (output - target).square().mean((1, 2, 3)).clamp_min(1e-8).log10().mean()


def out_of_focus(images: Tensor, side: int, latent_side: int) -> Tensor:
    """Pictures (B, 3, H, W) as a latent known only at ``side`` of ``latent_side`` cells can show them.

    Area-averaged to 2·side (each cell still carries a little structure of its own) and bicubically enlarged.
    The decoder learns this as the meaning of an unfinished sum, so that a stream looks like a picture coming
    into focus and not like artefacts.
    """
    if side >= latent_side:
        return images
    size = images.shape[-1]
    small = F.interpolate(images, size=(min(2 * side, size),) * 2, mode="area")
    return F.interpolate(small, size=(size, size), mode="bicubic")


def psnr_by_picture(output: Tensor, target: Tensor) -> Tensor:
    """Peak signal-to-noise ratios in dB, (B,), of pictures (B, 3, H, W) in [−1, 1]; the output is clamped to that."""
    error = (output.clamp(-1, 1) - target).square().mean((1, 2, 3)) / 4
    return -10 * error.clamp_min(1e-10).log10()
