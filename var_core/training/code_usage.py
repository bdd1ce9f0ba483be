"""The codebook's health: where its codes start, which are chosen, and how unused ones come back.

A codebook that starts from noise collapses to a few codes. So it starts from residuals of real pictures, and a code
that nobody chose for a while is reborn as a residual of the batch in hand.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from var_core.quantizer import MultiScaleQuantizer


class CodeUsage:
    """Counts how long each code has gone unchosen, and which codes each scale chose since the last report.

    Attributes:
        idle: (V,) int64, batches since a code was last chosen.
        seen: (K, V) bool, since ``take_report``.
        patience: batches after which a code counts as dead.
    """

    def __init__(self, num_scales: int, codebook_size: int, patience: int = 100) -> None:
        self.idle = torch.zeros(codebook_size, dtype=torch.int64)
        self.seen = torch.zeros(num_scales, codebook_size, dtype=torch.bool)
        self.patience = patience

    def observe(self, chosen: Tensor) -> None:
        """Notes one batch: (K, V) counts of each code at each scale, over all processes."""
        chosen = chosen.cpu() > 0
        self.seen |= chosen
        self.idle = torch.where(chosen.any(0), 0, self.idle + 1)

    def dead(self) -> Tensor:
        """Codes idle for ``patience`` batches, (n,) int64."""
        return (self.idle >= self.patience).nonzero().flatten()

    @torch.no_grad()
    def revive(self, codebook: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
        """Replaces dead codes in place by random ``rows`` (N, C); returns which codes were replaced."""
        dead = self.dead()
        if len(dead):
            picked = torch.randint(len(rows), (len(dead),), generator=generator)
            codebook[dead.to(codebook.device)] = rows[picked.to(rows.device)].to(codebook.dtype)
            self.idle[dead] = 0
        return dead

    def take_report(self) -> list[int]:
        """How many different codes each scale chose since the last call."""
        counts: list[int] = self.seen.sum(1).tolist()
        self.seen.zero_()
        return counts

    def state(self) -> dict[str, Tensor]:
        """What resuming needs."""
        return {"idle": self.idle, "seen": self.seen}

    def load(self, state: dict[str, Tensor]) -> None:
        """Takes back what ``state`` gave."""
        self.idle, self.seen = state["idle"], state["seen"]


def code_counts(token_maps: Sequence[Tensor], codebook_size: int) -> Tensor:
    """K maps (B, s_k, s_k) → (K, V) int64: how often each scale chose each code."""
    return torch.stack([torch.bincount(ids.flatten(), minlength=codebook_size) for ids in token_maps])


def residual_rows(pooled: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Pooled residuals (B, C, s_k, s_k) → (N, C): of no scale more than a quarter of the last one's."""
    rows = [scale.permute(0, 2, 3, 1).reshape(-1, scale.shape[1]) for scale in pooled]
    limit = max(64, len(rows[-1]) // 4)
    picked = [torch.randperm(len(scale), generator=generator)[:limit] for scale in rows]
    return torch.cat([scale[order.to(scale.device)] for scale, order in zip(rows, picked, strict=True)])


@torch.no_grad()
def initialize_codebook(quantizer: MultiScaleQuantizer, features: Tensor, generator: torch.Generator) -> None:
    """Fills the codebook with residuals of features (B, C, s_K, s_K), scale by scale.

    Each scale gets its share of the codes, or as many as it has cells, drawn from what the codes of the coarser
    scales leave over; so coarse means and fine remainders are there from the start. Should there be fewer cells in
    all than codes, the rest repeat with a little noise.
    """
    size = len(quantizer.codebook)
    rest, filled = features.float(), 0
    num_scales = quantizer.schedule.num_scales
    for scale in range(num_scales):
        pooled = quantizer.pool(rest, scale)
        rows = pooled.permute(0, 2, 3, 1).reshape(-1, pooled.shape[1])
        share = (size - filled) // (num_scales - scale)
        picked = torch.randperm(len(rows), generator=generator)[:share]
        quantizer.codebook[filled : filled + len(picked)] = rows[picked.to(rows.device)]
        filled += len(picked)
        if filled:
            distance = torch.cdist(rows, quantizer.codebook[:filled])
            ids = distance.argmin(1).view(len(pooled), *pooled.shape[2:])
            rest = rest - quantizer.contribution(quantizer.embed(ids), scale)
    if filled < size:
        again = torch.randint(filled, (size - filled,), generator=generator)
        codes = quantizer.codebook[again.to(quantizer.codebook.device)]
        noise = torch.randn(codes.shape, generator=generator).to(codes.device)
        quantizer.codebook[filled:] = codes + 0.01 * quantizer.codebook[:filled].std() * noise
