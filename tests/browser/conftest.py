"""One server, one browser for all tests of the page.

Without Chromium or Playwright they are skipped; with ``VAR_REQUIRE_BROWSER=1`` that is a failure.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent.parent))

from app_support import save_tiny_model

from app.favourites import thumbnail
from app.settings import Settings, silence_analytics
from var_core.pipeline import VARPipeline


def _missing(what: str) -> None:
    if os.environ.get("VAR_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{what} is missing, and VAR_REQUIRE_BROWSER=1 demands it")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        _missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    silence_analytics()
    from app import favourites
    from app.serving import serve

    kept = favourites.FOLDER
    folder, sights = save_tiny_model(tmp_path_factory.mktemp("model")), tmp_path_factory.mktemp("favourites")
    for class_id in (417, 437):  # balloon and lighthouse
        (sights / f"{class_id}.webp").write_bytes(thumbnail(np.full((32, 32, 3), class_id % 256, np.uint8)))
    favourites.FOLDER = sights
    pipe = VARPipeline.from_pretrained(folder, device="cpu", precision="exact")
    server = serve(Settings(model=f"{folder},d16", port=0), pipe)
    yield server
    server.close()
    favourites.FOLDER = kept


class Visit:
    """A page, and what went wrong on it."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note)
        page.on("dialog", lambda dialog: (self.complaints.append("a script ran"), dialog.dismiss()))

    def open(self) -> None:
        self.page.goto(self.url)
        self.page.wait_for_selector('canvas[data-run="example"][data-scale="10"]')

    def state(self, state: str) -> None:
        self.page.wait_for_selector(f'[data-part="player"][data-state="{state}"]')

    def shown(self, scale: int) -> None:
        self.page.wait_for_selector(f'canvas[data-scale="{scale}"]')

    def drawn(self) -> str:
        return self.page.evaluate("document.querySelector('[data-part=canvas]').toDataURL()")

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.foreign.append(request.url)


@pytest.fixture(scope="session")
def contexts(browser: Any) -> Iterator[dict[str, Any]]:
    """One context for each kind of visitor: what the page loads is then fetched and compiled once."""
    contexts: dict[str, Any] = {}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture
def visit(server: Any, browser: Any, contexts: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[Visit]:
    options = {"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})}
    if repr(options) not in contexts:
        contexts[repr(options)] = browser.new_context(**options)
        contexts[repr(options)].set_default_timeout(20_000)
    context = contexts[repr(options)]
    visit = Visit(context.new_page(), server.url)
    visit.open()
    yield visit
    visit.page.evaluate("localStorage.clear()")
    visit.page.close()
    context.clear_permissions()
    assert not visit.complaints
    assert not visit.foreign
