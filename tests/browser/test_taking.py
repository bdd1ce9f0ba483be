"""What a person takes away: files, a link, and the settings of an earlier run."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from app import studio as studio_module
from app.shelves import Shelves
from var_core.trace import load_trace

pytestmark = pytest.mark.browser
LINK = "?v=1&class=437&guidance=2.5&top_k=0&top_p=0.5&temperature=1.2&smooth=1&seed=123&count=2&model=tiny"


def fetched(visit: Any, name: str) -> tuple[str, bytes]:
    button = visit.page.get_by_role("button", name=name, exact=True)
    with visit.page.expect_download() as download:
        button.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def shown(visit: Any) -> dict[str, str]:
    page = visit.page
    ids = ("guidance", "count", "top-k", "top-p", "temperature")
    values = {name: page.locator(f"#{name} input[type=number]").input_value() for name in ids}
    values["class"] = page.locator("#class input").input_value()
    values["seed"] = page.locator("#seed input").input_value()
    values["smooth"] = str(page.locator("#smooth input").is_checked())
    values["new"] = str(page.locator("#new-seed input").is_checked())
    return values


def open_more(visit: Any) -> None:
    visit.page.locator("#more button").first.click()
    visit.page.locator("#smooth").wait_for()


READY = "#download:not([disabled])"


def generate(visit: Any, name: str) -> str:
    """Generates a picture of a class and returns the seed that is told."""
    page = visit.page
    page.locator("#class input").fill(name)
    page.locator("#class input").press("Enter")
    page.locator("#generate").click()
    page.wait_for_function(
        "name => document.querySelector('[data-part=status]').textContent.startsWith(`Done: ${name}`)", arg=name
    )
    return seed_told(visit)


def seed_told(visit: Any) -> str:
    return visit.page.locator('[data-part="status"]').inner_text().rpartition(" ")[2].removesuffix(".")


class Holding:
    """A task that keeps the model until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def stream(self, pipe: Any) -> Iterator[Any]:
        self.begun.set()
        assert self.go.wait(20)
        return iter(())


def test_strip_animation_and_trace_are_those_of_the_run(visit: Any, tmp_path: Path) -> None:
    visit.page.locator("#generate").click()
    visit.state("finished")
    visit.page.locator("#download-trace:not([disabled])").wait_for()
    name, data = fetched(visit, "Film strip")
    seed = int(name.removesuffix("-scales.png").rpartition("-")[2])
    assert Image.open(io.BytesIO(data)).size == (1280, 128)
    name, data = fetched(visit, "Animation")
    assert name == f"var-class-980-seed-{seed}.webp"
    assert Image.open(io.BytesIO(data)).n_frames == 10
    name, data = fetched(visit, "Record (zip)")
    assert name == f"var-class-980-seed-{seed}-trace.zip"
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    trace = load_trace(tmp_path)
    assert (trace.settings.class_ids, trace.settings.seeds) == ((980,), (seed,))
    assert [step.side for step in trace.steps] == [1, 2, 3, 4, 5, 6, 8, 10, 13, 16]


def test_the_files_are_those_of_the_run_on_the_screen_when_an_earlier_one_is_shown_again(
    visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, look, found = visit.page, Shelves.files, threading.Event()

    def slowly(*values: Any) -> Any:
        assert found.wait(20)
        return look(*values)

    monkeypatch.setattr(Shelves, "files", slowly)
    page.locator(READY).wait_for()
    first = generate(visit, "balloon")
    page.locator(READY).wait_for()
    second = generate(visit, "lighthouse")
    page.locator(READY).wait_for()
    kept = page.locator('[data-part="kept"] button')
    for button, class_id, seed in ((kept.nth(1), 417, first), (kept.nth(0), 437, second)):
        button.click()
        assert seed_told(visit) == seed
        page.locator("#download[disabled]").wait_for()
        found.set()
        page.locator(READY).wait_for()
        assert fetched(visit, "Download PNG")[0] == f"var-class-{class_id}-seed-{seed}.png"
        assert fetched(visit, "Record (zip)")[0] == f"var-class-{class_id}-seed-{seed}-trace.zip"
        found.clear()
    monkeypatch.setattr(Shelves, "files", lambda *values: None)  # as once they have been cleared away
    kept.nth(1).click()
    page.get_by_text("have been cleared away").wait_for()
    assert page.locator("#download").is_disabled()


def test_a_run_that_another_replaced_while_it_was_packed_fills_no_shelf_but_can_be_recalled(
    visit: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, packing, packed, put = visit.page, threading.Event(), threading.Event(), threading.Event()
    pack, keep, holding = studio_module.last_update, Shelves.put, Holding()

    def slowly(*values: Any) -> Any:
        packing.set()
        assert packed.wait(20)
        return pack(*values)

    def noted(*values: Any) -> None:
        keep(*values)
        put.set()

    page.locator(READY).wait_for()
    monkeypatch.setattr(studio_module, "last_update", slowly)
    monkeypatch.setattr(Shelves, "put", noted)
    first = generate(visit, "balloon")
    assert packing.wait(10)
    server.studio.engine.submit(holding)
    assert holding.begun.wait(10)
    page.locator("#generate").click()
    visit.state("waiting")
    packed.set()
    assert put.wait(10)
    page.locator("#stop").click()
    visit.state("stopped")  # told after whatever the first run has to tell
    assert page.locator("#download").is_disabled()
    holding.go.set()
    page.locator('[data-part="kept"] button').click()
    page.locator(READY).wait_for()
    assert fetched(visit, "Download PNG")[0] == f"var-class-417-seed-{first}.png"


def test_a_request_that_the_full_line_refuses_leaves_the_files_of_the_run_on_the_screen(
    visit: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, holding = visit.page, Holding()
    open_more(visit)
    page.locator(READY).wait_for()
    seed = generate(visit, "balloon")
    page.locator(READY).wait_for()
    monkeypatch.setattr(server.studio.engine, "queue_size", 1)
    server.studio.engine.submit(holding)
    assert holding.begun.wait(10)
    waiting = Holding()
    waiting.go.set()
    server.studio.engine.submit(waiting)
    page.locator("#generate").click()
    page.get_by_text("The line is full right now.").wait_for()
    assert seed_told(visit) == seed
    assert page.locator("#seed input").input_value() == seed
    assert fetched(visit, "Download PNG")[0] == f"var-class-417-seed-{seed}.png"
    holding.go.set()
    visit.complaints.clear()  # Gradio logs every refusal


def test_a_link_reopens_exactly_these_settings(visit: Any) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(visit.url + LINK)
    linked = page.get_by_text("Your link asks for lighthouse, seeds 123 to 124. Generate makes them;")
    linked.wait_for()
    open_more(visit)
    expected = {
        "class": "lighthouse", "guidance": "2.5", "count": "2", "top-k": "0", "top-p": "0.5", "temperature": "1.2",
        "seed": "123", "smooth": "True", "new": "False",
    }  # fmt: skip
    assert shown(visit) == expected
    assert linked.is_visible()  # and no message that goes by itself
    page.locator("#generate").click()
    visit.state("finished")
    assert linked.is_hidden()
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Link copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert page.url == copied
    assert parse_qs(urlsplit(copied).query) == parse_qs(LINK[1:])


BAD_LINKS = {
    "?v=2&class=437": "this one reads version 1, got",
    "?v=1&seed=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E": "Seed must be a whole number",
    "?v=1&class=980&guidance=nan": "Guidance must be a number from 0 to 10, got nan.",
    "?v=1&model=%3Cb%3E": "Model must be one of this server’s",
}


def test_a_bad_link_is_refused_and_inert(visit: Any) -> None:
    for query, message in BAD_LINKS.items():
        visit.page.goto(visit.url + query)
        visit.page.get_by_text(message).wait_for()
        assert visit.page.locator('img[src="x"]').count() == 0
        assert visit.page.locator("#class input").input_value() == "volcano"
    visit.complaints.clear()  # Gradio logs every refusal


def test_earlier_runs_are_kept_shown_again_and_their_settings_used_again(visit: Any) -> None:
    page = visit.page
    open_more(visit)
    assert page.locator('[data-part="history"]').is_hidden()
    page.locator("#class input").fill("balloon")
    page.locator("#class input").press("Enter")
    page.locator("#generate").click()
    visit.state("finished")
    first = page.locator('[data-part="status"]').inner_text()
    page.get_by_role("button", name="Wild").click()
    page.locator("#class input").fill("lighthouse")
    page.locator("#class input").press("Enter")
    page.wait_for_function("document.querySelector('#guidance input[type=number]').value === '1'")
    page.locator("#generate").click()
    page.wait_for_function("document.querySelector('[data-part=status]').textContent.startsWith('Done: lighthouse')")
    kept = page.locator('[data-part="kept"] button')
    assert kept.count() == 2
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    kept.nth(1).click()  # newest first
    visit.shown(10)
    assert page.locator('[data-part="status"]').inner_text() == first
    page.locator(READY).wait_for()
    assert not [url for url in calls if not url.startswith("data:") and "/queue/" not in url]  # files only
    page.get_by_role("button", name="Use these settings again").click()
    page.wait_for_function("document.querySelector('#guidance input[type=number]').value === '4'")
    values = shown(visit)
    assert (values["class"], values["top-k"], values["new"]) == ("balloon", "64", "False")
    assert f"seed {values['seed']}." in first
    final = visit.drawn()
    page.locator("#generate").click()
    page.wait_for_function("document.querySelectorAll('[data-part=kept] button').length === 3")
    visit.shown(10)
    page.wait_for_function("drawn => document.querySelector('canvas').toDataURL() === drawn", arg=final)
