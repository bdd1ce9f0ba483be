"""The example that the page opens with: one for all visitors, and none of them can take it from the others."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator

import pytest
from app_support import awaited, save_tiny_model

from app import example as example_module
from app.engine import Engine, Result, results_on
from app.models import Models
from app.studio import Studio
from var_core.pipeline import VARPipeline

Perform = Callable[[object], Iterator[Result]]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    folder = str(save_tiny_model(tmp_path_factory.mktemp("model")))
    pipe = VARPipeline.from_pretrained(folder, device="cpu", precision="exact")
    return Models([folder], VARPipeline.from_pretrained, first=pipe)


@pytest.fixture
def opened(models: Models) -> Iterator[Callable[..., Studio]]:
    """Opens a studio on an engine with a performer; all are closed in the end."""
    studios: list[Studio] = []

    def make(perform: Perform, *, early: bool = True) -> Studio:
        studios.append(Studio(Engine(models.pipeline(""), perform=perform), models, max_batch=2, early=early))
        return studios[-1]

    yield make
    for studio in studios:
        studio.close()


async def state(studio: Studio) -> str:
    return (await studio.example()).value["state"]


def test_a_visitor_who_waits_no_longer_does_not_take_the_example_from_the_next(
    models: Models, opened: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example_module, "PATIENCE", 0.1)
    gate = threading.Event()

    def perform(task: object) -> Iterator[Result]:
        assert gate.wait(30)
        yield from results_on(models.pipeline(""), task)

    async def visits() -> tuple[str, str]:
        studio = opened(perform)
        first = await state(studio)
        gate.set()
        monkeypatch.setattr(example_module, "PATIENCE", 30)
        return first, await state(studio)

    assert awaited(visits()) == ("empty", "example")


def test_an_example_that_failed_is_made_for_the_next_visitor(models: Models, opened: Callable[..., Studio]) -> None:
    begun: list[object] = []

    def perform(task: object) -> Iterator[Result]:
        begun.append(task)
        if len(begun) == 1:
            raise RuntimeError("not today")
        yield from results_on(models.pipeline(""), task)

    async def visits() -> list[str]:
        studio = opened(perform, early=False)
        return [await state(studio), *await asyncio.gather(state(studio), state(studio)), await state(studio)]

    assert awaited(visits()) == ["empty", "example", "example", "example"]
    assert len(begun) == 2


def test_an_example_that_is_not_made_early_is_made_for_the_first_visitor(
    models: Models, opened: Callable[..., Studio]
) -> None:
    visitor = contextvars.ContextVar("visitor", default="nobody")
    seen: list[str] = []

    def perform(task: object) -> Iterator[Result]:
        seen.append(visitor.get())
        yield from results_on(models.pipeline(""), task)

    async def visit() -> str:
        visitor.set("first")
        return await state(studio)

    studio = opened(perform, early=False)
    assert seen == []
    assert awaited(visit()) == "example"
    assert seen == ["first"]
