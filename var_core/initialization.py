"""Initial weights of the transformer (the recipe of the public training code; VAR appendix).

Truncated normal with σ = √(1/(3C)) for linears, embeddings and positions, biases 0; the head ×0.02, AdaLN ×0.5 with
its γ parts ×``alng`` instead, so that every block begins close to the identity; the projections that write to the
residual stream are divided by √(2·depth).
"""

from __future__ import annotations

import math

import torch
from torch import nn

from var_core.transformer import Transformer


@torch.no_grad()
def initialize(transformer: Transformer, *, alng: float = 1e-3, seed: int | None = None) -> None:
    """Fills a transformer in place; ``seed`` makes it reproducible whatever was drawn before."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    width, depth = transformer.config.embed_dim, transformer.config.depth
    std = math.sqrt(1 / (3 * width))

    def normal(tensor: torch.Tensor) -> None:
        nn.init.trunc_normal_(tensor, std=std, generator=generator)

    for module in transformer.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            normal(module.weight)
        if isinstance(module, nn.Linear) and module.bias is not None:
            module.bias.zero_()
    normal(transformer.start_position)
    normal(transformer.positions)
    transformer.head.weight.mul_(0.02)
    transformer.head_adaln.weight.mul_(0.5)
    for block in transformer.typed_blocks:
        block.attention.proj.weight.div_(math.sqrt(2 * depth))
        block.ffn.fc2.weight.div_(math.sqrt(2 * depth))
        if block.adaln is not None:
            block.adaln.weight.mul_(0.5)
            block.adaln.weight[: 2 * width].mul_(alng / 0.5)
        if block.adaln_offset is not None:
            block.adaln_offset.normal_(generator=generator).div_(math.sqrt(width)).mul_(0.5)
            block.adaln_offset[:, :, :2].mul_(alng / 0.5)
