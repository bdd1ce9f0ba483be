"""Choosing a model: what it would take is said, fetching is shown and can be cancelled, and all falls back kindly."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app import models as models_module
from app.screenshots import View, photograph
from var_core.errors import DownloadError

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


@pytest.mark.soak
def test_screenshots_are_made_of_the_rooms_sizes_and_schemes_asked_for(
    server: Any, browser: Any, tmp_path: Path
) -> None:
    views = [View("generate", "wide", "light"), View("generate", "narrow", "dark"), View("inspect", "wide", "dark")]
    paths = photograph(server.url, tmp_path, views, "en", 417, browser)
    pictures = {path.stem: Image.open(path) for path in paths}
    assert {name: picture.width for name, picture in pictures.items()} == {
        "generate-wide-light": 2560, "generate-narrow-dark": 720, "inspect-wide-dark": 2560,
    }  # fmt: skip
    assert pictures["inspect-wide-dark"].height == 2 * 900
    light, dark = (np.asarray(pictures[name]).mean() for name in ("generate-wide-light", "inspect-wide-dark"))
    assert dark < 100 < light
