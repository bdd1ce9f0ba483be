"""Weights from disk, read safely: our own folders and the official pair of files.

Ours is a folder with ``config.json`` and safetensors (``saving`` knows how it is written). Official files are
pickles, read with ``weights_only=True`` and never otherwise: nothing in them can run. Whatever is wrong with a
file becomes one ``CheckpointError`` that names the file, the trouble and the remedy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from var_core.config import ModelConfig
from var_core.errors import CheckpointError, ConfigError
from var_core.official import from_official, is_constant
from var_core.validation import shown
from var_core.weight_files import (
    CONFIG_FILE,
    INDEX_FILE,
    PARTS,
    SUMS_FILE,
    WEIGHT_TYPES,
    WEIGHTS_FILE,
    MappedTensors,
    Opener,
    check_readable,
    sha256_of,
)

TEXT_LIMIT = 64_000_000  # bytes of a JSON file; beyond it is no configuration


def read_config(folder: Path) -> ModelConfig:
    """Reads ``config.json`` of a model folder.

    Raises:
        CheckpointError: if it is missing, no JSON, or describes no model.
    """
    path = folder / CONFIG_FILE
    try:
        if path.stat().st_size > TEXT_LIMIT:
            raise CheckpointError(f"{path} has {path.stat().st_size} bytes: it is no configuration.")
        return ModelConfig.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror}); a model is a folder with it.") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise CheckpointError(f"{path} is not JSON ({error}); save the model again.") from error
    except ConfigError as error:
        raise CheckpointError(f"{path} describes no model: {error}") from error


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model folder: one, or the shards that its index names.

    Raises:
        CheckpointError: if the index is none or points outside the folder.
    """
    index = folder / INDEX_FILE
    names = [WEIGHTS_FILE]
    if index.exists():
        try:
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
            raise CheckpointError(f"{index} is not an index of shards; save the model again.") from error
        if any(not isinstance(name, str) or Path(name).name != name for name in names):
            raise CheckpointError(f"{index} names a file outside its folder; do not use this model.")
    return [folder / name for name in names]


def folder_parts(folder: Path) -> tuple[MappedTensors, MappedTensors]:
    """The tensors of tokenizer and transformer in a model folder, mapped as they are asked for.

    Raises:
        CheckpointError: if a file is missing or damaged, the index points outside the folder, or an entry belongs to
            neither.
    """
    paths = weight_files(folder)
    for path in paths:
        check_readable(path)
        for key in _read_safetensors(path):
            if key.partition(".")[0] not in PARTS:
                raise CheckpointError(f"{folder} has the unknown entry {key}; it is another model.")

    def opener(path: Path, prefix: str) -> Opener:
        return lambda: {
            key.removeprefix(prefix): tensor
            for key, tensor in _read_safetensors(path).items()
            if key.startswith(prefix)
        }

    tokenizer, transformer = (MappedTensors(opener(path, f"{part}.") for path in paths) for part in PARTS)
    return tokenizer, transformer


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    """All tensors of one file, aliasing it."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} is damaged or no safetensors file ({error}). Fetch it again.") from error


def check_sums(folder: Path, limit: int | None = None) -> None:
    """Holds a folder's weights against its ``SHA256SUMS``, if it has one (``sha256sum -c`` reads it, too).

    Args:
        folder: of the model.
        limit: leave it be if the weights have more bytes than this.

    Raises:
        CheckpointError: for a file whose content is not what was saved, as after a flipped bit.
    """
    sums = folder / SUMS_FILE
    paths = weight_files(folder)
    if not sums.is_file() or (limit is not None and sum(path.stat().st_size for path in paths) > limit):
        return
    try:
        rows = [line.split(maxsplit=1) for line in sums.read_text(encoding="utf-8").splitlines()]
        expected = {name: digest for digest, name in rows}
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{sums} is no list of sums ({error}). Save the model again, or delete it.") from error
    for path in paths:
        if expected.get(path.name, digest := sha256_of(path)) != digest:
            raise CheckpointError(
                f"{path} is not what was saved: its sha256 differs from the one in {SUMS_FILE}. Fetch or save the "
                f"model again; if you changed it on purpose, delete {SUMS_FILE}."
            )


def read_official(path: Path, nested: str = "var_wo_ddp") -> dict[str, Tensor]:
    """The flat dict of tensors of an official ``.pth``, aliasing the file.

    A training checkpoint holds both networks; ``nested`` says which: "var_wo_ddp" or "vae_local".

    Raises:
        CheckpointError: if the file is damaged, holds anything but tensors, or is not a checkpoint.
    """
    check_readable(path)
    try:
        data = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror or 'it is damaged'}).") from error
    except Exception as error:  # a damaged pickle can raise anything
        raise CheckpointError(
            f"{path} is not a safe PyTorch checkpoint: it is damaged, or holds more than tensors and plain values. "
            "Nothing in it was run. Fetch it again from its source."
        ) from error
    if isinstance(data, dict) and isinstance(data.get("trainer"), dict):
        data = data["trainer"].get(nested)
    if not isinstance(data, dict) or not data:
        raise CheckpointError(f"{path} holds no flat dictionary of tensors by name; is it a VAR checkpoint?")
    for item in data.items():
        if not _is_entry(item):
            raise CheckpointError(
                f"{path} holds no flat dictionary of tensors by name, for one entry is {shown(item[0])}: "
                f"{shown(type(item[1]).__name__)}; is it a VAR checkpoint?"
            )
    return data


def _is_entry(item: tuple[object, object]) -> bool:
    name, value = item
    return isinstance(name, str) and isinstance(value, Tensor) and value.layout == torch.strided


def renamed(tensors: Mapping[str, Tensor], table: tuple[tuple[str, str], ...]) -> dict[str, Tensor]:
    """Official names → ours, without the constants."""
    return {from_official(name, table): tensor for name, tensor in tensors.items() if not is_constant(name)}


def load_into(
    module: nn.Module,
    tensors: Mapping[str, Tensor],
    source: str,
    place: Callable[[str, Tensor], Tensor] = lambda _name, tensor: tensor,
) -> None:
    """Puts tensors into a module built on the meta device, after checking every name, shape, type and value.

    Args:
        module: on the meta device.
        tensors: by our names.
        source: the file, for messages.
        place: brings each tensor to its device and precision; one that it returns as it is stays an alias of the
            file.

    Raises:
        CheckpointError: for a missing, unknown, mis-shaped, non-float or non-finite tensor.
    """
    placed = {name: place(name, tensor) for name, tensor in checked(module, tensors, source)}
    module.load_state_dict(placed, assign=True)


def checked(module: nn.Module, tensors: Mapping[str, Tensor], source: str) -> Iterator[tuple[str, Tensor]]:
    """Yields each tensor of a module once all names and its own shape, type and values are found right.

    Raises:
        CheckpointError: as ``load_into``.
    """
    expected = module.state_dict()
    missing, unknown = sorted(expected.keys() - tensors.keys()), sorted(tensors.keys() - expected.keys())
    if missing or unknown:
        wrong = f"lacks {missing[0]}" if missing else f"has the unknown entry {unknown[0]}"
        more = len(missing) + len(unknown) - 1
        raise CheckpointError(f"{source} {wrong}{f' ({more} more such)' if more else ''}; it is another model.")
    for name, wanted in expected.items():
        tensor = tensors[name]
        _check_tensor(tensor, name, wanted.shape, source)
        yield name, tensor
        del tensor  # or its pages stay while the next one is read


def _check_tensor(tensor: Tensor, name: str, shape: torch.Size, source: str) -> None:
    if tensor.shape != shape:
        raise CheckpointError(f"{source}: {name} must have shape {tuple(shape)}, got {tuple(tensor.shape)}.")
    if tensor.dtype not in WEIGHT_TYPES:
        raise CheckpointError(f"{source}: {name} must hold 16- or 32-bit floating-point numbers, got {tensor.dtype}.")
    if tensor.is_meta or not tensor.numel():
        return
    # Extremes carry NaN and infinity along, and cost no memory as isfinite() would.
    if not all(bool(extreme.isfinite()) for extreme in tensor.detach().aminmax()):
        raise CheckpointError(f"{source}: {name} holds NaN or infinity; the file is damaged. Fetch it again.")
