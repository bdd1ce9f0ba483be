"""Where one token's attention reads: recomputed from q and k, because fused attention returns no weights.

    w = softmax(q·k) over the keys of the same scale and all coarser ones        (VAR §3.2, block-wise causal mask)

The key of a position stands for what that position was *fed* (the pooled sum), not for the token drawn at it: a
scale attends to itself before any of its tokens is known. Weights say where information is read, not why.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from var_core.errors import SamplingError
from var_core.inspection.context import Context, check_position, read_scale
from var_core.pipeline import VARPipeline
from var_core.precision import without_tf32
from var_core.scales import ScaleSchedule
from var_core.validation import whole_number


@dataclass(frozen=True, slots=True, eq=False)
class AttentionRead:
    """Attention of one query in every block and head, of the conditional row.

    Attributes:
        schedule: of the model.
        scale, row, column: the query, 0-based.
        weights: (depth, heads, n) float32 over the n positions of scales 0 … ``scale``; each row sums to 1.
    """

    schedule: ScaleSchedule
    scale: int
    row: int
    column: int
    weights: Tensor

    def shares(self) -> Tensor:
        """(depth, heads, scale + 1) float32: how much is read from each scale; sums to 1 over the last axis."""
        parts = [self.weights[..., self.schedule.slice(source)].sum(-1) for source in range(self.scale + 1)]
        return torch.stack(parts, -1)

    def even_shares(self) -> Tensor:
        """(scale + 1,): the shares if every position were read alike; finer scales have more positions."""
        sizes = torch.tensor([float(side * side) for side in self.schedule.sides[: self.scale + 1]])
        return sizes / sizes.sum()

    def over(self, source: int, block: int | None = None, head: int | None = None) -> Tensor:
        """Weights over one source scale as a map, averaged over what is left None.

        Args:
            source: 0 … ``scale``.
            block: 0 … depth − 1, or None for the mean over blocks.
            head: 0 … heads − 1, or None for the mean over heads.

        Returns:
            (s, s) float32, which sums to that scale's share.

        Raises:
            SamplingError: for a scale, block or head that is not there.
        """
        source = whole_number(source, "source scale", 0, self.scale, error=SamplingError)
        depth, heads, _ = self.weights.shape
        chosen = self.weights[..., self.schedule.slice(source)]  # (depth, heads, s²)
        if block is not None:
            block = whole_number(block, "block", 0, depth - 1, error=SamplingError)
            chosen = chosen[block : block + 1]
        if head is not None:
            head = whole_number(head, "head", 0, heads - 1, error=SamplingError)
            chosen = chosen[:, head : head + 1]
        side = self.schedule.sides[source]
        return chosen.mean((0, 1)).view(side, side)


@torch.no_grad()
def attention_read(pipe: VARPipeline, context: Context, scale: int, row: int, column: int) -> AttentionRead:
    """Attention of the token at (row, column) of a scale, given the scales before it.

    A context with class None gives what the unconditional row of guidance reads.

    Raises:
        SamplingError: for a position or class that the model does not have, or a context that does not reach it.
    """
    index = check_position(pipe, scale, row, column)
    schedule = pipe.config.schedule
    stop = schedule.offsets[scale + 1]
    queries: list[Tensor] = []

    def watch(block: int, seen: Tensor) -> None:
        q, _, _ = pipe.transformer.typed_blocks[block].attention.heads(seen[:, index : index + 1])
        queries.append(q[0, :, 0].float())  # (H, d)

    with without_tf32(pipe.device):
        reading, _ = read_scale(pipe, context, scale, guided=False, watch=watch)
    weights = [
        torch.einsum("hd,hnd->hn", q, reading.cache.keys(block, stop)[0].float()).softmax(-1)
        for block, q in enumerate(queries)
    ]
    return AttentionRead(schedule, scale, row, column, torch.stack(weights).cpu())
