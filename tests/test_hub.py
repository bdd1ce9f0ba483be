"""Downloads: whatever the hub, the network or the disk does, a file is whole and right, or there is one clear error."""

from __future__ import annotations

import errno
import re
import shutil
import socket
import threading
import time
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_hub import COMMIT, REPOSITORY, FakeHub, fake_hub
from huggingface_hub import constants

from var_core import hub as hub_module
from var_core import transfer
from var_core.errors import ConfigError, DownloadError, VarError
from var_core.hub import cached_path, fetch, missing_bytes
from var_core.registry import OfficialFile

CONTENT = bytes(range(256)) * 4000  # about 1 MB
TOKEN = "hf_thistokenissecret"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with fake_hub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "foreign"))
        monkeypatch.setattr(transfer, "PAUSE", 0.01)
        yield server


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def file(hub: FakeHub) -> OfficialFile:
    return hub.put("var.pth", CONTENT)


def partial(file: OfficialFile, cache: Path) -> Path:
    path = cached_path(file, cache)
    return path.with_name(f"{path.name}.partial")


def assert_clear(error: VarError, file: OfficialFile, said: str) -> None:
    message = str(error)
    assert file.filename in message
    assert file.repository in message
    assert "Remedy: " in message
    assert re.search(said, message), message
    for secret in (TOKEN, "127.0.0.1", "secret page", "http://", "Bearer"):
        assert secret not in message


def assert_refused(file: OfficialFile, cache: Path, said: str, deadline: float = 30.0) -> None:
    with pytest.raises(DownloadError) as caught:
        fetch(file, cache=cache, deadline=deadline)
    assert_clear(caught.value, file, said)
    assert not cached_path(file, cache).exists()


def test_a_file_is_fetched_once_and_reported_on(hub: FakeHub, file: OfficialFile, cache: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = fetch(file, cache=cache, progress=lambda done, total: seen.append((done, total)))
    assert path == cached_path(file, cache)
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert fetch(file, cache=cache) == path
    assert len(hub.requests) == 1
    assert not partial(file, cache).exists()
    assert missing_bytes(file, cache) == 0


def test_the_pinned_revision_is_asked_for_with_the_log_in(hub: FakeHub, file: OfficialFile, cache: Path) -> None:
    fetch(file, cache=cache)
    assert hub.requests == [("GET", f"/{REPOSITORY}/resolve/{COMMIT}/var.pth", "")]
    assert hub.authorizations == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("401", r"log-in \(401\)"),
        ("403", r"refuses access \(403\)"),
        ("404", r"no such file.*\(404\)"),
        ("429", r"too many requests \(429\)"),
        ("500", r"in trouble \(500\)"),
        ("503", r"in trouble \(503\)"),
        ("418", r"in trouble \(418\)"),
        ("reset", "cannot be reached or hung up"),
        ("corrupt", "twice with the right size and another content"),
        ("another size", "offers 1024001 bytes where 1024000 are expected"),
    ],
)
def test_every_fault_becomes_one_clear_error(
    hub: FakeHub, file: OfficialFile, cache: Path, fault: str, said: str
) -> None:
    hub.fault[file.filename] = fault
    assert_refused(file, cache, said)


@pytest.mark.parametrize("fault", ["429", "500", "503", "reset", "truncated", "corrupt"])
def test_a_passing_fault_is_survived(hub: FakeHub, file: OfficialFile, cache: Path, fault: str) -> None:
    hub.fault[file.filename], hub.times = fault, 1
    assert fetch(file, cache=cache).read_bytes() == CONTENT
    assert len(hub.requests) == 2


@pytest.mark.parametrize("status", ["401", "403", "404"])
def test_a_refusal_is_not_repeated(hub: FakeHub, file: OfficialFile, cache: Path, status: str) -> None:
    hub.fault[file.filename] = status
    assert_refused(file, cache, status)
    assert len(hub.requests) == 1


def test_the_log_in_does_not_follow_to_another_host(
    hub: FakeHub, file: OfficialFile, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large files come from a storage host, by way of a signed address."""
    hub.fault[file.filename], hub.times = "truncated", 1
    with fake_hub() as front:
        front.redirect = hub.url.replace("127.0.0.1", "localhost")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        monkeypatch.setenv("HF_ENDPOINT", front.url)
        assert fetch(file, cache=cache).read_bytes() == CONTENT
        assert front.authorizations == [f"Bearer {TOKEN}"] * 2
    assert hub.authorizations == [None, None]
    assert hub.asked_for(file.filename)[1].startswith("bytes=")


def test_a_hub_that_wants_a_long_wait_is_not_waited_for(hub: FakeHub, file: OfficialFile, cache: Path) -> None:
    hub.fault[file.filename], hub.retry_after = "429", "3600"
    assert_refused(file, cache, "429")
    assert len(hub.requests) == 1


def test_what_has_arrived_is_kept_and_gone_on_with(hub: FakeHub, file: OfficialFile, cache: Path) -> None:
    hub.fault[file.filename] = "truncated"
    hub.times = 1
    with pytest.raises(DownloadError):  # the first try brings half, then the hub is down
        fetch(
            file, cache=cache, progress=lambda *_: hub.fault.update({file.filename: "500"}) or setattr(hub, "times", 99)
        )
    half = partial(file, cache).stat().st_size
    assert 0 < half < len(CONTENT)
    assert missing_bytes(file, cache) == len(CONTENT) - half
    hub.times = 0
    hub.requests.clear()
    assert fetch(file, cache=cache).read_bytes() == CONTENT
    assert hub.asked_for(file.filename) == [f"bytes={half}-"]


def test_a_hub_without_ranges_sends_everything_again(hub: FakeHub, file: OfficialFile, cache: Path) -> None:
    partial(file, cache).parent.mkdir(parents=True)
    partial(file, cache).write_bytes(b"y" * 1000)
    hub.fault[file.filename] = "no ranges"
    assert fetch(file, cache=cache).read_bytes() == CONTENT


def test_an_answer_for_another_range_is_not_believed(hub: FakeHub, file: OfficialFile, cache: Path) -> None:
    partial(file, cache).parent.mkdir(parents=True)
    partial(file, cache).write_bytes(CONTENT[:1000])
    hub.fault[file.filename] = "wrong range"
    assert_refused(file, cache, "where 1024000 are expected")


@pytest.mark.parametrize("left", [b"z" * 5000, b"z" * len(CONTENT), b"z" * (len(CONTENT) + 7)])
def test_a_foreign_partial_file_is_replaced(hub: FakeHub, file: OfficialFile, cache: Path, left: bytes) -> None:
    partial(file, cache).parent.mkdir(parents=True)
    partial(file, cache).write_bytes(left)
    assert fetch(file, cache=cache).read_bytes() == CONTENT


@pytest.mark.parametrize("damage", [CONTENT[:-1], b"", b"\xff" + CONTENT[1:]])
def test_a_damaged_file_in_the_cache_is_fetched_again(
    hub: FakeHub, file: OfficialFile, cache: Path, damage: bytes
) -> None:
    fetch(file, cache=cache).write_bytes(damage)
    assert fetch(file, cache=cache).read_bytes() == CONTENT
    assert len(hub.requests) == 2


@pytest.mark.parametrize("fault", ["slow", "trickle"])
def test_the_deadline_ends_it(hub: FakeHub, file: OfficialFile, cache: Path, fault: str) -> None:
    hub.fault[file.filename] = fault
    began = time.monotonic()
    assert_refused(file, cache, "not done in 0.4 seconds|did not answer in time", deadline=0.4)
    assert time.monotonic() - began < 10
    assert partial(file, cache).stat().st_size < len(CONTENT)


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), float("inf"), True, "60", None])
def test_bad_deadlines_are_refused(file: OfficialFile, cache: Path, hub: FakeHub, deadline: object) -> None:
    with pytest.raises(ConfigError, match="deadline"):
        fetch(file, cache=cache, deadline=deadline)  # type: ignore[arg-type]
    assert not hub.requests


def test_an_absent_hub_is_named_as_such(
    file: OfficialFile, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    assert_refused(file, cache, "cannot be reached")
    monkeypatch.setenv("HF_ENDPOINT", "not an address")
    assert_refused(file, cache, "cannot be reached")


def test_offline_mode_is_named_as_such(
    file: OfficialFile, cache: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert_refused(file, cache, "HF_HUB_OFFLINE is set")
    assert not hub.requests


def test_offline_mode_serves_what_is_here(
    file: OfficialFile, cache: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fetch(file, cache=cache)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert fetch(file, cache=cache) == path


def test_a_copy_in_the_hub_librarys_own_cache_is_used_if_sound(
    file: OfficialFile, cache: Path, hub: FakeHub, tmp_path: Path
) -> None:
    snapshot = tmp_path / "foreign" / f"models--{REPOSITORY.replace('/', '--')}" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / file.filename).write_bytes(CONTENT)
    assert missing_bytes(file, cache) == 0
    assert fetch(file, cache=cache) == snapshot / file.filename
    assert not hub.requests
    assert fetch(file, cache=cache, anywhere=False) == cached_path(file, cache)
    shutil.rmtree(cache)
    (snapshot / file.filename).write_bytes(b"\xff" + CONTENT[1:])
    assert fetch(file, cache=cache) == cached_path(file, cache)
    assert (snapshot / file.filename).read_bytes()[0] == 0xFF  # another program's file is left alone


Usage = namedtuple("Usage", "total used free")


def test_a_full_disk_is_said_before_anything_is_asked(
    file: OfficialFile, cache: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 1000))
    assert_refused(file, cache, "needs 51.0 MB of disk, 0.0 MB is free")
    assert not hub.requests


class FullDisk:
    """A file that takes the first bytes and then says that the disk is full."""

    def __init__(self, file: object, code: int) -> None:
        self.file, self.code = file, code

    def __enter__(self) -> FullDisk:
        return self

    def __exit__(self, *_args: object) -> None:
        self.file.close()  # type: ignore[attr-defined]

    def seek(self, place: int) -> None:
        self.file.seek(place)  # type: ignore[attr-defined]

    def write(self, chunk: bytes) -> None:
        self.file.write(chunk[:10])  # type: ignore[attr-defined]
        raise OSError(self.code, "the system's words")


@pytest.mark.parametrize(("code", "said"), [(errno.ENOSPC, "disk is full"), (errno.EIO, "cannot be written")])
def test_a_disk_that_fails_under_way_is_one_clear_error(
    file: OfficialFile, cache: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    opened = Path.open

    def open_full(path: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
        found = opened(path, mode, *args, **kwargs)  # type: ignore[call-overload]
        return FullDisk(found, code) if path.suffix == ".partial" and mode != "rb" else found

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_full)
        assert_refused(file, cache, said)
    assert fetch(file, cache=cache).read_bytes() == CONTENT


def test_a_cache_that_cannot_be_written_is_said_before_anything_is_asked(
    file: OfficialFile, hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("no folder")
    assert_refused(file, tmp_path / "taken", "cache cannot be written")

    def read_only(_path: Path, *_args: object, **_kwargs: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", read_only)
    assert_refused(file, tmp_path / "other", r"cannot be written \(Read-only file system\)")
    assert not hub.requests


def test_a_read_only_cache_serves_what_it_has(
    file: OfficialFile, cache: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fetch(file, cache=cache)

    def read_only(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    for name in ("mkdir", "unlink", "replace", "touch"):
        monkeypatch.setattr(Path, name, read_only)
    assert fetch(file, cache=cache) == path


def test_many_at_once_fetch_one_whole_file(hub: FakeHub, file: OfficialFile, cache: Path) -> None:
    paths: list[Path] = []
    threads = [threading.Thread(target=lambda: paths.append(fetch(file, cache=cache))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert paths == [cached_path(file, cache)] * 6
    assert paths[0].read_bytes() == CONTENT
    assert len(hub.requests) == 1


def test_a_lock_that_is_not_let_go_ends_with_the_deadline(hub: FakeHub, file: OfficialFile, cache: Path) -> None:
    with hub_module.locked(cached_path(file, cache), file, transfer.Clock(5)):
        assert_refused(file, cache, "another process", deadline=0.3)


def test_the_cache_lies_in_the_hub_librarys_folder_unless_one_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_ASSETS_CACHE", "/somewhere/assets")
    assert hub_module.cache_folder() == Path("/somewhere/assets/var_core")
    assert hub_module.cache_folder("there") == Path("there")
