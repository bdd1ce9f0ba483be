"""Official pair of files ↔ our folder, tensor for tensor.

A conversion is written aside and renamed, so a folder is whole or not there; it remembers the sha256 of both sources
and is made once. Tensors are mapped and written shard by shard: memory stays far below the size of the weights.
What the official files carry besides weights (mask, scale of each position, zero biases) is used by nobody: it is
computed again on the way back. Only the usage statistics of the codebook cannot be, so they travel in a file of
their own.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from var_core.checkpoint import checked, folder_parts, read_config
from var_core.config import ModelConfig, TokenizerConfig, TransformerConfig
from var_core.errors import CheckpointError
from var_core.networks import empty_networks
from var_core.official import TOKENIZER_NAMES, TRANSFORMER_NAMES, class_labels, constants, to_official
from var_core.official_pair import STATISTICS, check_published, open_pair
from var_core.precision import weight_type
from var_core.saving import replacing_file, write_model
from var_core.weight_files import (
    CONFIG_FILE,
    SOURCE_FILE,
    STATISTICS_FILE,
    MappedTensors,
    check_readable,
    sha256_of,
    with_prefix,
)

log = logging.getLogger(__name__)

FORMAT = 1


def convert_official(
    tokenizer_path: str | Path,
    transformer_path: str | Path,
    folder: str | Path,
    *,
    name: str | None = None,
    dtype: torch.dtype = torch.float32,
    sha256: tuple[str, str] | None = None,
) -> Path:
    """Writes an official pair (or training checkpoints that hold one) as a folder in our format.

    Args:
        tokenizer_path, transformer_path: the pair.
        folder: to make. One that already holds the same conversion is left as it is.
        name: of the model; None for the stem of the transformer's file.
        dtype: of most weights: float32 loses nothing; 16 bits halve the folder, and quantiser and head stay float32,
            so that it loads in ``fast`` as the float32 folder does.
        sha256: of both files, where they have just been verified; else they are read once to find out.

    Returns:
        the folder.

    Raises:
        CheckpointError: if a file is damaged or no VAR checkpoint, or the folder holds something else or cannot be
            written.
    """
    tokenizer_path, transformer_path, folder = Path(tokenizer_path), Path(transformer_path), Path(folder)
    if sha256 is None:
        sha256 = _verified(tokenizer_path), _verified(transformer_path)
    source = source_of(sha256, dtype)
    if is_conversion(folder, source):
        return folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CheckpointError(f"{folder} holds something else already; give a folder that is not there yet.")
    pair = open_pair(tokenizer_path, transformer_path)
    networks = empty_networks(pair.config)
    for network, tensors, path in zip(
        networks, (pair.tokenizer, pair.transformer), (tokenizer_path, transformer_path), strict=True
    ):
        for _ in checked(network, tensors, str(path)):
            pass
    joined = MappedTensors(with_prefix("tokenizer.", pair.tokenizer) + with_prefix("transformer.", pair.transformer))
    write_model(
        folder, replace(pair.config, name=name or pair.config.name), joined,
        lambda key: weight_type(key.partition(".")[2], dtype),
        texts={SOURCE_FILE: json.dumps(source, indent=1) + "\n"},
        others={} if pair.statistics is None else {STATISTICS_FILE: {STATISTICS: pair.statistics.contiguous()}},
    )  # fmt: skip
    return folder


def source_of(sha256: tuple[str, str], dtype: torch.dtype = torch.float32) -> dict[str, object]:
    """What a conversion remembers of where it came from."""
    return {"format": FORMAT, "dtype": str(dtype), "tokenizer": sha256[0], "transformer": sha256[1]}


def is_conversion(folder: Path, source: Mapping[str, object]) -> bool:
    """Whether a folder is a whole conversion of just these sources."""
    try:
        found = json.loads((folder / SOURCE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return found == source and (folder / CONFIG_FILE).is_file()


def export_official(folder: str | Path, tokenizer_path: str | Path, transformer_path: str | Path) -> None:
    """Writes a folder in our format as a pair in the official layout, float32, which upstream's code loads.

    Every tensor of a converted official pair comes back bit for bit, recomputed constants included. Each file is
    whole or not there. The layout has no place for ids and names of classes: they are lost, with a warning in the
    log, unless they are ImageNet's 1000 or nothing but numbers.

    Raises:
        CheckpointError: if the folder is damaged, has sizes that the layout cannot carry, or a file cannot be written.
    """
    folder = Path(folder)
    config = read_config(folder)
    _check_carried(config, folder)
    weights = folder_parts(folder)
    tokenizer, transformer = empty_networks(config)
    first = {
        to_official(name, TOKENIZER_NAMES): _own(tensor) for name, tensor in checked(tokenizer, weights[0], str(folder))
    }
    first[STATISTICS] = _statistics(folder, config.schedule.num_scales, config.tokenizer.codebook_size)
    _save(first, Path(tokenizer_path))
    del first
    second = constants(config.schedule, config.transformer.depth, config.transformer.embed_dim)
    for name, tensor in checked(transformer, weights[1], str(folder)):
        second[to_official(name, TRANSFORMER_NAMES)] = _own(tensor)
    _save(second, Path(transformer_path))


def _check_carried(config: ModelConfig, folder: Path) -> None:
    """Refuses what no tensor of the official layout tells, for it would be read back as something else."""
    groups, eps = config.tokenizer.norm_groups, config.transformer.norm_eps
    lost = [
        f"{name} = {value} (it is always {implied} there)"
        for name, value, implied in (
            ("norm_groups", groups, TokenizerConfig.norm_groups), ("norm_eps", eps, TransformerConfig.norm_eps),
        ) if value != implied
    ]  # fmt: skip
    if lost:
        raise CheckpointError(
            f"{folder} cannot be written as official files, whose layout does not carry {' and '.join(lost)}. Share "
            "the folder itself; only models trained with the official tokenizer, or of its kind, can be exported."
        )
    if config.classes != class_labels(config.transformer.num_classes):
        log.warning(
            "Official files carry no classes: the ids and names of %s are lost, and its classes become %s. Keep %s.",
            folder, f"0 … {config.transformer.num_classes - 1}", folder / CONFIG_FILE,
        )  # fmt: skip


def _verified(path: Path) -> str:
    check_readable(path)
    digest = sha256_of(path)
    check_published(path, digest)
    return digest


def _own(tensor: Tensor) -> Tensor:
    """Float32 with a storage of its own: ``torch.save`` would write all of a shared one."""
    tensor = tensor.float()
    return tensor if tensor.untyped_storage().nbytes() == tensor.nbytes else tensor.clone()


def _statistics(folder: Path, num_scales: int, codebook_size: int) -> Tensor:
    """The codebook's usage as it came, or zeros: nothing that is computed depends on it."""
    try:
        found = load_file(folder / STATISTICS_FILE)[STATISTICS]
    except (OSError, SafetensorError, KeyError):
        return torch.zeros(num_scales, codebook_size)
    return _own(found)


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    with replacing_file(path) as partial:
        torch.save(tensors, partial)
