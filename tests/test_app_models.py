"""The models of a server: what can be chosen, what stays in memory, how fetching ends."""

from __future__ import annotations

import asyncio
import threading
import weakref
from pathlib import Path

import pytest
import torch
from app_support import awaited, save_tiny_model

from app import models as models_module
from app.fetching import Fetches
from app.models import FetchCancelled, Models
from app.text import CHINESE, reason
from var_core import resources
from var_core.errors import CheckpointError, ConfigError, DeviceError, DownloadError
from var_core.pipeline import VARPipeline
from var_core.registry import OFFICIAL_MODELS


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


def size_of(pipe: VARPipeline) -> int:
    return sum(p.numel() * p.element_size() for net in (pipe.tokenizer, pipe.transformer) for p in net.parameters())


def test_every_folder_is_offered_whatever_model_and_folder_are_called(tmp_path: Path) -> None:
    folders = [save_tiny_model(tmp_path / parent / "model") for parent in ("a", "b", "c", "deep/c")]
    models = Models([*map(str, folders), f"{folders[1]}/../model"], load)
    assert [model.name for model in models.all] == [
        "tiny", "tiny (model)", "tiny (c/model)", "tiny (c/model, 2)",
    ]  # fmt: skip
    assert [model.source for model in models.all] == list(map(str, folders))


def test_the_model_not_used_for_longest_leaves_and_the_first_stays(folders: list[str]) -> None:
    first = load(folders[0])
    models = Models(folders, load, first=first, memory=int(2.5 * size_of(first)))
    second, third = (model.name for model in models.all[1:])
    pipe = models.pipeline(second)
    assert models.pipeline(second) is pipe
    assert models.loaded == ["tiny", second]
    models.pipeline(third)
    assert models.loaded == ["tiny", third]
    assert models.pipeline("") is first
    assert models.pipeline(second) is not pipe
    assert models.loaded == ["tiny", second]


def test_what_the_limit_cannot_hold_beside_the_first_is_refused_with_a_remedy(folders: list[str]) -> None:
    first = load(folders[0])
    models = Models(folders, load, first=first, memory=int(1.2 * size_of(first)))
    with pytest.raises(DeviceError, match="start the server with more --memory") as refused:
        models.pipeline(models.all[1].name)
    assert reason(refused.value, CHINESE).startswith("模型")
    assert models.loaded == ["tiny"]
    assert models.pipeline("") is first
    with pytest.raises(ConfigError, match=r"at least the .* that the first model takes"):
        Models(folders, load, first=first, memory=size_of(first) // 2)


def test_without_a_limit_the_oldest_leaves_when_the_device_has_no_room(
    monkeypatch: pytest.MonkeyPatch, folders: list[str]
) -> None:
    first = load(folders[0])
    models = Models(folders, load, first=first)
    pipes: list[weakref.ref[VARPipeline]] = [weakref.ref(first)]
    emptied: list[int] = []

    def alive() -> int:
        return sum(pipe() is not None for pipe in pipes)

    def noted(source: str) -> VARPipeline:
        pipe = load(source)
        pipes.append(weakref.ref(pipe))
        return pipe

    room = 2.9 * size_of(first)
    models._load = noted
    monkeypatch.setattr(resources, "available_memory", lambda device: room - alive() * size_of(first))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append(alive()))
    second, third = (model.name for model in models.all[1:])
    models.pipeline(second)
    assert emptied == []
    models.pipeline(third)
    assert models.loaded == ["tiny", third]
    assert emptied == [1]  # the cache was emptied once the second was gone, before the third came
    room = 1.5 * size_of(first)
    with pytest.raises(DeviceError, match="is free"):
        models.pipeline(second)
    assert models.loaded == ["tiny"]


def test_memory_that_runs_out_while_loading_is_made_free_too(folders: list[str]) -> None:
    first, refused = load(folders[0]), []

    def short(source: str) -> VARPipeline:
        if len(models.loaded) > 1:
            refused.append(source)
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return load(source)

    models = Models(folders, load, first=first)
    second, third = (model.name for model in models.all[1:])
    models.pipeline(second)
    models._load = short
    models.pipeline(third)
    assert len(refused) == 1
    assert models.loaded == ["tiny", third]


def test_what_a_model_would_take_is_told_for_the_device_and_precision_in_force(
    monkeypatch: pytest.MonkeyPatch, folders: list[str]
) -> None:
    first = VARPipeline.from_pretrained(folders[0], device="cpu", precision="fast")
    model = Models([folders[0], "d30"], load, first=first).get("d30")
    assert model is not None
    assert model.estimate is not None
    assert model.estimate.memory_bytes == OFFICIAL_MODELS["d30"].memory_bytes("fast")

    asked: list[torch.device] = []
    monkeypatch.setattr("var_core.model_cache.available_memory", asked.append)
    first.device = torch.device("cuda")
    model = Models([folders[0], "d30"], load, first=first).get("d30")
    assert model is not None
    assert model.estimate is not None
    assert asked == [torch.device("cuda")]


def test_a_model_that_the_limit_would_refuse_is_not_offered_for_fetching(
    monkeypatch: pytest.MonkeyPatch, folders: list[str]
) -> None:
    monkeypatch.setattr("var_core.model_cache.available_memory", lambda device: 10**12)
    fits = {}
    for memory in (None, 2 * 10**9, 10**9):
        model = Models([folders[0], "d16"], load, first=load(folders[0]), memory=memory).get("d16")
        assert model is not None
        assert model.estimate is not None
        fits[memory] = model.estimate.fits_memory
    assert fits == {None: True, 2 * 10**9: True, 10**9: False}


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
