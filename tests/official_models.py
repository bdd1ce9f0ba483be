"""Small models in the official layout, filled by the rule that the parity figures were measured with."""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from var_core.config import ClassLabel, ModelConfig, TokenizerConfig, TransformerConfig
from var_core.networks import empty_networks
from var_core.official import CONSTANT_SUFFIXES, TOKENIZER_NAMES, TRANSFORMER_NAMES, to_official
from var_core.scales import ScaleSchedule

FIGURES = Path(__file__).parent / "parity"


def figures(name: str) -> dict[str, np.ndarray]:
    """The measured arrays of one file."""
    with np.load(FIGURES / f"{name}.npz") as archive:
        return {key: archive[key] for key in archive.files}


def official_layouts() -> dict[str, dict]:
    """Every key, shape and type of the published files, with ``blocks.*`` standing for every block."""
    return json.loads((FIGURES / "official_layouts.json").read_text())


def expanded_layout(name: str) -> dict[str, Tensor]:
    """The published file ``name`` as meta tensors under its full keys."""
    layout = official_layouts()[name]["tensors"]
    depth = int(name.removeprefix("var_d")) if name.startswith("var_d") else 1
    tensors = {}
    for key, (shape, dtype) in layout.items():
        for block in range(depth) if "*" in key else (0,):
            tensors[key.replace("*", str(block))] = torch.empty(shape, dtype=getattr(torch, dtype), device="meta")
    return tensors


def filled(name: str, shape: torch.Size) -> Tensor:
    """The value that the measured models have under an official name."""
    r = torch.randn(shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))
    if name.endswith("scale_mul_1H11"):
        return 1.3863 + 0.1 * r
    if len(shape) == 1:
        return 1 + 0.1 * r if name.endswith(".weight") else 0.05 * r
    if name.endswith("embedding.weight"):
        return 0.5 * r
    if len(shape) == 4:
        return r / math.sqrt(shape[1] * shape[2] * shape[3])
    if name in ("class_emb.weight", "pos_start", "pos_1LC", "lvl_embed.weight"):
        return 0.5 * r
    if name == "head.weight":
        return 4 * r / math.sqrt(shape[1])
    return r / math.sqrt(shape[1]) if len(shape) == 2 else 0.1 * r


def small_config(sides: tuple[int, ...], shared_adaln: bool) -> ModelConfig:
    """The sizes measured: tokenizer ch 32, transformer depth 3, width 192, 3 heads, 1000 classes."""
    return ModelConfig(
        "parity",
        TokenizerConfig(channels=32),
        TransformerConfig(depth=3, embed_dim=192, num_heads=3, shared_adaln=shared_adaln),
        ScaleSchedule(sides),
        tuple(ClassLabel(row, f"class {row}") for row in range(1000)),
    )


def official_state_dicts(config: ModelConfig) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Tokenizer and transformer of a configuration, in official names, constants included."""
    dicts = []
    for module, table in zip(empty_networks(config), (TOKENIZER_NAMES, TRANSFORMER_NAMES), strict=True):
        names = {to_official(name, table): tensor.shape for name, tensor in module.state_dict().items()}
        assert not any(name.endswith(CONSTANT_SUFFIXES) for name in names)
        dicts.append({name: filled(name, shape) for name, shape in names.items()})
    scales = torch.tensor(config.schedule.scale_of_position())
    dicts[0]["quantize.ema_vocab_hit_SV"] = torch.zeros(config.schedule.num_scales, config.tokenizer.codebook_size)
    dicts[1]["lvl_1L"] = scales[None]
    hidden = torch.where(scales[:, None] >= scales[None, :], 0.0, -torch.inf)
    dicts[1]["attn_bias_for_masking"] = hidden[None, None]
    for block in range(config.transformer.depth):
        dicts[1][f"blocks.{block}.attn.zero_k_bias"] = torch.zeros(config.transformer.embed_dim)
    return dicts[0], dicts[1]
