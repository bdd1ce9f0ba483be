"""Files of weights as they lie on disk: what is wrong with one, its sha256, its tensors without reading it whole.

``MappedTensors`` hands out tensors that alias the file: nothing is copied, and a tensor that is dropped after use
leaves no memory behind. So weights of any size pass through little memory when they are cast, moved or rewritten.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor

from var_core.errors import CheckpointError

CONFIG_FILE, SUMS_FILE = "config.json", "SHA256SUMS"
WEIGHTS_FILE, INDEX_FILE = "model.safetensors", "model.safetensors.index.json"
SOURCE_FILE, STATISTICS_FILE = "source.json", "usage.safetensors"  # beside the weights of a conversion
PARTS = ("tokenizer", "transformer")
WEIGHT_TYPES = (torch.float32, torch.float16, torch.bfloat16)
SHARD = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors")
AT_ONCE = 32_000_000  # bytes of pages that mappings may gather before they are let go
HEADER_LIMIT = 100_000_000  # bytes; safetensors' own


Opener = Callable[[], Mapping[str, Tensor]]


class MappedTensors(Mapping[str, Tensor]):
    """Tensors by name, mapped from files as they are asked for.

    A mapping keeps every page that was touched until all its tensors are gone; hence fresh ones after every
    ``at_once`` bytes handed out.

    Args:
        openers: one per file; maps it and returns its tensors; called again and again.
        at_once: more where opening is slow, for a share of the whole that does no harm.
    """

    def __init__(self, openers: Iterable[Opener], at_once: int | None = None) -> None:
        self.openers = tuple(openers)
        self._at_once = AT_ONCE if at_once is None else max(AT_ONCE, at_once)
        self._openers = {name: opener for opener in self.openers for name in opener()}
        self._mapped: dict[Opener, Mapping[str, Tensor]] = {}
        self._handed_out = 0

    def __getitem__(self, name: str) -> Tensor:
        opener = self._openers[name]
        if opener not in self._mapped:
            self._mapped[opener] = opener()
        tensor = self._mapped[opener][name]
        self._handed_out += tensor.nbytes
        if self._handed_out > self._at_once:
            self._mapped.clear()
            self._handed_out = 0
        return tensor

    def __iter__(self) -> Iterator[str]:
        return iter(self._openers)

    def __len__(self) -> int:
        return len(self._openers)


def with_prefix(prefix: str, tensors: MappedTensors) -> list[Opener]:
    """Openers of the same files, for a ``MappedTensors`` whose names begin with ``prefix``."""

    def prefixed(opener: Opener) -> Opener:
        return lambda: {f"{prefix}{name}": tensor for name, tensor in opener().items()}

    return [prefixed(opener) for opener in tensors.openers]


def is_ours(filename: str) -> bool:
    """Whether a file in a model folder is written along with the model, and so goes when another is saved there."""
    others = (CONFIG_FILE, SUMS_FILE, INDEX_FILE, SOURCE_FILE, STATISTICS_FILE)
    return filename in others or SHARD.fullmatch(filename) is not None


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_readable(path: Path) -> None:
    """Tells what a file is that cannot be weights, before anything is parsed.

    Raises:
        CheckpointError: if it is missing, empty, a web page, a Git LFS pointer, or shorter than it says.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror}). Fetch it, or check the path.") from error
    trouble = _trouble(path, start, size)
    if trouble:
        raise CheckpointError(f"{path} {trouble}")


def _trouble(path: Path, start: bytes, size: int) -> str | None:
    if not start:
        return "is empty. Fetch it again."
    if start.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not the file itself. Run `git lfs pull`, or download the file from its page."
    if start.lstrip().lower().startswith((b"<!doctype", b"<html")):
        return "is a web page, perhaps of a log-in or an error, saved under this name. Fetch the file itself."
    if start.startswith(b"PK\x03\x04") and path.suffix != ".safetensors":
        return None if _ends_as_zip(path) else f"is incomplete: it ends after {size} bytes. Fetch it again."
    expected = _safetensors_size(path) if path.suffix == ".safetensors" else None
    if expected is not None and size != expected:
        return f"has {size} bytes where its header asks for {expected}: it is incomplete or damaged. Fetch it again."
    return None


def _ends_as_zip(path: Path) -> bool:
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile:  # an ending that contradicts itself
        return False


def _safetensors_size(path: Path) -> int | None:
    """The size that a safetensors header implies; None where there is no such header."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= HEADER_LIMIT:
            return None
        header = file.read(length)
    try:
        entries = json.loads(header)
        ends = [int(entry["data_offsets"][1]) for name, entry in entries.items() if name != "__metadata__"]
        return 8 + length + max(ends, default=0)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return None
