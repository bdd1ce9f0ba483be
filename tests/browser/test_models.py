"""Choosing a model: what it would take is said, fetching is shown and can be cancelled, and all falls back kindly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from app_support import save_tiny_model
from PIL import Image

from app import models as models_module
from app.screenshots import View, photograph
from app.settings import Settings
from var_core.errors import DownloadError
from var_core.pipeline import VARPipeline

pytestmark = pytest.mark.browser


def choose(visit: Any, name: str) -> None:
    visit.page.locator("#model input").click()
    visit.page.get_by_role("option", name=name).click()


def used(visit: Any, name: str) -> None:
    visit.page.wait_for_function("name => document.querySelector('#model input').value === name", arg=name)


def test_a_published_model_is_fetched_on_choice_cancelled_and_falls_back(
    visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit.page
    gone = threading.Event()

    def slowly(source: str, *, progress: Any) -> None:
        try:
            for arrived in range(1, 10_000):
                progress(arrived * 1_000_000, 1_679_200_532)
                threading.Event().wait(0.01)
        finally:
            gone.set()

    def broken(source: str, *, progress: Any) -> None:
        raise DownloadError("<b>The hub</b> is down.")

    monkeypatch.setattr(models_module, "ensure_model", slowly)
    choose(visit, "d16")
    page.get_by_text("1.68 GB to fetch").wait_for()
    page.get_by_text("Model d16: 10 scales, 680 tokens, 256×256 pixels, 1000 classes.").wait_for()
    page.locator("#class input").fill("金翅雀")
    page.get_by_text("1 class matches.").wait_for()
    page.locator("#class input").press("Enter")
    page.locator("#generate").click()
    page.get_by_text("Model must be one of this server’s").wait_for()
    page.locator("#fetch").click()
    page.get_by_text("Fetching d16:").wait_for()
    page.locator("#cancel-fetch").click()
    used(visit, "tiny")
    page.get_by_text("Cancelled. What has arrived is kept.").wait_for()
    assert gone.wait(10)
    page.wait_for_function("document.querySelector('#class input').value === 'volcano'")

    monkeypatch.setattr(models_module, "ensure_model", broken)
    choose(visit, "d16")
    page.locator("#fetch").click()
    page.get_by_text("d16 could not be fetched, so tiny is used. <b>The hub</b> is down.").wait_for()
    used(visit, "tiny")
    page.locator("#generate").click()
    visit.state("finished")
    visit.complaints.clear()  # Gradio logs every refusal


@pytest.fixture
def page_of_three(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The page of a server with one model that is here and two to be fetched, for which there is room."""
    from app.serving import serve

    monkeypatch.setattr("app.views.models.can_fetch", lambda model: not model.here)
    folder = save_tiny_model(tmp_path)
    pipe = VARPipeline.from_pretrained(folder, device="cpu", precision="exact")
    server = serve(Settings(model=f"{folder},d16,d20", port=0), pipe)
    page = browser.new_page()
    page.set_default_timeout(20_000)
    page.goto(server.url)
    page.wait_for_selector('canvas[data-run="example"][data-scale="10"]')
    yield page
    page.close()
    server.close()


def test_another_model_can_be_chosen_while_one_is_fetched_and_is_fetched_next(
    page_of_three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, go, begun = page_of_three, threading.Event(), []

    def slowly(source: str, *, progress: Any) -> None:
        begun.append(source)
        progress(1, 10)
        assert go.wait(20)
        raise DownloadError(f"{source} is nowhere.")

    def pick(name: str) -> None:
        page.locator("#model input").click()
        page.get_by_role("option", name=name, exact=True).click()

    monkeypatch.setattr(models_module, "ensure_model", slowly)
    pick("d16")
    page.locator("#fetch").click()
    page.get_by_text("Fetching d16:").wait_for()
    pick("d20")
    page.get_by_text("Model d20:").wait_for()
    page.locator(".model .note").first.get_by_text("to fetch first").wait_for()
    assert "Fetching d16:" in page.locator("#transfer").inner_text()
    assert page.locator("#fetch").is_hidden()
    go.set()
    page.get_by_text("d16 is nowhere.").wait_for()
    page.locator("#fetch").wait_for()
    assert page.locator("#cancel-fetch").is_hidden()
    assert page.locator("#model input").input_value() == "d20"
    go.clear()
    page.locator("#fetch").click()
    page.get_by_text("Fetching d20:").wait_for()
    assert begun == ["d16", "d20"]
    go.set()
    page.get_by_text("d20 could not be fetched, so tiny is used. d20 is nowhere.").wait_for()
    page.wait_for_function("document.querySelector('#model input').value === 'tiny'")
    assert page.locator("#fetch").is_hidden()


@pytest.mark.soak
def test_screenshots_are_made_of_the_rooms_sizes_and_schemes_asked_for(
    server: Any, browser: Any, tmp_path: Path
) -> None:
    views = [
        View("generate", "wide", "light"), View("generate", "narrow", "dark"), View("inspect", "wide", "dark"),
        View("papers", "narrow", "light"),
    ]  # fmt: skip
    paths = photograph(server.url, tmp_path, views, "en", 417, browser)
    pictures = {path.stem: Image.open(path) for path in paths}
    assert {name: picture.width for name, picture in pictures.items()} == {
        "generate-wide-light": 2560, "generate-narrow-dark": 720, "inspect-wide-dark": 2560,
        "papers-narrow-light": 720,
    }  # fmt: skip
    assert pictures["inspect-wide-dark"].height == 2 * 900
    light, dark = (np.asarray(pictures[name]).mean() for name in ("generate-wide-light", "inspect-wide-dark"))
    assert dark < 100 < light
