"""The models of a server: what can be chosen, what stays in memory, how fetching ends."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from app_support import awaited, save_tiny_model

from app import models as models_module
from app.fetching import Fetches
from app.models import FetchCancelled, Models
from var_core.errors import CheckpointError, DownloadError
from var_core.pipeline import VARPipeline


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [str(save_tiny_model(tmp_path_factory.mktemp(name))) for name in "abc"]


def load(source: str) -> VARPipeline:
    return VARPipeline.from_pretrained(source, device="cpu", precision="exact")


def test_names_are_unique_and_the_first_is_what_nobody_names(folders: list[str]) -> None:
    models = Models([*folders, folders[0], "d16"], load)
    names = [model.name for model in models.all]
    assert names == ["tiny", *(f"tiny ({Path(folder).name})" for folder in folders[1:]), "d16"]
    assert models.get("") is models.get("tiny") is models.first
    assert [models.get(name) for name in ("none", None, 3, ["tiny"])] == [None] * 4


def test_the_model_not_used_for_longest_leaves_and_the_first_stays(folders: list[str]) -> None:
    first = load(folders[0])
    size = sum(p.numel() * p.element_size() for net in (first.tokenizer, first.transformer) for p in net.parameters())
    models = Models(folders, load, first=first, memory=int(2.5 * size))
    second, third = (model.name for model in models.all[1:])
    pipe = models.pipeline(second)
    assert models.pipeline(second) is pipe
    assert models.loaded == ["tiny", second]
    models.pipeline(third)
    assert models.loaded == ["tiny", third]
    assert models.pipeline("") is first
    assert models.pipeline(second) is not pipe
    assert models.loaded == ["tiny", second]


def test_a_published_model_that_is_not_here_is_offered_with_its_size_and_not_loaded(folders: list[str]) -> None:
    models = Models([folders[0], "d16"], load)
    model = models.get("d16")
    assert model is not None
    assert not model.here
    assert model.estimate is not None
    assert model.estimate.download_bytes == 1243124698 + 436075834
    assert len(model.config.classes) == 1000
    assert model.index.find("火山") == [980]
    with pytest.raises(CheckpointError, match="d16"):
        models.pipeline("d16")


def test_a_source_that_is_no_model_is_refused() -> None:
    with pytest.raises(CheckpointError, match="There is no model"):
        Models(["nowhere"], load)


def transfers(monkeypatch: pytest.MonkeyPatch, folders: list[str], ending: Exception | None) -> tuple[Fetches, list]:
    """Fetches of a network that sends a byte whenever asked, until it is cancelled or has sent ten."""
    begun: list[str] = []

    def slowly(source: str, *, progress: object) -> None:
        begun.append(source)
        for arrived in range(1, 11):
            threading.Event().wait(0.05)
            progress(arrived, 10)
        if ending is not None:
            raise ending

    monkeypatch.setattr(models_module, "ensure_model", slowly)
    monkeypatch.setattr("app.fetching.GLANCE", 0.02)
    return Fetches(Models([folders[0], "d16"], load)), begun


def test_two_who_wait_share_one_transfer(monkeypatch: pytest.MonkeyPatch, folders: list[str]) -> None:
    fetches, begun = transfers(monkeypatch, folders, None)

    async def watch() -> list[tuple[int, int]]:
        return [progress async for progress in fetches.follow("d16")]

    async def both() -> list[list[tuple[int, int]]]:
        return await asyncio.gather(watch(), watch())

    for seen in awaited(both()):
        assert len(seen) > 3
        assert seen == sorted(seen)
    assert begun == ["d16"]


def test_a_transfer_ends_when_the_last_who_waits_leaves(monkeypatch: pytest.MonkeyPatch, folders: list[str]) -> None:
    fetches, _ = transfers(monkeypatch, folders, None)

    async def leave() -> BaseException | None:
        follow = fetches.follow("d16")
        await anext(follow)
        transfer = fetches._running["d16"]
        await follow.aclose()
        return await asyncio.to_thread(transfer.done.exception, 5)

    assert isinstance(awaited(leave()), FetchCancelled)


def test_a_transfer_that_fails_tells_everybody_why(monkeypatch: pytest.MonkeyPatch, folders: list[str]) -> None:
    fetches, _ = transfers(monkeypatch, folders, DownloadError("the hub is down"))

    async def watch() -> None:
        async for _ in fetches.follow("d16"):
            pass

    with pytest.raises(DownloadError, match="the hub is down"):
        awaited(watch())
