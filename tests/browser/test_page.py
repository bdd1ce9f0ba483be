"""The page as people meet it. Every test also demands a silent console and no request to anywhere else."""

from __future__ import annotations

import base64
import io
import threading
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.presets import OPENING, within
from app.text import TEXTS
from var_core.images import to_pixels

pytestmark = pytest.mark.browser
NARROW = {"viewport": {"width": 360, "height": 740}}

# Every picture that is drawn from here on, with the run and scale that it is said to be.
RECORD = """() => {
  window.drawn = [];
  const canvas = document.querySelector('[data-part=canvas]');
  new MutationObserver(() => {
    const { run, scale } = canvas.dataset;
    window.drawn.push({ run, scale: Number(scale), picture: canvas.toDataURL() });
  }).observe(canvas, { attributes: true, attributeFilter: ['data-scale'] });
}"""


def pixels(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))).convert("RGB"))


def pick(visit: Any, name: str) -> None:
    visit.page.locator("#class input").fill(name)
    visit.page.get_by_role("option", name=name).first.click()


def test_it_opens_with_a_finished_example_that_plays(visit: Any) -> None:
    page = visit.page
    assert page.locator("h1").count() == 1
    assert page.locator('[data-part="strip"] button:not(:disabled)').count() == 10
    assert "Scale 10 of 10 · 16×16 tokens · guidance 4.0" in page.locator('[data-part="caption"]').inner_text()
    assert "finished" in page.locator('[data-part="honest"]').inner_text()
    page.evaluate(RECORD)
    page.locator('[data-part="speed"]').select_option("4")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("window.drawn.length >= 10")
    page.get_by_role("button", name="Play").wait_for()
    assert [entry["scale"] for entry in page.evaluate("window.drawn")] == list(range(1, 11))


def test_generating_draws_ten_different_scales_in_order_and_ends_with_the_models_picture(
    visit: Any, server: Any
) -> None:
    page = visit.page
    page.evaluate(RECORD)
    pick(visit, "balloon")
    page.locator("#generate").click()
    visit.state("finished")
    page.wait_for_selector('canvas[data-scale="10"]:not([data-run="example"])')
    drawn = page.evaluate("window.drawn.filter((entry) => entry.run !== 'example')")
    assert [entry["scale"] for entry in drawn] == list(range(1, 11))
    assert len({entry["picture"] for entry in drawn}) == 10
    assert len({entry["run"] for entry in drawn}) == 1

    status = page.locator('[data-part="status"]').inner_text()
    seed = int(status.removeprefix("Done: balloon, seed ").removesuffix("."))
    options = within(OPENING, 64)
    expected = to_pixels(server.studio.engine.pipe.sample([417], seeds=[seed], options=options))[0]
    preview = pixels(visit.drawn())
    assert np.abs(preview.astype(int) - expected).mean() < 12  # lossy, for the screen
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    assert download.value.suggested_filename == f"var-class-417-seed-{seed}.png"
    assert (np.asarray(Image.open(download.value.path())) == expected).all()

    page.locator("#more button").first.click()
    assert page.locator("#seed input").input_value() == str(seed)


def test_four_pictures_refine_together(visit: Any) -> None:
    page = visit.page
    page.locator("#count input[type=number]").fill("4")
    page.locator("#count input[type=number]").press("Tab")
    page.locator("#generate").click()
    visit.state("finished")
    visit.page.wait_for_selector('canvas[data-scale="10"][width="256"]')
    assert "seeds" in page.locator('[data-part="status"]').inner_text()


def test_a_place_without_a_picture_is_paper(visit: Any) -> None:
    page = visit.page
    page.locator("#count input[type=number]").fill("3")
    page.locator("#count input[type=number]").press("Tab")
    page.locator("#generate").click()
    visit.state("finished")
    page.wait_for_selector('canvas[data-scale="10"][width="256"]')
    alpha = "at => document.querySelector('[data-part=canvas]').getContext('2d').getImageData(...at, 1, 1).data[3]"
    assert [page.evaluate(alpha, at) for at in ([64, 64], [192, 64], [64, 192], [192, 192])] == [255, 255, 255, 0]


def hold(server: Any, monkeypatch: pytest.MonkeyPatch, after: int) -> threading.Event:
    """Lets the model make ``after`` scales and then wait for the event."""
    pipe, go, made = server.studio.engine.pipe, threading.Event(), []
    decode = pipe.decode

    def slowly(latent: Any) -> Any:
        made.append(1)
        if len(made) > after:
            assert go.wait(20)
        return decode(latent)

    monkeypatch.setattr(pipe, "decode", slowly)
    return go


def test_stop_ends_the_run_where_it_is(visit: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    go = hold(server, monkeypatch, after=3)
    visit.page.locator("#generate").click()
    visit.shown(3)
    with visit.page.expect_response("**/run/**"):
        visit.page.locator("#stop").click()
    go.set()
    visit.state("stopped")
    assert "Stopped after scale" in visit.page.locator('[data-part="status"]').inner_text()
    assert visit.page.locator('[data-part="strip"] button:not(:disabled)').count() <= 4
    visit.page.locator("#generate").click()
    visit.state("finished")


def test_closing_the_tab_frees_the_model(server: Any, browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    go = hold(server, monkeypatch, after=2)
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector('canvas[data-run="example"]')
    page.locator("#generate").click()
    page.wait_for_selector('canvas[data-scale="2"]:not([data-run="example"])')
    run = server.studio.engine._running
    assert run is not None
    context.close()
    go.set()
    deadline = 400
    while server.studio.engine._running is run and deadline:
        threading.Event().wait(0.05)
        deadline -= 1
    assert server.studio.engine._running is not run


def test_generating_again_replaces_the_run_and_no_old_frame_is_drawn(
    visit: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit.page
    page.evaluate(RECORD)
    go = hold(server, monkeypatch, after=2)
    page.locator("#generate").click()
    visit.shown(2)
    pick(visit, "lighthouse")
    page.locator("#generate").click()
    go.set()
    visit.state("finished")
    visit.shown(10)
    drawn = page.evaluate("window.drawn.filter((entry) => entry.run !== 'example')")
    runs = list(dict.fromkeys(entry["run"] for entry in drawn))
    assert len(runs) == 2
    assert [entry["scale"] for entry in drawn if entry["run"] == runs[1]] == list(range(1, 11))
    last_of_old = max(index for index, entry in enumerate(drawn) if entry["run"] == runs[0])
    assert last_of_old < min(index for index, entry in enumerate(drawn) if entry["run"] == runs[1])
    assert "lighthouse" in page.locator('[data-part="status"]').inner_text()


def test_scales_are_scrubbed_by_keyboard_alone_and_without_the_server(visit: Any) -> None:
    page = visit.page
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    last = visit.drawn()
    slider = page.get_by_role("slider", name="Scale", exact=True)
    slider.focus()
    slider.press("ArrowLeft")
    visit.shown(9)
    assert visit.drawn() != last
    assert "sum so far" in page.locator('[data-part="honest"]').inner_text()
    assert page.locator("canvas").get_attribute("aria-label") == "volcano, scale 9 of 10, 13 by 13 tokens"
    assert slider.get_attribute("aria-valuetext").startswith("Scale 9 of 10 · 13×13 tokens")
    slider.press("Home")
    visit.shown(1)
    slider.press("End")
    visit.shown(10)
    assert visit.drawn() == last
    page.keyboard.press("Tab")  # speed
    page.keyboard.press("Tab")  # the strip is one stop, at the scale that is shown
    page.keyboard.press("ArrowLeft")
    visit.shown(9)
    assert page.evaluate("document.activeElement.getAttribute('aria-current')") == "true"
    assert not [url for url in calls if not url.startswith("data:")]


def test_a_refusal_is_shown_and_the_page_goes_on(visit: Any) -> None:
    page = visit.page
    page.locator("#more button").first.click()
    page.get_by_label("New seed every time").uncheck()
    page.locator("#seed input").fill("-5")
    page.locator("#generate").click()
    page.get_by_text("Seed must be a whole number from 0 to 4294967295, got -5.").wait_for()
    title = "getComputedStyle(document.querySelector('.toast-title.error'), '::before').content"
    assert page.evaluate(title) == '"That did not work"'
    page.evaluate("document.documentElement.lang = 'zh'")
    assert page.evaluate(title) == '"未能完成"'
    page.evaluate("document.documentElement.lang = 'en'")
    page.locator("#seed input").fill("5")
    page.locator("#generate").click()
    visit.state("finished")
    assert "seed 5." in page.locator('[data-part="status"]').inner_text()
    visit.complaints.clear()  # Gradio logs every refusal


def test_the_language_changes_under_the_picture(visit: Any) -> None:
    page = visit.page
    page.get_by_text("中文", exact=True).click()
    page.get_by_role("button", name="生成").wait_for()
    page.get_by_role("button", name="播放").wait_for()
    assert "尺度 10/10" in page.locator('[data-part="caption"]').inner_text()
    assert page.locator("h1").inner_text() == "一幅画，由粗到细"
    assert page.title() == TEXTS["zh"].title != TEXTS["en"].title
    visit.shown(10)
    page.get_by_text("English", exact=True).click()
    page.get_by_role("button", name="Generate").wait_for()
    assert page.title() == TEXTS["en"].title


def test_a_hostile_class_name_is_text(visit: Any) -> None:
    pick(visit, "<img")
    visit.page.locator("#generate").click()
    visit.state("finished")
    assert "<img src=x" in visit.page.locator('[data-part="status"]').inner_text()
    assert visit.page.locator('img[src="x"]').count() == 0


@pytest.mark.parametrize("visit", [NARROW], indirect=True)
def test_a_phone_shows_class_button_and_most_of_the_picture_at_once(visit: Any) -> None:
    page = visit.page
    height = page.viewport_size["height"]
    print_box = page.locator('[data-part="print"]').bounding_box()
    assert print_box["y"] + 0.6 * print_box["height"] < height
    assert page.locator("#class input").bounding_box()["y"] < page.locator("#generate").bounding_box()["y"]
    assert page.locator("#generate").bounding_box()["y"] < print_box["y"]
    page.locator("#generate").click()
    visit.state("finished")
    box = "JSON.stringify(document.querySelector('[data-part=print]').getBoundingClientRect())"
    page.wait_for_function(f"JSON.parse({box}).bottom <= innerHeight")
    assert page.evaluate("document.querySelector('#generate').getBoundingClientRect().top") > 0  # and is not lost


@pytest.mark.parametrize("visit", [NARROW], indirect=True)
def test_the_other_settings_unfold_on_a_phone_and_keys_meet_them_in_their_order(visit: Any) -> None:
    page = visit.page
    fold = page.get_by_role("button", name="Settings", exact=True)
    assert fold.get_attribute("aria-expanded") == "false"
    for folded in ("#guidance", "#count", ".presets"):
        assert page.locator(folded).is_hidden()
    fold.click()
    assert fold.get_attribute("aria-expanded") == "true"
    fold.focus()
    met: list[int] = []
    for _ in range(40):
        place = page.evaluate(
            """() => {
              const box = document.activeElement.getBoundingClientRect();
              const form = document.activeElement.closest('.controls') !== null;
              return form ? Math.round((box.top + box.bottom) / 2 + scrollY) : null;
            }"""
        )
        if place is None:
            break
        met.append(place)
        page.keyboard.press("Tab")
    assert len(met) > 8
    # Where one line ends the next begins; fields of one line differ by some pixels.
    assert all(after >= before - 24 for before, after in pairwise(met))
    fold.click()
    assert page.locator("#guidance").is_hidden()


def test_the_settings_need_no_unfolding_where_there_is_room(visit: Any) -> None:
    assert visit.page.get_by_role("button", name="Settings", exact=True).count() == 0
    assert visit.page.locator("#guidance").is_visible()


def test_the_note_on_a_model_lies_right_under_its_field(visit: Any) -> None:
    field = visit.page.locator("#model").bounding_box()
    said = visit.page.get_by_text("Ready.", exact=True).bounding_box()
    assert 0 <= said["y"] - field["y"] - field["height"] < 12


def test_gradios_own_controls_are_named_in_the_language_of_the_page(visit: Any) -> None:
    page = visit.page
    reset = page.locator("#guidance .reset-button")
    for language, button, text in (("中文", "生成", TEXTS["zh"]), ("English", "Generate", TEXTS["en"])):
        page.get_by_text(language, exact=True).click()
        page.get_by_role("button", name=button, exact=True).wait_for()
        page.get_by_role("slider", name=text.range_slider.format(name=text.guidance)).wait_for()
        assert reset.get_attribute("aria-label") == text.reset
        assert page.locator("#rooms .overflow-menu > button").get_attribute("aria-label") == text.more_tabs
        page.get_by_role("spinbutton", name=text.number_input.format(name=text.guidance)).wait_for()


@pytest.mark.parametrize("visit", [NARROW], indirect=True)
def test_nothing_scrolls_sideways_on_a_phone(visit: Any) -> None:
    page = visit.page
    page.locator("#more button").first.click()
    page.locator("#smooth").wait_for()
    page.get_by_role("button", name="Settings", exact=True).click()
    for _ in range(2):
        width, scrolled = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        assert scrolled <= width
        page.get_by_text("中文", exact=True).click()
        page.get_by_role("button", name="生成").wait_for()
    page.locator("#generate").click()
    visit.state("finished")
    box = page.locator("canvas").bounding_box()
    assert box["y"] < 740  # the picture came into view
    assert box["width"] <= 360
    menu = "getComputedStyle(document.querySelector('#rooms .overflow-menu > button'), '::before').content"
    assert page.evaluate(menu) == '"更多"'


SCHEMES = [{"color_scheme": scheme, **size} for scheme in ("light", "dark") for size in ({}, NARROW)]


@pytest.mark.parametrize("visit", SCHEMES, indirect=True, ids=["light", "light-narrow", "dark", "dark-narrow"])
def test_axe_finds_nothing_of_ours(visit: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    visit.page.locator("#more button").first.click()
    visit.page.locator("#smooth").wait_for()
    found = axe.run(visit.page).response["violations"]
    ours = [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found
        for node in violation["nodes"]
        if not any(selector in str(node["target"]) for selector in ("footer",))
    ]
    assert not ours
