"""Multi-scale residual vector quantisation: the one residual loop of the tokenizer.

    for k = 1 … K:   r_k = nearest code of area(rest, s_k)
                     h   = bicubic(codebook[r_k], s_K)
                     f̂  += φ_k(h),   rest −= φ_k(h)                      (VAR Alg. 1; Alg. 2 is the sum alone)

    φ(h) = ½·h + ½·conv3×3(h)

Deviation from upstream: none in value. φ is chosen in float64, whose rounding decides ties as it does there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from var_core.config import TokenizerConfig
from var_core.scales import ScaleSchedule

WITHOUT_AREA_POOLING = ("mps",)  # devices that refuse it where the sides do not divide


def phi_of_scale(num_scales: int, num_phi: int) -> tuple[int, ...]:
    """Which of the shared φ serves each scale: the tick nearest to k/(K−1), of equally near ones the first.

    For n convolutions ticks lie at 1/(3n), …, 1 − 1/(3n) in equal steps if n = 4, at 1/(2n), …, 1 − 1/(2n) for any
    other n. K = 10, n = 4 gives (0, 0, 1, 1, 1, 2, 2, 3, 3, 3), where two ties of real numbers are none in float64:
    hence upstream's order of operations, which is that of ``numpy.linspace``.
    """
    first = 1 / 3 / num_phi if num_phi == 4 else 1 / 2 / num_phi
    last = 1 - first
    step = (last - first) / max(1, num_phi - 1)
    ticks = [*(index * step + first for index in range(num_phi - 1)), last]
    places = [scale / (num_scales - 1) for scale in range(num_scales)]
    return tuple(min(range(num_phi), key=lambda index: abs(ticks[index] - place)) for place in places)


def area_matrix(side: int, pooled: int) -> Tensor:
    """(pooled, side) float32: area averaging along one axis as a product; cells may share a row at their border."""
    matrix = torch.zeros(pooled, side)
    for cell in range(pooled):
        start, end = cell * side // pooled, -(-(cell + 1) * side // pooled)
        matrix[cell, start:end] = 1 / (end - start)
    return matrix


@dataclass(frozen=True, slots=True, eq=False)
class QuantizedScale:
    """One turn of the residual loop; each tensor is a snapshot.

    Attributes:
        pooled: (B, C, s, s), the remainder pooled to this scale: what the code search saw.
        token_ids: (B, s, s) int64, the code of each cell.
        contribution: (B, C, s_K, s_K), φ_k of the upsampled code vectors.
        latent: (B, C, s_K, s_K), f̂ after this scale.
    """

    pooled: Tensor
    token_ids: Tensor
    contribution: Tensor
    latent: Tensor


class MultiScaleQuantizer(nn.Module):
    """Codebook, the shared φ and the residual loop. Latents are (B, code_dim, s_K, s_K) float32."""

    def __init__(self, config: TokenizerConfig, schedule: ScaleSchedule) -> None:
        super().__init__()
        self.schedule = schedule
        self.phi_index = phi_of_scale(schedule.num_scales, config.num_phi)
        self.codebook = nn.Parameter(torch.empty(config.codebook_size, config.code_dim))
        nn.init.uniform_(self.codebook, -1 / config.codebook_size, 1 / config.codebook_size)
        self.phi = nn.ModuleList(
            nn.Conv2d(config.code_dim, config.code_dim, 3, padding=1) for _ in range(config.num_phi)
        )

    def nearest_code(self, features: Tensor) -> Tensor:
        """(B, C, s, s) → (B, s, s) int64: the code with the least squared L2 distance."""
        batch, _, height, width = features.shape
        flat = features.permute(0, 2, 3, 1).reshape(-1, features.shape[1]).float()  # (N, C)
        codebook = self.codebook.float()  # (V, C)
        # ‖x‖² is the same for every code, so it cannot change which is nearest.
        distance = torch.addmm(codebook.square().sum(1), flat, codebook.t(), alpha=-2.0)  # (N, V)
        return distance.argmin(1).view(batch, height, width)

    def embed(self, token_ids: Tensor) -> Tensor:
        """(B, s, s) int64 → code vectors (B, C, s, s), h before upsampling."""
        return F.embedding(token_ids, self.codebook).permute(0, 3, 1, 2)

    def upsample(self, code_map: Tensor) -> Tensor:
        """(B, C, s_k, s_k) → (B, C, s_K, s_K), bicubic; the identity at the last scale."""
        side = self.schedule.last_side
        if code_map.shape[-1] == side:
            return code_map
        return F.interpolate(code_map, size=(side, side), mode="bicubic")

    def contribution(self, code_map: Tensor, scale: int) -> Tensor:
        """(B, C, s_k, s_k) code vectors (or blends of them) → φ_k(bicubic(h)), (B, C, s_K, s_K)."""
        code_map = self.upsample(code_map)
        mixed: Tensor = self.phi[self.phi_index[scale]](code_map)
        return 0.5 * code_map + 0.5 * mixed

    def contribution_of_each(self, code_map: Tensor, scale: int) -> Tensor:
        """``contribution``, picture by picture: what sampling uses, so that each is what it would be alone.

        A convolution's float32 rounding depends on the number of pictures; 16-bit weights make another token of it.
        """
        if len(code_map) == 1:
            return self.contribution(code_map, scale)
        return torch.cat([self.contribution(code_map[row : row + 1], scale) for row in range(len(code_map))])

    def pool(self, latent: Tensor, scale: int) -> Tensor:
        """(B, C, s_K, s_K) → (B, C, s_k, s_k) by area averaging; the identity at the last scale."""
        side = self.schedule.sides[scale]
        if side == latent.shape[-1]:
            return latent
        if latent.device.type in WITHOUT_AREA_POOLING:
            matrix = area_matrix(latent.shape[-1], side).to(latent)
            return matrix @ latent @ matrix.t()
        return F.interpolate(latent, size=(side, side), mode="area")

    def quantize(self, features: Tensor) -> Iterator[QuantizedScale]:
        """Runs Alg. 1 on features (B, C, s_K, s_K), yielding scale by scale, coarse to fine."""
        rest, latent = features, torch.zeros_like(features)
        for scale in range(self.schedule.num_scales):
            pooled = self.pool(rest, scale)
            token_ids = self.nearest_code(pooled)
            contribution = self.contribution(self.embed(token_ids), scale)
            latent, rest = latent + contribution, rest - contribution
            yield QuantizedScale(pooled, token_ids, contribution, latent)

    def accumulate(self, token_maps: Sequence[Tensor]) -> Iterator[Tensor]:
        """Token maps (B, s_k, s_k), coarse to fine → f̂ after each (VAR Alg. 2), (B, C, s_K, s_K)."""
        latent: Tensor | None = None
        for scale, token_ids in enumerate(token_maps):
            contribution = self.contribution(self.embed(token_ids), scale)
            latent = contribution if latent is None else latent + contribution
            yield latent

    def next_inputs(self, token_maps: Sequence[Tensor]) -> Tensor:
        """Teacher forcing: the K−1 pooled sums that scales 2 … K receive, (B, L − 1, C).

        The input of scale k+1 is f̂_k pooled to s_{k+1}: the *accumulated* sum, not the last token map.
        """
        pooled = [
            self.pool(latent, scale + 1).flatten(2).transpose(1, 2)  # (B, s², C)
            for scale, latent in enumerate(self.accumulate(token_maps[: self.schedule.num_scales - 1]))
        ]
        return torch.cat(pooled, dim=1)
