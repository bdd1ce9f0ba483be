"""Training of the multi-scale residual VQ tokenizer.

Upstream never published this loop. Each step encodes a batch, runs the residual loop of Alg. 1 on the detached
features, and decodes the sum through a straight-through estimator. A share of the pictures is decoded from an
unfinished sum f̂_k against the picture as that scale can show it (``losses.out_of_focus``).

What worked here, and why it is so:
- the first ``warmup_unquantized`` steps skip the quantiser, then the codebook starts from real residuals: a
  codebook that starts from noise collapses to a few codes;
- codes nobody chose for a while are reborn as residuals of the current batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from var_core.tokenizer import Tokenizer
from var_core.training.losses import out_of_focus, reconstruction_loss, vq_loss


@dataclass(frozen=True, slots=True, eq=False)
class TokenizerLosses:
    """Scalars of one step: the total to minimise, its parts, and the signal-to-noise ratio in dB."""

    total: Tensor
    reconstruction: Tensor
    vq: Tensor
    psnr: Tensor


class CodeUsage:
    """Counts how long each code has gone unchosen, and revives the dead from current residuals."""

    def __init__(self, codebook_size: int, patience: int) -> None:
        self.idle = torch.zeros(codebook_size, dtype=torch.int64)
        self.patience = patience

    def observe(self, token_maps: list[Tensor]) -> None:
        """Notes which codes a batch used."""
        used = torch.bincount(torch.cat([ids.flatten() for ids in token_maps]).cpu(), minlength=len(self.idle))
        self.idle = torch.where(used > 0, 0, self.idle + 1)

    @torch.no_grad()
    def revive(self, codebook: Tensor, residuals: Tensor, generator: torch.Generator) -> int:
        """Replaces codes idle for ``patience`` batches by random rows of residuals (N, C); returns how many."""
        dead = (self.idle >= self.patience).nonzero().flatten()
        if len(dead):
            rows = torch.randint(len(residuals), (len(dead),), generator=generator)
            codebook[dead.to(codebook.device)] = residuals[rows.to(residuals.device)].to(codebook.dtype)
            self.idle[dead] = 0
        return len(dead)


def residual_rows(pooled: list[Tensor]) -> Tensor:
    """Pooled residuals of every scale → (N, C) rows, about as many from a coarse scale as from a fine one."""
    rows = [scale.detach().permute(0, 2, 3, 1).reshape(-1, scale.shape[1]) for scale in pooled]
    limit = max(64, len(rows[-1]) // 4)
    return torch.cat([scale[torch.randperm(len(scale))[:limit]] for scale in rows])


def tokenizer_step(
    tokenizer: Tokenizer, images: Tensor, *, quantized: bool, unfinished_share: float, vq_weight: float = 1.0
) -> tuple[TokenizerLosses, list[Tensor], list[Tensor]]:
    """Loss of one batch (B, 3, H, W) in [0, 1]; also its token maps and pooled residuals for code revival."""
    signed = images * 2 - 1
    features = tokenizer.features(images).float()
    if not quantized:
        output = tokenizer.decode_signed(features).float()
        reconstruction = reconstruction_loss(output, signed)
        zero = reconstruction.new_zeros(())
        return TokenizerLosses(reconstruction, reconstruction, zero, _psnr(output, signed)), [], []
    with torch.autocast(features.device.type, enabled=False):
        scales = list(tokenizer.quantizer.quantize(features.detach()))
        latents = [scale.latent for scale in scales]
        vq = vq_loss(features, latents)
    # Each picture is decoded once: mostly from the full sum, sometimes from an unfinished one.
    num_scales, batch = len(scales), len(images)
    depth = torch.full((batch,), num_scales - 1)
    unfinished = torch.rand(batch) < unfinished_share
    depth[unfinished] = torch.randint(num_scales - 1, (int(unfinished.sum()),))
    chosen = torch.stack([latents[int(scale)][row] for row, scale in enumerate(depth)])
    through = features + (chosen - features).detach()
    targets = torch.stack(
        [
            out_of_focus(signed[row : row + 1], tokenizer.schedule.sides[int(scale)], tokenizer.schedule.last_side)[0]
            for row, scale in enumerate(depth)
        ]
    )
    # Where the sum is unfinished, the encoder must not be told that its features were wrong.
    mask = unfinished.to(features.device)[:, None, None, None]
    through = torch.where(mask, chosen.detach(), through)
    output = tokenizer.decode_signed(through).float()
    reconstruction = reconstruction_loss(output, targets)
    finished = ~unfinished
    psnr = _psnr(output[finished], signed[finished]) if bool(finished.any()) else output.new_zeros(())
    losses = TokenizerLosses(reconstruction + vq_weight * vq, reconstruction, vq, psnr)
    return losses, [scale.token_ids for scale in scales], [scale.pooled for scale in scales]


def _psnr(output: Tensor, target: Tensor) -> Tensor:
    """Mean over pictures of the peak signal-to-noise ratio in dB; pictures in [−1, 1]."""
    error = F.mse_loss(output.clamp(-1, 1), target, reduction="none").mean((1, 2, 3)) / 4
    return (-10 * error.clamp_min(1e-10).log10()).mean().detach()
