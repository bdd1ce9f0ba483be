"""From files, or from nothing, to networks in place: built empty, filled, cast once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from var_core.checkpoint import check_sums, folder_parts, load_into, read_config
from var_core.config import ModelConfig
from var_core.hub import DEADLINE
from var_core.initialization import initialize
from var_core.models import folder_of, preset_config
from var_core.networks import empty_networks
from var_core.official_pair import check_published, open_pair
from var_core.precision import Precision, choose_device, choose_precision, weight_type
from var_core.resources import check_memory
from var_core.tokenizer import Tokenizer
from var_core.transfer import Progress
from var_core.transformer import Transformer
from var_core.validation import shown

ALWAYS_SUMMED = 256_000_000  # bytes of weights up to which their sums are checked at every start


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """Networks on their device, in their precision."""

    config: ModelConfig
    tokenizer: Tokenizer
    transformer: Transformer
    device: torch.device
    precision: Precision


def load_folder(
    name: str | Path,
    device: str | None,
    precision: str | None,
    *,
    cache: str | Path | None = None,
    deadline: float = DEADLINE,
    progress: Progress | None = None,
) -> LoadedModel:
    """A model by name, folder or hub id; see ``VARPipeline.from_pretrained``."""
    place = choose_device(device)
    chosen = choose_precision(precision, place)
    folder = folder_of(name, cache=cache, deadline=deadline, progress=progress)
    config = read_config(folder)
    model = _filled(config, folder_parts(folder), (str(folder), str(folder)), place, chosen)
    check_sums(folder, ALWAYS_SUMMED)
    return model


def load_official(
    tokenizer_path: Path, transformer_path: Path, device: str | None, precision: str | None
) -> LoadedModel:
    """An official-layout pair; see ``VARPipeline.from_official``."""
    place = choose_device(device)
    chosen = choose_precision(precision, place)
    for path in (tokenizer_path, transformer_path):
        check_published(path)
    pair = open_pair(tokenizer_path, transformer_path)
    sources = str(tokenizer_path), str(transformer_path)
    return _filled(pair.config, (pair.tokenizer, pair.transformer), sources, place, chosen)


def random_model(name: str, device: str | None, precision: str | None, seed: int) -> LoadedModel:
    """A published size with random weights; see ``VARPipeline.with_random_weights``."""
    place = choose_device(device)
    chosen = choose_precision(precision, place)
    config = preset_config(name)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # of the CPU alone: torch.manual_seed sets every device's
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
            parameter.data = parameter.data.to(device, weight_type(name, precision.dtype))
        module.requires_grad_(False).eval()
    if _channels_last(device, precision):
        tokenizer.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return LoadedModel(config, tokenizer, transformer, device, precision)


def _filled(
    config: ModelConfig,
    tensors: tuple[Mapping[str, Tensor], Mapping[str, Tensor]],
    sources: tuple[str, str],
    device: torch.device,
    precision: Precision,
) -> LoadedModel:
    """Networks of a configuration with the tensors of tokenizer and transformer.

    Each tensor is cast and moved as it is read, so that memory never holds more than the model in its final
    precision and a few tensors; float32 weights on the CPU are not copied at all but alias the file.
    """
    tokenizer, transformer = empty_networks(config)
    _check_room(config.name, (tokenizer, transformer), device, precision.dtype)

    def placed(name: str, tensor: Tensor) -> Tensor:
        return tensor.to(device, weight_type(name, precision.dtype))

    def laid_out(name: str, tensor: Tensor) -> Tensor:
        tensor = placed(name, tensor)
        if not _channels_last(device, precision):
            return tensor
        # All are copied, for one alias alone would keep its neighbours' pages of the file in memory.
        return tensor.clone(memory_format=torch.channels_last if tensor.dim() == 4 else torch.preserve_format)

    load_into(tokenizer, tensors[0], sources[0], laid_out)
    load_into(transformer, tensors[1], sources[1], placed)
    return in_place(config, tokenizer, transformer, device, precision)


def _channels_last(device: torch.device, precision: Precision) -> bool:
    """Whether convolutions are faster, and right, with channels last.

    PyTorch's channels-last GroupNorm sums naively (errors up to 3e-3 on a 512-px plane far from zero), which 16-bit
    weights do not notice and float32 must not have.
    """
    return device.type == "cpu" and precision.name == "fast"


def _check_room(name: str, networks: tuple[nn.Module, nn.Module], device: torch.device, dtype: torch.dtype) -> None:
    """Refuses a model that memory cannot hold, before any of it is read."""
    weights = [item for network in networks for item in network.state_dict().items()]
    num_bytes = sum(tensor.numel() * weight_type(key, dtype).itemsize for key, tensor in weights)
    remedy = "Choose a smaller model" + (", or precision='fast', which halves it." if dtype == torch.float32 else ".")
    check_memory(num_bytes, device, f"The model {shown(name)}", remedy)
