"""From files, or from nothing, to networks in place: built empty, filled, cast once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from var_core.checkpoint import load_into, read_config, read_official, read_weights, renamed
from var_core.config import ClassLabel, ModelConfig
from var_core.errors import CheckpointError
from var_core.initialization import initialize
from var_core.models import folder_of, preset_config
from var_core.official import TOKENIZER_NAMES, TRANSFORMER_NAMES, tokenizer_config, transformer_config
from var_core.precision import Precision, choose_device, choose_precision
from var_core.tokenizer import Tokenizer
from var_core.transformer import Transformer


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """Networks on their device, in their precision."""

    config: ModelConfig
    tokenizer: Tokenizer
    transformer: Transformer
    device: torch.device
    precision: Precision


def load_folder(name: str | Path, device: str | None, precision: str | None) -> LoadedModel:
    """A model by name or folder; see ``VARPipeline.from_pretrained``."""
    place = choose_device(device)
    chosen = choose_precision(precision, place)
    folder = folder_of(name)
    config = read_config(folder)
    parts: dict[str, dict[str, Tensor]] = {"tokenizer": {}, "transformer": {}}
    for key, tensor in read_weights(folder).items():
        part, _, rest = key.partition(".")
        if part not in parts:
            raise CheckpointError(f"{folder} has the unknown entry {key}; it is another model.")
        parts[part][rest] = tensor
    source = str(folder)
    return _filled(config, parts["tokenizer"], source, parts["transformer"], source, place, chosen)


def load_official(
    tokenizer_path: Path, transformer_path: Path, device: str | None, precision: str | None
) -> LoadedModel:
    """An official-layout pair; see ``VARPipeline.from_official``."""
    place = choose_device(device)
    chosen = choose_precision(precision, place)
    first, second = read_official(tokenizer_path), read_official(transformer_path)
    token_sizes = tokenizer_config(first)
    sizes, schedule = transformer_config(second)
    names = tuple(ClassLabel(row, f"ImageNet class {row}") for row in range(sizes.num_classes))
    config = ModelConfig(transformer_path.stem, token_sizes, sizes, schedule, names)
    return _filled(
        config, renamed(first, TOKENIZER_NAMES), str(tokenizer_path), renamed(second, TRANSFORMER_NAMES),
        str(transformer_path), place, chosen,
    )  # fmt: skip


def random_model(name: str, device: str | None, precision: str | None, seed: int) -> LoadedModel:
    """A published size with random weights; see ``VARPipeline.with_random_weights``."""
    place = choose_device(device)
    chosen = choose_precision(precision, place)
    config = preset_config(name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        tokenizer = Tokenizer(config.tokenizer, config.schedule)
        transformer = Transformer(config.transformer, config.tokenizer, config.schedule)
        initialize(transformer, seed=seed)
    return in_place(config, tokenizer, transformer, place, chosen)


def in_place(
    config: ModelConfig, tokenizer: Tokenizer, transformer: Transformer, device: torch.device, precision: Precision
) -> LoadedModel:
    """Puts weights on the device in their precision, once; the quantiser and the head stay float32."""
    for module in (tokenizer, transformer):
        for name, parameter in module.named_parameters():
            exact = name.startswith(("quantizer.", "head."))
            parameter.data = parameter.data.to(device, torch.float32 if exact else precision.dtype)
        module.requires_grad_(False).eval()
    if device.type == "cpu" and precision.name == "fast":
        # Faster convolutions; but PyTorch's channels-last GroupNorm sums naively (errors up to 3e-3 on a 512-px
        # plane far from zero), which 16-bit weights do not notice and float32 must not have.
        tokenizer.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return LoadedModel(config, tokenizer, transformer, device, precision)


def _filled(
    config: ModelConfig,
    tokenizer_tensors: Mapping[str, Tensor],
    tokenizer_source: str,
    transformer_tensors: Mapping[str, Tensor],
    transformer_source: str,
    device: torch.device,
    precision: Precision,
) -> LoadedModel:
    with torch.device("meta"):
        tokenizer = Tokenizer(config.tokenizer, config.schedule)
        transformer = Transformer(config.transformer, config.tokenizer, config.schedule)
    load_into(tokenizer, tokenizer_tensors, tokenizer_source)
    load_into(transformer, transformer_tensors, transformer_source)
    return in_place(config, tokenizer, transformer, device, precision)
