"""Compare and race in the page: what is shown is what the library draws, counts and measures."""

from __future__ import annotations

import base64
import io
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rooms import CHINESE_PHONE

from app import models
from app.lab import compare, registry
from app.lab.tasks import Plain, ShowKind, ShowSettings
from app.pictures import preview_uri
from app.presets import OPENING, within
from app.screenshots import open_tab
from var_core.config import PRESETS, TokenizerConfig
from var_core.images import to_pixels
from var_core.inspection.cost import next_scale_cost, raster_cost
from var_core.pipeline import VARPipeline
from var_core.steps import ScaleStep

pytestmark = pytest.mark.browser
VIEW = "#lab-compare"


def of(name: str) -> str:
    return f'{VIEW} [data-part="{name}"]'


def enter(visit: Any, tab: str = "Compare") -> Any:
    """Opens the view and waits until its two pictures are measured."""
    page = visit.page
    open_tab(page, tab)
    page.wait_for_selector(f'{VIEW} [data-measured="1-9"]')
    return page


def lay_on_table(page: Any, picture: dict[str, Any], **facts: Any) -> None:
    """Puts the record on the table there anew, with other facts."""
    page.evaluate(
        """([facts, picture]) => {
          const record = Object.assign(structuredClone(window.varLab.record), facts);
          Object.assign(record.pictures[0], picture);
          window.varLab.put(record);
        }""",
        [facts, picture],
    )


def drawn(server: Any, seed: int, **options: Any) -> list[ScaleStep]:
    record_options = replace(within(OPENING, 64), **options)
    return list(server.studio.engine.pipe.stream([980], seeds=[seed], options=record_options))


def check_table(page: Any, server: Any, one: list[ScaleStep], two: list[ScaleStep]) -> None:
    """The shares are exact; the pictures are compared as they are compressed for the screen."""
    rows = page.locator(f"{of('measured')} tbody tr").all_inner_texts()
    decode = server.studio.engine.pipe.decode
    assert len(rows) == len(one)
    for row, left, right in zip(rows, one, two, strict=True):
        share, rmse = re.search(r"([\d.]+) %\s+([\d.]+)", row).groups()  # type: ignore[union-attr]
        equal = float((left.token_ids == right.token_ids).float().mean())
        assert float(share) == pytest.approx(100 * equal, abs=0.051)
        first, second = (seen(to_pixels(decode(step.latent))[0]) for step in (left, right))
        assert float(rmse) == pytest.approx(np.sqrt(((first - second) ** 2).mean()), abs=0.15)


def seen(picture: np.ndarray) -> np.ndarray:
    """A picture as the browser has it."""
    data = base64.b64decode(preview_uri(picture).split(",", 1)[1])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(float)


def test_a_cold_visit_compares_with_no_guidance_and_says_what_the_library_says(visit: Any, server: Any) -> None:
    page = enter(visit)
    record = page.evaluate("window.varLab.record")
    assert record["class_id"] == 980
    seed = record["pictures"][0]["seed"]
    with_guidance, without = drawn(server, seed), drawn(server, seed, guidance=0.0)
    check_table(page, server, with_guidance, without)
    assert "1×1" in page.locator(f"{of('measured')} tbody tr").first.inner_text()
    assert "100.0 %" in page.locator(f"{of('measured')} tbody tr").first.inner_text()

    slider = page.locator(f"{VIEW} .film-transport input").first
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_selector(f'{VIEW} [data-measured="1-0"]')
    assert "the only token is equal" in page.locator(of("verdict")).inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(f'{VIEW} [data-measured="1-1"]')
    assert page.locator(f'{VIEW} tr[aria-current="true"] th').inner_text() == "2×2"


def test_without_a_class_no_guidance_is_offered_and_another_seed_is_compared(visit: Any) -> None:
    page = visit.page
    page.wait_for_function("window.varLab && window.varLab.record")
    lay_on_table(page, {}, run="no class", class_id=None)
    open_tab(page, "Compare")
    page.wait_for_selector(f'{VIEW} [data-measured="1-9"]')
    offered = page.locator(f"{of('quick')} [data-choice]").evaluate_all("(all) => all.map((one) => one.dataset.choice)")
    assert offered == ["seed", "class"]
    assert page.locator(f"{of('quick')} [aria-pressed=true]").get_attribute("data-choice") == "seed"


def test_four_strengths_of_one_seed_are_measured_against_none(visit: Any, server: Any) -> None:
    slow: list[str] = []  # pixels are read back often, which browsers warn of where the canvas was not made for it
    visit.page.on("console", lambda message: "readback" in message.text and slow.append(message.text))
    page = enter(visit)
    seed = page.evaluate("window.varLab.record.pictures[0].seed")
    page.get_by_role("button", name="Guidance 0, 1.5, 4, 8").click()
    page.wait_for_selector(f'{VIEW} [data-measured="3-9"]')
    page.wait_for_function(f"document.querySelectorAll('{of('measured')} tbody tr').length === 10")
    check_table(page, server, drawn(server, seed, guidance=0.0), drawn(server, seed, guidance=8.0))
    page.get_by_role("button", name="Measure B against A").click()
    page.wait_for_selector(f'{VIEW} [data-measured="1-9"]')
    check_table(page, server, drawn(server, seed, guidance=0.0), drawn(server, seed, guidance=1.5))
    assert not slow


def test_a_picture_that_its_settings_do_not_draw_is_not_compared_but_drawn_afresh(visit: Any, server: Any) -> None:
    page = enter(visit)
    assert "drawn afresh" not in page.locator(of("told")).inner_text()
    picture = page.evaluate("window.varLab.record.pictures[0]")
    first = drawn(server, picture["seed"])[0].token_ids
    # As siblings and morphs are: these tokens are those of the original, and not of the seed that the record names.
    seeds = [seed for seed in range(20) if not (drawn(server, seed)[0].token_ids == first).all()][:2]
    given = {"kept": ["AQ==", *picture["kept"][1:]]}
    switch = {"scale": 4, "class_id": 417, "cache": "keep"}
    for seed, held, facts in zip(seeds, (given, picture), ({}, {"switch": switch}), strict=True):
        lay_on_table(page, {**held, "seed": seed}, **facts)
        page.locator(f"{VIEW} .film-prints figcaption", has_text=f"A · volcano · Seed {seed}").wait_for()
        page.wait_for_selector(f'{VIEW} [data-measured="1-9"]')
        check_table(page, server, drawn(server, seed), drawn(server, seed, guidance=0.0))
        assert "100.0 %" in page.locator(f"{of('measured')} tbody tr").first.inner_text()
        assert "its settings are drawn afresh" in page.locator(of("told")).inner_text()


def test_what_is_drawn_can_be_seen_before_the_last_has_begun_and_stopped(
    visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def slowly(pipe: VARPipeline, values: Plain, settings: ShowSettings) -> Iterator[ScaleStep]:
        for step in compare.sample_stream(pipe, values, settings):
            begun.set()
            threading.Event().wait(0.5)
            yield step

    page = enter(visit)
    stop = page.locator(of("stop"))
    assert stop.is_hidden()
    monkeypatch.setitem(registry.SHOWS, "sample", ShowKind(compare.sample_settings, slowly))
    page.locator(f"{VIEW} [data-choice=row]").press("Enter")
    assert begun.wait(20)
    assert "Drawing B" in page.locator(of("told")).inner_text()
    assert stop.is_visible()
    a, b, c, d = page.locator(f"{VIEW} .film-prints >> visible=true").locator("canvas").all()
    for known in (a, c):  # the one without guidance and the one on the table were drawn before
        known.and_(page.locator('[data-at="9"]')).wait_for()
        assert known.get_attribute("aria-label").endswith("scale 10 of 10")
    b.and_(page.locator("[data-at]")).wait_for()
    assert re.search(r"scale [1-9] of 10$", b.get_attribute("aria-label"))
    assert d.get_attribute("data-at") is None
    assert d.get_attribute("aria-label").endswith("not drawn yet")
    stop.press("Enter")
    stop.wait_for(state="hidden")
    assert "Drawing" not in page.locator(of("told")).inner_text()
    assert page.evaluate("document.activeElement.dataset.choice") == "row"  # not lost with the button


def test_a_model_that_came_later_is_named_and_its_race_told_in_its_own_figures(
    visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = enter(visit)
    title = page.locator(f"{VIEW} .film-prints figcaption").first
    assert "d16" not in title.inner_text()
    monkeypatch.setattr(models, "is_here", lambda source: True)
    monkeypatch.setattr(compare, "PUBLISHED", "d36")  # the other racer: 512 pixels, so that its last side is 32
    lay_on_table(page, {}, model="d16", ms=[1000] * 10)  # so slow that it is not run unasked
    page.locator(f"{VIEW} .film-prints figcaption", has_text="A · volcano").filter(has_text="d16").wait_for()
    assert "takes a while here" in page.locator(of("told")).inner_text()
    page.get_by_role("radio", name="d36").click()
    assert "10 beat 1,024" in page.locator(of("clock-told")).inner_text()
    assert "in 10 passes instead of 1,024" in page.locator(of("race-lesson")).inner_text()


def test_ones_own_settings_are_drawn_and_nonsense_is_not_sent(visit: Any, server: Any) -> None:
    page = enter(visit)
    page.locator(f"{of('details')} summary").click()
    second = page.locator(f"{of('forms')} fieldset").nth(1)
    second.locator("select").first.select_option("980")
    second.get_by_label("Seed").fill("4000000000000")
    page.locator(of("draw")).click()
    assert page.locator(f'{VIEW} [data-measured="1-9"]').count() == 1  # nothing was begun
    second.get_by_label("Seed").fill("77")
    second.get_by_label("Guidance").fill("2.5")
    page.locator(of("draw")).click()
    page.wait_for_function(
        f"document.querySelector('{VIEW} .film-prints figure:nth-child(2) figcaption').textContent.includes('Seed 77')"
    )
    page.wait_for_selector(f'{VIEW} [data-measured="1-9"]')
    seed = page.evaluate("window.varLab.record.pictures[0].seed")
    check_table(page, server, drawn(server, seed), drawn(server, 77, guidance=2.5))


def test_the_race_counts_what_the_library_counts_and_each_clock_has_its_winner(visit: Any) -> None:
    page = enter(visit)
    page.get_by_role("radio", name="d16").click()
    d16 = PRESETS["d16"]
    sizes = (d16.transformer, TokenizerConfig(), d16.schedule)
    rows = page.locator(f"{of('race-table')} tbody tr")
    for row, count in zip(rows.all(), (next_scale_cost, raster_cost), strict=True):
        cost = count(*sizes)
        said = row.locator("td").all_inner_texts()
        assert said[:3] == [str(cost.passes), str(cost.tokens), f"{cost.work.blocks / 1e9:.0f}"]
    assert "2.8 times the arithmetic" in page.locator(of("race-lesson")).inner_text()

    # One tick a pass: scale by scale is done when row by row has ten tokens.
    facts = [page.locator(f"{of(lane)} dd") for lane in ("lane-next", "lane-raster")]
    assert [fact.first.inner_text() for fact in facts] == ["10 / 10", "10 / 256"]
    page.get_by_role("radio", name="Every pass takes as long").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "Every multiplication takes as long"
    assert facts[1].first.inner_text() == "256 / 256"
    assert facts[0].first.inner_text() != "10 / 10"
    page.locator(of("race-slider")).focus()
    page.keyboard.press("Home")
    assert facts[0].first.inner_text() == "0 / 10"
    page.get_by_role("button", name="Next pass").click()
    assert "1 / 10" in facts[0].first.inner_text() or facts[1].first.inner_text() == "1 / 256"


def test_the_chosen_clock_comes_back_with_the_model_that_has_it(visit: Any) -> None:
    page = enter(visit)
    clocks = page.locator(f"{of('clocks')} [role=radio]")
    clocks.nth(2).click()
    page.wait_for_function(f"""document.querySelector('{of("clocks")}').children[2].ariaChecked === 'true'""")
    page.get_by_role("radio", name="d16").click()
    assert clocks.nth(0).get_attribute("aria-checked") == "true"
    assert clocks.nth(2).is_disabled()
    page.locator(f"{of('sizes')} [role=radio]").first.click()
    assert clocks.nth(2).get_attribute("aria-checked") == "true"


@pytest.mark.parametrize("visit", [CHINESE_PHONE], indirect=True, ids=["chinese phone"])
def test_it_fits_a_phone_speaks_chinese_and_keeps_still(visit: Any) -> None:
    page = enter(visit, "对比")
    assert page.locator(f"{VIEW} h2").first.inner_text() == "对比"
    assert "词元" in page.locator(of("verdict")).inner_text()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator(of("race-play")).is_hidden()
    assert page.locator(f"{of('lane-raster')} dd").first.inner_text() == "256 / 256"  # without motion, the end
