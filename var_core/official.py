"""The published checkpoints' names and what can be read off their shapes.

The rename table is the only place that knows the official keys. It works both ways, on names alone, so that a
meta-device state dict is enough to check a layout. Constants that the files carry (the mask, the scale of each
position, a zero bias, usage statistics) are recomputed or ignored, never trusted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from math import isqrt

import torch
from torch import Tensor

from var_core.classes import imagenet_classes
from var_core.config import ClassLabel, TokenizerConfig, TransformerConfig
from var_core.errors import CheckpointError, ConfigError
from var_core.scales import SCHEDULE_256, SCHEDULE_512, SCHEDULE_1024, ScaleSchedule
from var_core.validation import shown

# (ours, official), matched on whole dotted parts; {n} is any number. Applied top to bottom towards the official
# names and bottom to top back, so a later row may build on an earlier one.
TOKENIZER_NAMES: tuple[tuple[str, str], ...] = (
    ("encoder.levels.{n}.resample", "encoder.down.{n}.downsample"),
    ("decoder.levels.{n}.resample", "decoder.up.{n}.upsample"),
    ("encoder.levels.{n}.blocks", "encoder.down.{n}.block"),
    ("decoder.levels.{n}.blocks", "decoder.up.{n}.block"),
    ("encoder.levels.{n}.attentions", "encoder.down.{n}.attn"),
    ("decoder.levels.{n}.attentions", "decoder.up.{n}.attn"),
    ("attn.{n}.proj", "attn.{n}.proj_out"),
    ("mid.attention", "mid.attn_1"),
    ("mid.attn_1.proj", "mid.attn_1.proj_out"),
    ("mid.block1", "mid.block_1"),
    ("mid.block2", "mid.block_2"),
    ("shortcut", "nin_shortcut"),
    ("quantizer.codebook", "quantize.embedding.weight"),
    ("quantizer.phi", "quantize.quant_resi.qresi_ls"),
    ("pre_quantizer", "quant_conv"),
    ("post_quantizer", "post_quant_conv"),
)
TRANSFORMER_NAMES: tuple[tuple[str, str], ...] = (
    ("class_embedding", "class_emb"),
    ("start_position", "pos_start"),
    ("positions", "pos_1LC"),
    ("scale_embedding", "lvl_embed"),
    ("input_projection", "word_embed"),
    ("shared_adaln", "shared_ada_lin.1"),
    ("attention", "attn"),
    ("attn.qkv", "attn.mat_qkv"),
    ("attn.log_temperature", "attn.scale_mul_1H11"),
    ("adaln_offset", "ada_gss"),
    ("adaln", "ada_lin.1"),
    ("head_adaln", "head_nm.ada_lin.1"),
)
CONSTANT_SUFFIXES = ("zero_k_bias", "attn_bias_for_masking", "lvl_1L", "ema_vocab_hit_SV")


def is_constant(official_name: str) -> bool:
    """Whether an official entry is a constant that is recomputed and not loaded."""
    return official_name.rsplit(".", 1)[-1] in CONSTANT_SUFFIXES


def to_official(name: str, table: tuple[tuple[str, str], ...]) -> str:
    """Our name of a tensor → the official one."""
    for ours, official in table:
        name = _replace(name, ours, official)
    return name


@lru_cache(maxsize=8192)  # files are opened again and again while their tensors pass through
def from_official(name: str, table: tuple[tuple[str, str], ...]) -> str:
    """The official name of a tensor → ours."""
    for ours, official in reversed(table):
        name = _replace(name, official, ours)
    return name


def _replace(name: str, old: str, new: str) -> str:
    pattern = r"(?<![^.])" + re.escape(old).replace(r"\{n\}", r"(\d+)") + r"(?![^.])"
    return re.sub(pattern, new.replace("{n}", r"\1"), name)


def constants(schedule: ScaleSchedule, depth: int, width: int) -> dict[str, Tensor]:
    """What official transformers carry besides weights, computed afresh.

    Returns:
        ``lvl_1L`` (1, L) int64, the scale of each position; ``attn_bias_for_masking`` (1, 1, L, L) float32, 0 where
        a position sees another and −∞ elsewhere; each block's ``zero_k_bias`` (width,) float32.
    """
    scale = torch.tensor(schedule.scale_of_position())
    mask = torch.zeros(len(scale), len(scale)).masked_fill_(scale[:, None] < scale[None, :], -torch.inf)
    biases = {f"blocks.{block}.attn.zero_k_bias": torch.zeros(width) for block in range(depth)}
    return {"lvl_1L": scale[None], "attn_bias_for_masking": mask[None, None], **biases}


def class_labels(num_classes: int) -> tuple[ClassLabel, ...]:
    """Classes of a checkpoint that names none: ImageNet's where there are 1000, else "class 0", "class 1", …"""
    table = imagenet_classes()
    if num_classes == len(table):
        return tuple(ClassLabel(row.class_id, row.english[0]) for row in table)
    return tuple(ClassLabel(row, f"class {row}") for row in range(num_classes))


def tokenizer_config(tensors: Mapping[str, Tensor]) -> TokenizerConfig:
    """Sizes of a tokenizer, read off official-layout tensors (values are not looked at).

    Raises:
        CheckpointError: if a tensor that tells a size is missing.
    """
    codebook = _shape(tensors, "quantize.embedding.weight", 2)
    channels = _shape(tensors, "encoder.conv_in.weight", 4)[0]
    levels = _count(tensors, r"encoder\.down\.(\d+)\.block\.0\.conv1\.weight")
    widths = [_shape(tensors, f"encoder.down.{i}.block.0.conv1.weight", 4)[0] for i in range(levels)]
    if channels < 1 or any(width % channels for width in widths):
        raise CheckpointError(f"The tokenizer's level widths {widths} are not multiples of {channels} channels.")
    return TokenizerConfig(
        channels=channels,
        multipliers=tuple(width // channels for width in widths),
        num_residual_blocks=_count(tensors, r"encoder\.down\.0\.block\.(\d+)\.conv1\.weight"),
        codebook_size=codebook[0],
        code_dim=codebook[1],
        num_phi=_count(tensors, r"quantize\.quant_resi\.qresi_ls\.(\d+)\.weight"),
    )


def transformer_config(tensors: Mapping[str, Tensor]) -> tuple[TransformerConfig, ScaleSchedule]:
    """Sizes and schedule of a transformer, read off official-layout tensors.

    Raises:
        CheckpointError: if a tensor that tells a size is missing or the schedule is unknown.
    """
    rows, width = _shape(tensors, "class_emb.weight", 2)
    hidden = _shape(tensors, "blocks.0.ffn.fc1.weight", 2)[0]
    config = TransformerConfig(
        num_classes=rows - 1,
        depth=_count(tensors, r"blocks\.(\d+)\.attn\.mat_qkv\.weight"),
        embed_dim=width,
        num_heads=_shape(tensors, "blocks.0.attn.scale_mul_1H11", 4)[1],
        shared_adaln="shared_ada_lin.1.weight" in tensors,
        mlp_ratio=hidden // max(1, width),
    )
    return config, _schedule(tensors)


def _schedule(tensors: Mapping[str, Tensor]) -> ScaleSchedule:
    """As ``lvl_1L`` tells it; without a ``lvl_1L`` that makes sense, the published one of as many positions."""
    num_scales = _shape(tensors, "lvl_embed.weight", 2)[0]
    length = _shape(tensors, "pos_1LC", 3)[1]
    told = _told_schedule(tensors.get("lvl_1L"), num_scales, length)
    if told is not None:
        return told
    for known in (SCHEDULE_256, SCHEDULE_512, SCHEDULE_1024):
        if (known.num_scales, known.num_tokens) == (num_scales, length):
            return known
    raise CheckpointError(
        f"The transformer has {num_scales} scales and {length} positions, which is no published schedule, and its "
        "lvl_1L, the scale of each position, does not tell the sides. Save it again with the code that trained it, "
        "which writes lvl_1L."
    )


def _told_schedule(scale_of_position: Tensor | None, num_scales: int, length: int) -> ScaleSchedule | None:
    if scale_of_position is None or scale_of_position.is_meta or scale_of_position.numel() != length:
        return None
    scales = scale_of_position.flatten().tolist()
    counts = Counter(scales)
    try:
        schedule = ScaleSchedule(tuple(isqrt(counts[scale]) for scale in range(num_scales)))
    except ConfigError:
        return None
    return schedule if list(schedule.scale_of_position()) == scales else None


def _shape(tensors: Mapping[str, Tensor], name: str, dims: int) -> tuple[int, ...]:
    tensor = tensors.get(name)
    if tensor is None:
        raise CheckpointError(
            f"The checkpoint lacks {name}. Is it in the official layout, and not the other file of the pair?"
        )
    if tensor.dim() != dims or not tensor.numel():
        raise CheckpointError(f"{name} must have {dims} dimensions, got shape {shown(tuple(tensor.shape))}.")
    return tuple(tensor.shape)


def _count(tensors: Mapping[str, Tensor], pattern: str) -> int:
    found = {int(match[1]) for name in tensors if (match := re.fullmatch(pattern, name))}
    if found != set(range(len(found))) or not found:
        raise CheckpointError(f"The checkpoint's entries {pattern} are not numbered 0, 1, 2, …: {sorted(found)}.")
    return len(found)
