"""Our folder, written so that it is whole or not there: beside its place, synced, then renamed.

``config.json`` (versioned), safetensors as huggingface_hub shards them, and ``SHA256SUMS`` of the weights. Tensors
come one shard at a time, so a model that is mapped from disk is rewritten in little memory; and a folder may be
written over itself while its weights are in use, for the old files live on until the last tensor lets go of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import torch
from huggingface_hub import split_torch_state_dict_into_shards
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor, nn

from var_core.config import ModelConfig
from var_core.errors import CheckpointError
from var_core.precision import weight_type
from var_core.validation import shown
from var_core.weight_files import CONFIG_FILE, INDEX_FILE, PARTS, SUMS_FILE, WEIGHT_TYPES, is_ours, sha256_of

SMALL = 256_000_000  # bytes of weights up to which shards stay small enough for any file host
# Of tensors alone: with its header, a small one stays under ten million.
SMALL_SHARD, LARGE_SHARD = 9_900_000, 128_000_000


def save_model(
    folder: Path, config: ModelConfig, tokenizer: nn.Module, transformer: nn.Module, dtype: torch.dtype
) -> None:
    """Writes a model folder as a whole.

    Args:
        folder: is made or replaced as a whole.
        config: of the model.
        tokenizer, transformer: its networks.
        dtype: of most weights, float32, float16 or bfloat16. The quantiser stays float32, for it decides tokens, and
            beside bfloat16 the head too.

    Raises:
        CheckpointError: if it cannot be written, or what would be written could not be loaded or would pretend to a
            precision that the weights have lost; what was there before is then still there.
    """
    if dtype not in WEIGHT_TYPES:
        raise CheckpointError(
            f"dtype must be one of {', '.join(map(str, WEIGHT_TYPES))}, which can be loaded again, got {shown(dtype)}."
        )

    def stored(name: str) -> torch.dtype:
        own = name.partition(".")[2]
        # The 11 bits of float16 are enough for a head, and it is a tenth of a small model.
        return dtype if dtype is torch.float16 and own.startswith("head") else weight_type(own, dtype)

    tensors = {
        f"{part}.{name}": tensor.detach()
        for part, module in zip(PARTS, (tokenizer, transformer), strict=True)
        for name, tensor in module.state_dict().items()
    }
    for name, tensor in tensors.items():
        check_storable(name, tensor, stored(name))
    write_model(folder, config, tensors, stored)


def write_model(
    folder: Path,
    config: ModelConfig,
    tensors: Mapping[str, Tensor],
    dtype_of: Callable[[str], torch.dtype],
    *,
    texts: Mapping[str, str] | None = None,
    others: Mapping[str, dict[str, Tensor]] | None = None,
) -> None:
    """Writes a model folder atomically.

    Args:
        folder: is made or replaced as a whole; foreign files in it are kept.
        config: of the model.
        tensors: by name, prefixed with "tokenizer." or "transformer."; may map them on demand.
        dtype_of: the type to store a tensor in, by its name.
        texts: further text files by name.
        others: further safetensors files by name, which are no weights.

    Raises:
        CheckpointError: if it cannot be written; what was there before is then still there.
    """
    plan = split_torch_state_dict_into_shards(
        (metas := {name: torch.empty_like(tensors[name], dtype=dtype_of(name), device="meta") for name in tensors}),
        max_shard_size=SMALL_SHARD if sum(meta.nbytes for meta in metas.values()) <= SMALL else LARGE_SHARD,
    )
    texts = {CONFIG_FILE: _json(config.to_dict()), **(texts or {})}
    if plan.is_sharded:
        texts[INDEX_FILE] = _json({"metadata": plan.metadata, "weight_map": plan.tensor_to_filename})
    with replacing(folder) as fresh:
        sums = []
        for filename, names in plan.filename_to_tensors.items():
            shard = {name: tensors[name].to("cpu", dtype_of(name)).contiguous() for name in names}
            save_tensors(fresh / filename, shard, metadata={"format": "pt"})
            del shard
            sums.append(f"{sha256_of(fresh / filename)}  {filename}\n")
        for filename, other in (others or {}).items():
            save_tensors(fresh / filename, other)
        for filename, text in {**texts, SUMS_FILE: "".join(sums)}.items():
            (fresh / filename).write_text(text, encoding="utf-8")


def save_tensors(path: Path, tensors: dict[str, Tensor], *, metadata: dict[str, str] | None = None) -> None:
    """A safetensors file that whoever may read a new file of this process may read.

    Its library lets nobody but the owner do so.

    Raises:
        OSError, SafetensorError: if the disk refuses.
    """
    partial = aside(path, "partial")
    try:
        partial.touch()
        mode = partial.stat().st_mode
        save_file(tensors, partial, metadata=metadata)
        partial.chmod(mode)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def check_storable(name: str, tensor: Tensor, dtype: torch.dtype) -> None:
    """Lets a weight be stored as it is, or rounded once and within the range of the type that it is stored in.

    Raises:
        CheckpointError: with the remedy.
    """
    if tensor.dtype in (torch.float16, torch.bfloat16) and tensor.dtype != dtype:
        raise CheckpointError(
            f"The weights were rounded to {tensor.dtype} when they were loaded ('fast'); they cannot be saved as "
            f"{dtype}. Load the model with precision='exact', or save it with dtype={tensor.dtype}."
        )
    largest = torch.finfo(dtype).max
    if tensor.numel() and max(abs(float(extreme)) for extreme in tensor.aminmax()) > largest:
        raise CheckpointError(
            f"{name} holds numbers beyond {largest:g}, the largest of {dtype}. Save it with another dtype."
        )


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of ``folder`` once the block has ended well.

    Raises:
        CheckpointError: if it cannot be written; ``folder`` is then as it was.
    """
    fresh = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        target = folder.resolve()
        fresh = aside(target, "partial")
        fresh.mkdir()
        yield fresh
        for path in (*fresh.iterdir(), fresh):
            sync(path)
        _swap(fresh, target)
    except (OSError, SafetensorError) as error:
        raise unwritten(folder, error) from error
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)


@contextlib.contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """A name beside ``path`` to write to, which takes its place once the block has ended well.

    Raises:
        CheckpointError: if it cannot be written; ``path`` is then as it was.
    """
    partial = aside(path, "partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        sync(partial)
        partial.replace(path)
        sync(path.parent)
    except (OSError, RuntimeError) as error:
        raise unwritten(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def unwritten(path: Path, error: Exception) -> CheckpointError:
    """The one message for whatever the disk refuses."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return CheckpointError(
        f"{path} cannot be written ({reason}). Free some space or choose another place; nothing was changed."
    )


def sync(path: Path) -> None:
    """Waits until a file or folder is on the disk."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(fresh: Path, target: Path) -> None:
    """Puts ``fresh`` at ``target``; files there that are none of ours move along."""
    if not target.exists():
        fresh.rename(target)
        sync(target.parent)
        return
    old = aside(target, "old")
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    for path in old.iterdir():
        if not is_ours(path.name):
            path.rename(target / path.name)
    sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def aside(target: Path, kind: str) -> Path:
    """A hidden name beside ``target`` that nothing else has."""
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.{kind}")


def _json(data: object) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
