"""Files from the Hugging Face hub, fetched once, verified before anyone parses them.

    <cache>/files/<user>--<name>/<revision>/<filename>             whole and verified
                                            <filename>.partial     what has arrived so far
    <cache>/models/…                                               conversions (``model_cache``)

Size first, then sha256; a file that arrived with the right size and another content is thrown away and fetched
once more. The environment variable HF_ENDPOINT names a mirror.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import HfApi, constants, hf_hub_url, try_to_load_from_cache

from var_core.locking import held
from var_core.registry import OfficialFile
from var_core.resources import free_disk, gigabytes
from var_core.saving import sync
from var_core.transfer import STALL, Clock, Progress, download, failure, persist, writing
from var_core.validation import real_number
from var_core.weight_files import CONFIG_FILE, INDEX_FILE, SHARD, SUMS_FILE, sha256_of

log = logging.getLogger(__name__)

DEADLINE = 6 * 3600.0  # seconds for everything that one call fetches
LONGEST_DEADLINE = 7 * 86400.0
SPARE = 50_000_000  # bytes of disk that must stay free
COMMIT = re.compile(r"[0-9a-f]{40}")


def cache_folder(cache: str | Path | None = None) -> Path:
    """The cache: the one given, or ``var_core`` in the folder for assets of the Hugging Face cache (HF_HOME)."""
    return Path(constants.HF_ASSETS_CACHE) / "var_core" if cache is None else Path(cache).expanduser()


def cached_path(file: OfficialFile, cache: str | Path | None = None) -> Path:
    """Where a file is once it has been fetched."""
    folder = cache_folder(cache) / "files" / file.repository.replace("/", "--") / file.revision
    return folder / file.filename


def missing_bytes(file: OfficialFile, cache: str | Path | None = None, *, anywhere: bool = True) -> int:
    """What is still to be fetched of a file, going by sizes alone; ``anywhere`` as for ``fetch``."""
    path = cached_path(file, cache)
    if _size(path) == file.num_bytes or (anywhere and _from_hub_cache(file) is not None):
        return 0
    return max(0, file.num_bytes - _size(_partial(path)))


def fetch(
    file: OfficialFile,
    *,
    cache: str | Path | None = None,
    deadline: float | Clock = DEADLINE,
    progress: Progress | None = None,
    anywhere: bool = True,
) -> Path:
    """Gets a file: from the cache if it is there and sound, else from the hub, going on where an earlier try ended.

    Args:
        file: what to fetch.
        cache: folder for all that is fetched; None for the default.
        deadline: seconds in all, above 0, or what is left of a deadline that this is a part of.
        progress: called with bytes that are there and bytes in all.
        anywhere: a sound copy in huggingface_hub's own cache will do, too.

    Returns:
        the path of a file whose size and sha256 are right.

    Raises:
        DownloadError: naming file, cause and remedy; nothing half-written is ever at the path.
    """
    clock = deadline if isinstance(deadline, Clock) else clock_of(deadline)
    path = cached_path(file, cache)
    if is_sound(path, file):
        return path
    elsewhere = _from_hub_cache(file) if anywhere else None
    if elsewhere is not None and is_sound(elsewhere, file):
        return elsewhere
    with locked(path, file, clock):
        if is_sound(path, file):  # another process was faster
            return path
        with writing(file):
            path.unlink(missing_ok=True)
        for _ in range(2):
            _download(file, path, clock, progress)
            if is_sound(_partial(path), file):
                with writing(file):
                    sync(_partial(path))
                    _partial(path).replace(path)
                    sync(path.parent)
                return path
            log.warning("%s arrived with the right size and another content", file)
            _partial(path).unlink()
    raise failure(
        file, "it arrived twice with the right size and another content (sha256)",
        "a proxy or mirror may change it; try another network or HF_ENDPOINT",
    )  # fmt: skip


def clock_of(deadline: float) -> Clock:
    """A clock that runs from now on.

    Raises:
        ConfigError: if the deadline is no number of seconds above 0.
    """
    return Clock(real_number(deadline, "deadline", 0, LONGEST_DEADLINE, low_open=True))


def is_sound(path: Path, file: OfficialFile) -> bool:
    """Whether a file has the size and, where it is known, the sha256 that it must have."""
    return _size(path) == file.num_bytes and (file.sha256 is None or sha256_of(path) == file.sha256)


def model_files(repository: str, revision: str | None, clock: Clock) -> list[OfficialFile]:
    """The files of a model in our format on the hub, pinned to the commit that is there now.

    Only safetensors, their index and sums, and the configuration are listed: whatever else is in the repository,
    pickles above all, is never fetched.

    Raises:
        DownloadError: if the hub cannot be asked, or has no such model.
    """

    def ask() -> list[OfficialFile]:
        api = HfApi(endpoint=endpoint())
        info = api.model_info(repository, revision=revision, files_metadata=True, timeout=min(STALL, clock.left))
        if not COMMIT.fullmatch(info.sha or ""):
            raise failure(repository, "the hub tells no commit", "check HF_ENDPOINT: is it a hub?")
        files = []
        for entry in info.siblings or ():
            name = entry.rfilename
            if (name in (CONFIG_FILE, INDEX_FILE, SUMS_FILE) or SHARD.fullmatch(name)) and entry.size is not None:
                sha256 = entry.lfs.sha256 if entry.lfs is not None else None
                files.append(OfficialFile(repository, name, str(info.sha), entry.size, sha256))
        return files

    files = persist(repository, clock, ask, lambda: 0)
    names = {file.filename for file in files}
    if CONFIG_FILE not in names or not any(map(SHARD.fullmatch, names)):
        raise failure(
            repository, f"it has no {CONFIG_FILE} with safetensors beside it", "give a model that save_pretrained wrote"
        )
    # The configuration last: a folder that has it has everything.
    return sorted(files, key=lambda file: file.filename == CONFIG_FILE)


def check_disk(num_bytes: int, cache: str | Path | None, what: object) -> None:
    """Refuses to begin what the disk cannot hold.

    Raises:
        DownloadError: if the cache's disk has less than ``num_bytes`` and some spare bytes free.
    """
    free = free_disk(cache_folder(cache))
    if num_bytes and free is not None and free < num_bytes + SPARE:
        raise failure(
            what, f"it needs {gigabytes(num_bytes + SPARE)} of disk, {gigabytes(free)} is free",
            "free some space, or choose a cache on another disk",
        )  # fmt: skip


def endpoint() -> str:
    """The hub's address; HF_ENDPOINT is read now and not at import, so that a program may set it."""
    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


@contextlib.contextmanager
def locked(path: Path, what: object, clock: Clock) -> Iterator[None]:
    """Keeps other processes and threads from making the same file or folder.

    Raises:
        DownloadError: if the cache cannot be written, or another holds the lock until the deadline.
    """
    with writing(what):
        path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        with writing(what):
            try:
                stack.enter_context(held(path.with_name(f".{path.name}.lock"), patience=clock.left))
            except TimeoutError:
                raise failure(what, "another process is fetching it", "wait for that one, or end it") from None
        yield


def _download(file: OfficialFile, path: Path, clock: Clock, progress: Progress | None) -> None:
    partial = _partial(path)
    check_disk(file.num_bytes - min(_size(partial), file.num_bytes), path.parent, file)
    with writing(file):  # a read-only cache is noticed before anything is asked of the hub
        partial.touch()
    url = hf_hub_url(file.repository, file.filename, revision=file.revision, endpoint=endpoint())
    download(url, partial, file.num_bytes, file, clock, progress)


def _from_hub_cache(file: OfficialFile) -> Path | None:
    """The file in huggingface_hub's own cache, if the user has it there already."""
    if not COMMIT.fullmatch(file.revision):
        return None
    found = try_to_load_from_cache(file.repository, file.filename, revision=file.revision)
    return Path(found) if isinstance(found, str) and _size(Path(found)) == file.num_bytes else None


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial")


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
