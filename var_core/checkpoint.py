"""Weights on disk, read safely: our own folders and the official pair of files.

Ours is a folder with ``config.json`` and safetensors (sharded by huggingface_hub where large). Official files are
pickles, read with ``weights_only=True`` and never otherwise: nothing in them can run. Whatever is wrong with a
file becomes one ``CheckpointError`` that names the file, the trouble and the remedy.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from huggingface_hub import save_torch_state_dict
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from var_core.config import ModelConfig
from var_core.errors import CheckpointError, ConfigError
from var_core.official import from_official, is_constant

CONFIG_FILE = "config.json"
WEIGHTS_FILE, INDEX_FILE = "model.safetensors", "model.safetensors.index.json"
NESTED = (("trainer", "var_wo_ddp"), ("trainer", "vae_local"))


def save_model(
    folder: Path, config: ModelConfig, tokenizer: nn.Module, transformer: nn.Module, dtype: torch.dtype
) -> None:
    """Writes ``config.json`` and safetensors shards of at most 10 MB, all weights as ``dtype``."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"{part}.{name}": tensor.detach().to("cpu", dtype).contiguous()
               for part, module in (("tokenizer", tokenizer), ("transformer", transformer))
               for name, tensor in module.state_dict().items()}  # fmt: skip
    save_torch_state_dict(tensors, folder, max_shard_size="10MB")
    text = json.dumps(config.to_dict(), indent=1, ensure_ascii=False)
    (folder / CONFIG_FILE).write_text(text + "\n", encoding="utf-8")


def read_config(folder: Path) -> ModelConfig:
    """Reads ``config.json`` of a model folder.

    Raises:
        CheckpointError: if it is missing, no JSON, or describes no model.
    """
    path = folder / CONFIG_FILE
    try:
        return ModelConfig.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror}); a model is a folder with it.") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{path} is not JSON ({error}); save the model again.") from error
    except ConfigError as error:
        raise CheckpointError(f"{path} describes no model: {error}") from error


def read_weights(folder: Path) -> dict[str, Tensor]:
    """All tensors of a model folder, from one file or from the shards that its index names.

    Raises:
        CheckpointError: if a file is missing or damaged, or the index points outside the folder.
    """
    index = folder / INDEX_FILE
    names = [WEIGHTS_FILE]
    if index.exists():
        try:
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise CheckpointError(f"{index} is not an index of shards; save the model again.") from error
        if any(not isinstance(name, str) or Path(name).name != name for name in names):
            raise CheckpointError(f"{index} names a file outside its folder; do not use this model.")
    tensors: dict[str, Tensor] = {}
    for name in names:
        try:
            tensors.update(load_file(folder / name))
        except (OSError, SafetensorError) as error:
            raise CheckpointError(
                f"{folder / name} is missing, incomplete or no safetensors file ({error}); fetch or save it again."
            ) from error
    return tensors


def read_official(path: Path) -> dict[str, Tensor]:
    """The flat dict of tensors of an official ``.pth``, nested training checkpoints unwrapped.

    Raises:
        CheckpointError: if the file is damaged, holds anything but tensors, or is not a checkpoint.
    """
    try:
        data = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror or 'it is damaged'}).") from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"{path} is not a safe PyTorch checkpoint: it is damaged, incomplete, or holds more than tensors. "
            "Fetch it again from its source."
        ) from error
    for outer, inner in NESTED:
        if isinstance(data, dict) and isinstance(data.get(outer), dict) and inner in data[outer]:
            data = data[outer][inner]
            break
    if not isinstance(data, dict) or not data or not all(isinstance(value, Tensor) for value in data.values()):
        raise CheckpointError(f"{path} holds no flat dictionary of tensors; is it a VAR checkpoint?")
    return data


def renamed(tensors: Mapping[str, Tensor], table: tuple[tuple[str, str], ...]) -> dict[str, Tensor]:
    """Official names → ours, without the constants."""
    return {from_official(name, table): tensor for name, tensor in tensors.items() if not is_constant(name)}


def load_into(module: nn.Module, tensors: Mapping[str, Tensor], source: str) -> None:
    """Puts tensors into a module built on the meta device, after checking every name, shape and value.

    Raises:
        CheckpointError: for a missing, unknown, mis-shaped, non-float or non-finite tensor.
    """
    expected = module.state_dict()
    missing, unknown = sorted(expected.keys() - tensors.keys()), sorted(tensors.keys() - expected.keys())
    if missing or unknown:
        wrong = f"lacks {missing[0]}" if missing else f"has the unknown entry {unknown[0]}"
        more = len(missing) + len(unknown) - 1
        raise CheckpointError(f"{source} {wrong}{f' ({more} more such)' if more else ''}; it is another model.")
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape:
            raise CheckpointError(
                f"{source}: {name} must have shape {tuple(expected[name].shape)}, got {tuple(tensor.shape)}."
            )
        if not tensor.is_floating_point():
            raise CheckpointError(f"{source}: {name} must hold floating-point numbers, got {tensor.dtype}.")
        if not tensor.is_meta and not bool(tensor.isfinite().all()):
            raise CheckpointError(f"{source}: {name} holds NaN or infinity; the file is damaged.")
    module.load_state_dict(dict(tensors), assign=True)
