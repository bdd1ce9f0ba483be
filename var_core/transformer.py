"""The next-scale transformer: p(r_1 … r_K) = Π_k p(r_k | r_1 … r_{k−1}, class)  (VAR eq. 6).

One sequence of L positions. Scale 1 starts from the class embedding; scale k > 1 from the accumulated latent
f̂_{k−1}, pooled to s_k × s_k. Every block is modulated by the class through AdaLN:

    x += γ₁ · attention(LN(x)·(1 + a₁) + b₁)
    x += γ₂ · ffn(LN(x)·(1 + a₂) + b₂)

What depends on the class alone (``Condition``) is computed once a request and not once a scale.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from var_core.attention import KVCache, SelfAttention
from var_core.config import TokenizerConfig, TransformerConfig
from var_core.scales import ScaleSchedule

# Called with the number of a block and what its attention sees, (B, n, C); must not change it.
Watch = Callable[[int, Tensor], None]


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """All that the class contributes.

    Attributes:
        embedding: (B, C), c of the paper.
        blocks: per block (B, 6, C) in the order γ₁, γ₂, a₁, a₂, b₁, b₂.
        head: (B, 2, C), a and b of the last norm.
    """

    embedding: Tensor
    blocks: tuple[Tensor, ...]
    head: Tensor


class FeedForward(nn.Module):
    """Linear → GELU (tanh form) → Linear."""

    def __init__(self, embed_dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(embed_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc2(F.gelu(self.fc1(x), approximate="tanh"))  # (B, n, C)
        return x


class Block(nn.Module):
    """Attention and feed-forward, modulated by the class."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        width = config.embed_dim
        self.attention = SelfAttention(width, config.num_heads)
        self.ffn = FeedForward(width, config.mlp_ratio * width)
        self.norm_eps = config.norm_eps
        # Shared AdaLN: the model projects once and each block shifts the six vectors by its own offset.
        self.adaln = None if config.shared_adaln else nn.Linear(width, 6 * width)
        self.adaln_offset = nn.Parameter(torch.zeros(1, 1, 6, width)) if config.shared_adaln else None

    def modulation(self, activated: Tensor, shared: Tensor | None) -> Tensor:
        """SiLU(c) (B, C), or the model-wide six vectors (B, 6, C) → this block's six, (B, 6, C)."""
        if self.adaln is not None:
            six: Tensor = self.adaln(activated)
            return six.view(len(activated), 6, -1)
        assert shared is not None
        assert self.adaln_offset is not None
        return shared + self.adaln_offset[0]

    def attention_input(self, x: Tensor, six: Tensor) -> Tensor:
        """LN(x)·(1 + a₁) + b₁, what attention sees."""
        return self._modulate(x, six[:, 2], six[:, 4])

    def add_attention(self, x: Tensor, mixed: Tensor, six: Tensor, keep: Tensor | None = None) -> Tensor:
        """x + γ₁·mixed; ``keep`` (B, 1, 1) drops whole pictures in training (stochastic depth)."""
        mixed = mixed * six[:, 0, None]
        return x + (mixed if keep is None else mixed * keep)

    def add_ffn(self, x: Tensor, six: Tensor, keep: Tensor | None = None) -> Tensor:
        """x + γ₂·ffn(LN(x)·(1 + a₂) + b₂)."""
        hidden: Tensor = self.ffn(self._modulate(x, six[:, 3], six[:, 5])) * six[:, 1, None]
        return x + (hidden if keep is None else hidden * keep)

    def _modulate(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        normed: Tensor = F.layer_norm(x, x.shape[-1:], eps=self.norm_eps)
        return normed * (1 + scale[:, None]) + shift[:, None]


class Transformer(nn.Module):
    """The next-scale transformer. Label ``num_classes`` is the null class."""

    def __init__(self, config: TransformerConfig, tokenizer: TokenizerConfig, schedule: ScaleSchedule) -> None:
        super().__init__()
        self.config, self.schedule = config, schedule
        width = config.embed_dim
        self.class_embedding = nn.Embedding(config.num_classes + 1, width)
        self.start_position = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.zeros(1, schedule.num_tokens, width))
        self.scale_embedding = nn.Embedding(schedule.num_scales, width)
        self.input_projection = nn.Linear(tokenizer.code_dim, width)
        self.shared_adaln = nn.Linear(width, 6 * width) if config.shared_adaln else None
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.head_adaln = nn.Linear(width, 2 * width)
        self.head = nn.Linear(width, tokenizer.codebook_size)

    @property
    def typed_blocks(self) -> Sequence[Block]:
        """The blocks, as what they are."""
        return cast("Sequence[Block]", self.blocks)

    @property
    def null_label(self) -> int:
        """The label that stands for "no class"."""
        return self.config.num_classes

    def condition(self, labels: Tensor) -> Condition:
        """Labels (B,) int64 in 0 … num_classes → everything that depends on the class."""
        embedding = self.class_embedding(labels)  # (B, C)
        activated = F.silu(embedding)
        shared = None
        if self.shared_adaln is not None:
            shared = self.shared_adaln(activated).view(len(labels), 6, -1)
        blocks = tuple(block.modulation(activated, shared) for block in self.typed_blocks)
        head = self.head_adaln(activated.to(self.head_adaln.weight.dtype)).view(len(labels), 2, -1)
        return Condition(embedding, blocks, head)

    def new_cache(self, batch: int) -> KVCache:
        """An empty cache for ``batch`` rows, in the precision and on the device of the weights."""
        config = self.config
        head_dim = config.embed_dim // config.num_heads
        return KVCache(
            config.depth, batch, config.num_heads, self.schedule.num_tokens, head_dim,
            like=self.input_projection.weight,
        )  # fmt: skip

    def step(
        self, inputs: Tensor | None, scale: int, condition: Condition, cache: KVCache, watch: Watch | None = None
    ) -> Tensor:
        """One scale of sampling.

        Args:
            inputs: pooled f̂ of the coarser scales (B, s_k², code_dim), or None for the first scale.
            scale: 0 … K−1; the cache must hold the scales before it.
            condition: for the B rows.
            cache: is extended by this scale.
            watch: sees the input of each block's attention.

        Returns:
            hidden (B, s_k², C); ``logits`` turns it into logits.
        """
        positions = self.schedule.slice(scale)
        x = self._embed(inputs, condition, positions, scale)  # (B, s², C)
        for index, block in enumerate(self.typed_blocks):
            six = condition.blocks[index]
            seen = block.attention_input(x, six)
            if watch is not None:
                watch(index, seen)
            mixed = block.attention.step(seen, cache, index, positions)
            x = block.add_ffn(block.add_attention(x, mixed, six), six)
        return x

    def forward(
        self, inputs: Tensor, labels: Tensor, *, drop_path: float = 0.0, drop_noise: Tensor | None = None
    ) -> Tensor:
        """Teacher forcing over the whole sequence, or over its first scales.

        Args:
            inputs: pooled sums of scales 2 … K (B, L − 1, code_dim), from ``MultiScaleQuantizer.next_inputs``; or the
                first of them, up to the end of a scale: no scale sees a finer one.
            labels: (B,) int64.
            drop_path: stochastic depth of the last block, rising linearly over the blocks from 0.
            drop_noise: (depth, 2, B) uniform in [0, 1), which decides what is dropped; None draws it here. Given,
                a step is the same on however many devices its batch is spread.

        Returns:
            logits (B, L, V) float32; of as many positions as ``inputs`` has, and the first.
        """
        length = inputs.shape[1] + 1
        condition = self.condition(labels)
        start = self._embed(None, condition, slice(0, 1), 0)
        scales = torch.tensor(self.schedule.scale_of_position()[1:length], dtype=torch.long, device=inputs.device)
        rest = self.input_projection(inputs) + self.scale_embedding(scales) + self.positions[:, 1:length]
        x = torch.cat([start, rest], dim=1)  # (B, L, C)
        mask = self.block_causal_mask(x.device)[:length, :length]
        if drop_path > 0 and drop_noise is None:
            drop_noise = torch.rand(self.config.depth, 2, len(x), device=x.device)
        for index, block in enumerate(self.typed_blocks):
            six = condition.blocks[index]
            rate = drop_path * index / max(1, self.config.depth - 1)
            keep = [None, None] if drop_noise is None else [_survivors(noise, rate, x) for noise in drop_noise[index]]
            mixed = block.attention(block.attention_input(x, six), mask)
            x = block.add_attention(x, mixed, six, keep[0])
            x = block.add_ffn(x, six, keep[1])
        return self.logits(x, condition)

    def logits(self, hidden: Tensor, condition: Condition) -> Tensor:
        """(B, n, C) → logits (B, n, V), computed in the precision of the head and returned as float32."""
        scale, shift = condition.head[:, 0, None], condition.head[:, 1, None]
        hidden = hidden.to(self.head.weight.dtype)
        normed: Tensor = F.layer_norm(hidden, hidden.shape[-1:], eps=self.config.norm_eps) * (1 + scale) + shift
        x: Tensor = self.head(normed)
        return x.float()

    def block_causal_mask(self, device: torch.device) -> Tensor:
        """(L, L) Boolean: a position sees its own scale and every coarser one (VAR §3.2)."""
        scale = torch.tensor(self.schedule.scale_of_position(), device=device)
        return scale[:, None] >= scale[None, :]

    def _embed(self, inputs: Tensor | None, condition: Condition, positions: slice, scale: int) -> Tensor:
        place = self.scale_embedding.weight[scale] + self.positions[:, positions]  # (1, s², C)
        if inputs is None:
            return condition.embedding[:, None] + self.start_position + place
        projected: Tensor = self.input_projection(inputs.to(self.input_projection.weight.dtype))
        return projected + place


def _survivors(noise: Tensor, rate: float, like: Tensor) -> Tensor:
    """Uniform noise (B,) → factors (B, 1, 1) of stochastic depth: 0 with probability ``rate``, else 1/(1 − rate)."""
    return (noise >= rate).to(like.dtype).div(1 - rate)[:, None, None]
