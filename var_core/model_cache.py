"""Models that come over the network, as folders in our format: fetched, verified and converted once.

<cache>/models/d16-<sha256 of its two files, shortened>/       a converted official pair
<cache>/files/<user>--<name>/<commit>/                         somebody's model in our format
<cache>/files/<user>--<name>/<revision>.ref                    the commit that was there last, for days offline
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from var_core.conversion import convert_official, is_conversion, source_of
from var_core.errors import DownloadError
from var_core.hub import (
    DEADLINE,
    SPARE,
    cache_folder,
    cached_path,
    check_disk,
    clock_of,
    fetch,
    locked,
    missing_bytes,
    model_files,
)
from var_core.registry import OfficialFile, OfficialModel, official_model
from var_core.resources import available_memory, free_disk
from var_core.saving import replacing_file
from var_core.transfer import Clock, Progress, writing
from var_core.weight_files import CONFIG_FILE

log = logging.getLogger(__name__)

RATE = 12.5e6  # bytes a second that an estimate assumes of the network: 100 Mbit/s
CONVERSION_RATE = 300e6  # and of hashing, checking and writing together
HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What it takes to have and to load an official model, before anything is begun.

    Attributes:
        name: of the model.
        download_bytes: still to be fetched.
        disk_bytes: to be written, download included; 0 if the model is here.
        free_disk: free bytes where the cache is, or None where the system does not tell.
        memory_bytes: at the peak of loading.
        available_memory: on the device, or None.
        seconds: for download and conversion, at the rate assumed.
    """

    name: str
    download_bytes: int
    disk_bytes: int
    free_disk: int | None
    memory_bytes: int
    available_memory: int | None
    seconds: float

    @property
    def fits_disk(self) -> bool:
        """Whether the disk holds it, as far as can be known."""
        return not self.disk_bytes or self.free_disk is None or self.free_disk >= self.disk_bytes + SPARE

    @property
    def fits_memory(self) -> bool:
        """Whether memory holds it, as far as can be known."""
        return self.available_memory is None or self.available_memory >= self.memory_bytes


def converted_folder(model: OfficialModel, cache: str | Path | None = None) -> Path:
    """Where an official model lies once it has been converted; its name tells the sources' hashes."""
    tokenizer, transformer = _digests(model)
    return cache_folder(cache) / "models" / f"{model.name}-{transformer[:12]}-{tokenizer[:12]}"


def is_here(name: str, cache: str | Path | None = None) -> bool:
    """Whether an official model can be loaded without a network.

    Raises:
        ConfigError: for an unknown name.
    """
    model = official_model(name)
    return is_conversion(converted_folder(model, cache), source_of(_digests(model)))


def estimate(
    name: str,
    *,
    cache: str | Path | None = None,
    precision: str = "exact",
    device: torch.device | None = None,
    rate: float = RATE,
) -> Estimate:
    """What ``ensure_model`` would fetch and write, what loading would take, and how long it would last.

    Args:
        name: "d16" … "d36".
        cache: as for ``fetch``.
        precision: "exact" or "fast".
        device: where the model is to go; None for the CPU.
        rate: bytes a second that the network is supposed to bring.

    Raises:
        ConfigError: for an unknown name or precision.
    """
    model = official_model(name)
    here = is_here(name, cache)
    download = 0 if here else sum(missing_bytes(file, cache) for file in model.files)
    disk = 0 if here else download + model.folder_bytes
    return Estimate(
        model.name, download, disk, free_disk(cache_folder(cache)), model.memory_bytes(precision),
        available_memory(device or torch.device("cpu")),
        0.0 if here else download / rate + model.folder_bytes / CONVERSION_RATE,
    )  # fmt: skip


def ensure_model(
    name: str, *, cache: str | Path | None = None, deadline: float = DEADLINE, progress: Progress | None = None
) -> Path:
    """The folder of an official model in our format; fetches, verifies and converts what is not there yet.

    Args:
        name: "d16" … "d36".
        cache: folder for all that is fetched and converted; None for the default.
        deadline: seconds for all fetching.
        progress: called with bytes that are there and bytes in all, both files together.

    Raises:
        ConfigError: for an unknown name.
        DownloadError: if a file cannot be fetched or the disk is too small, which is said before anything begins.
        CheckpointError: if the conversion cannot be written.
    """
    model = official_model(name)
    folder = converted_folder(model, cache)
    if is_here(name, cache):
        return folder
    clock = clock_of(deadline)
    missing = sum(missing_bytes(file, cache) for file in model.files)
    check_disk(missing + model.folder_bytes, cache, f"model {model.name}")
    with locked(folder, f"model {model.name}", clock):
        if is_here(name, cache):  # another process was faster
            return folder
        with writing(f"model {model.name}"):
            for leftover in (folder, *folder.parent.glob(f".{folder.name}.*.partial")):
                shutil.rmtree(leftover, ignore_errors=True)
        tokenizer, transformer = _fetch_all(model.files, cache, clock, progress, anywhere=True)
        return convert_official(tokenizer, transformer, folder, name=model.name, sha256=_digests(model))


def ensure_hub_model(
    repository: str,
    *,
    revision: str | None = None,
    cache: str | Path | None = None,
    deadline: float = DEADLINE,
    progress: Progress | None = None,
) -> Path:
    """The folder of somebody's model in our format; only configuration and safetensors are ever fetched.

    Args:
        repository: "user/name".
        revision: branch, tag or commit; None for what is newest. Without a network it is what was newest last time.
        cache, deadline, progress: as for ``ensure_model``.

    Raises:
        DownloadError: if there is no such model or it cannot be fetched.
    """
    clock = clock_of(deadline)
    top = cache_folder(cache) / "files" / repository.replace("/", "--")
    reference = top / f"{re.sub(r'[^A-Za-z0-9.-]', '_', revision or 'newest')}.ref"
    try:
        files = model_files(repository, revision, clock)
    except DownloadError as error:
        try:
            folder = top / reference.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            raise error from None
        if not (folder / CONFIG_FILE).is_file():
            raise
        log.warning("%s The copy that is here already is used.", error)
        return folder
    folder = cached_path(files[-1], cache).parent
    missing = [file for file in files if missing_bytes(file, cache, anywhere=False)]
    if missing:
        check_disk(sum(missing_bytes(file, cache, anywhere=False) for file in missing), cache, repository)
        _fetch_all(missing, cache, clock, progress, anywhere=False)
    with replacing_file(reference) as partial:
        partial.write_text(folder.name, encoding="ascii")
    return folder


def _fetch_all(
    files: Sequence[OfficialFile], cache: str | Path | None, clock: Clock, progress: Progress | None, *, anywhere: bool
) -> list[Path]:
    paths: list[Path] = []
    before, total = 0, sum(file.num_bytes for file in files)

    def report(arrived: int, _size: int) -> None:
        if progress is not None:
            progress(before + arrived, total)

    for file in files:
        clock.check(file)
        paths.append(fetch(file, cache=cache, deadline=clock, progress=report, anywhere=anywhere))
        before += file.num_bytes
        report(0, 0)
    return paths


def _digests(model: OfficialModel) -> tuple[str, str]:
    return model.tokenizer.sha256 or "", model.transformer.sha256 or ""
