"""What a picture costs, scale by scale, and what it would cost token by token: counted from the sizes.

    linear    = 2·(4 + 2·mlp_ratio)·C²·depth·n       qkv, output and feed-forward of n tokens
    attention = 4·C·depth·n·m                        q·k and weights·v of n queries over m keys
    head      = 2·C·V·n

2 FLOPs a multiply-add. Left out: norms, activations, softmax, the class's AdaLN (once a picture, 0.2 GFLOP for
d16), the input projection (0.05) and φ (0.05). With guidance everything runs twice.

With KV caches on both sides next-scale does *more* arithmetic than raster order (d16: 293 against 105 GFLOP a
branch without the head), in K passes instead of s_K². The paper's O(n⁴) against O(n⁶) compares without caches.
The raster model is simulated: the same transformer over the last token map alone; no such model was trained here.
"""

from __future__ import annotations

from dataclasses import dataclass

from var_core.config import TokenizerConfig, TransformerConfig
from var_core.inspection.convolution_cost import decoder_flops
from var_core.scales import ScaleSchedule


@dataclass(frozen=True, slots=True)
class Work:
    """FLOPs of one branch (one row) of the transformer."""

    linear: int
    attention: int
    head: int

    @property
    def blocks(self) -> int:
        """FLOPs of the blocks, without the head."""
        return self.linear + self.attention

    @property
    def total(self) -> int:
        """FLOPs in all."""
        return self.linear + self.attention + self.head


@dataclass(frozen=True, slots=True)
class ScaleCost:
    """What one scale of one picture costs.

    Attributes:
        scale, side, tokens: k (0-based), s_k, s_k².
        work: of one branch.
        flops: of all branches.
        decoder_flops: of decoding the sum after it; the same at every scale.
        cache_bytes: keys and values of all branches held after it (memory is set aside for all L from the start).
    """

    scale: int
    side: int
    tokens: int
    work: Work
    flops: int
    decoder_flops: int
    cache_bytes: int


@dataclass(frozen=True, slots=True)
class OrderCost:
    """What a whole picture costs in one order of generation.

    Attributes:
        passes: runs of the transformer, one after the other.
        tokens: positions that are computed.
        work: of one branch, without decoding.
    """

    passes: int
    tokens: int
    work: Work


def scale_costs(
    transformer: TransformerConfig,
    tokenizer: TokenizerConfig,
    schedule: ScaleSchedule,
    *,
    guided: bool = True,
    element_bytes: int = 4,
) -> tuple[ScaleCost, ...]:
    """The cost of each scale of one picture.

    Args:
        transformer, tokenizer, schedule: sizes, as a ``ModelConfig`` or a ``Preset`` holds them.
        guided: whether an unconditional branch runs too.
        element_bytes: of a number in the cache, 4 for float32, 2 for 16-bit weights.
    """
    branches = 2 if guided else 1
    decoding = decoder_flops(tokenizer, schedule.last_side)
    costs = []
    for scale, side in enumerate(schedule.sides):
        known = schedule.offsets[scale + 1]
        work = _work(transformer, tokenizer, side * side, side * side * known)
        held = 2 * transformer.depth * transformer.embed_dim * known * element_bytes * branches
        costs.append(ScaleCost(scale, side, side * side, work, work.total * branches, decoding, held))
    return tuple(costs)


def next_scale_cost(transformer: TransformerConfig, tokenizer: TokenizerConfig, schedule: ScaleSchedule) -> OrderCost:
    """A picture in next-scale order: K passes over L tokens, with a cache."""
    pairs = sum(side * side * stop for side, stop in zip(schedule.sides, schedule.offsets[1:], strict=True))
    work = _work(transformer, tokenizer, schedule.num_tokens, pairs)
    return OrderCost(schedule.num_scales, schedule.num_tokens, work)


def raster_cost(transformer: TransformerConfig, tokenizer: TokenizerConfig, schedule: ScaleSchedule) -> OrderCost:
    """The same transformer, simulated, over s_K² tokens one at a time, with a cache."""
    count = schedule.last_side**2
    return OrderCost(count, count, _work(transformer, tokenizer, count, count * (count + 1) // 2))


def _work(transformer: TransformerConfig, tokenizer: TokenizerConfig, tokens: int, pairs: int) -> Work:
    """Work of ``tokens`` positions that look at ``pairs`` keys in all."""
    width, depth = transformer.embed_dim, transformer.depth
    return Work(
        linear=2 * (4 + 2 * transformer.mlp_ratio) * width * width * depth * tokens,
        attention=4 * width * depth * pairs,
        head=2 * width * tokenizer.codebook_size * tokens,
    )
