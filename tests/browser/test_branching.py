"""Branch: siblings drawn, measured, walked through and morphed, by keyboard, with the library's numbers."""

from __future__ import annotations

import base64
import re
from typing import Any

import numpy as np
import pytest
import torch

from app.lessons.branch import WORDS
from var_core.images import to_pixels
from var_core.inspection.divergence import differences
from var_core.inspection.likeness import likeness

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN"}
VIEW = "#lab-branch"
IDLE = f"document.querySelector('{VIEW} [data-part=stop]').disabled"


def opened(visit: Any) -> Any:
    page = visit.page
    tab = page.locator("#room-branch-button")
    if not (tab.count() and tab.is_visible()):
        page.locator(".overflow-menu > button").first.click()
        tab = page.locator(".overflow-dropdown button", has_text=re.compile("Branch|分枝"))
    tab.click()
    page.wait_for_selector(f"{VIEW} [data-part=strip][aria-valuetext]")
    page.wait_for_selector(f"{VIEW} .film canvas[data-at='9']")
    return page


def part(page: Any, name: str) -> Any:
    return page.locator(f"{VIEW} [data-part={name}]")


def record_of(page: Any) -> dict[str, Any]:
    return page.evaluate("window.varLab.record")


def maps_of(record: dict[str, Any]) -> list[torch.Tensor]:
    def ids(text: str, side: int) -> torch.Tensor:
        return torch.from_numpy(np.frombuffer(base64.b64decode(text), "<u2").astype("int64")).view(1, side, side)

    pictures = record["pictures"]
    return [
        torch.cat([ids(picture["ids"][scale], side) for picture in pictures])
        for scale, side in enumerate(record["sides"])
    ]


def bars(page: Any, name: str) -> list[str]:
    return part(page, name).locator(".value").all_inner_texts()


def test_siblings_are_guessed_drawn_measured_and_walked_through_by_keyboard(visit: Any, server: Any) -> None:
    page = opened(visit)
    original = record_of(page)
    strip = part(page, "strip")
    strip.focus()
    page.keyboard.press("Home")
    assert strip.get_attribute("aria-valuenow") == "0"
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert "Scales 1–4 are kept" in part(page, "keep-note").inner_text()

    page.locator(f"{VIEW} button[value=nothing]").press("Space")
    page.locator(f"{VIEW} button[value=layout]").press("Space")
    assert page.locator(f"{VIEW} button[value=nothing]").get_attribute("aria-pressed") == "false"
    part(page, "draw").press("Enter")
    page.wait_for_function(f"document.querySelectorAll('{VIEW} .film canvas[data-at=\"9\"]').length >= 5 && {IDLE}")

    assert page.evaluate("document.activeElement.dataset.part") == "draw"  # it came back from Stop
    part(page, "table").press("Enter")
    record = record_of(page)
    assert [picture["seed"] for picture in record["pictures"]] == [100, 101, 102, 103]
    assert all(picture["ids"][:4] == original["pictures"][0]["ids"][:4] for picture in record["pictures"])
    maps, pipe = maps_of(record), server.studio.engine.pipe
    pixels = torch.from_numpy(to_pixels(pipe.reconstruct(maps)[-1])).permute(0, 3, 1, 2) / 255
    found, alike = differences(pixels, maps), likeness(pixels)
    shown = re.match(r"([\d.]+) of 255 .* 6 pairs\); PSNR ([\d.]+) dB", part(page, "differ").inner_text())
    assert shown is not None
    assert [float(one) for one in shown.groups()] == pytest.approx([found.rmse, found.psnr], abs=0.11)
    percents = [float(text) for text in bars(page, "tokens")]
    assert percents == pytest.approx([100 * share for share in found.token_shares], abs=0.51)
    assert percents[:4] == [0] * 4
    meters = part(page, "shares").locator("li span:nth-child(3)").all_inner_texts()
    measured = [alike.layout, alike.colours, alike.texture]
    assert [float(text) for text in meters] == pytest.approx(measured, abs=0.011)
    said = ["layout"]
    right = sum((name in said) == (value >= 0.5) for name, value in zip(("layout", "c", "t"), measured, strict=True))
    assert f"{right} of 3 right" in part(page, "score").inner_text()
    assert part(page, "spread").get_attribute("aria-label").startswith("Map of where")

    slider = page.locator(f"{VIEW} [data-part=film] input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(f"{VIEW} [data-part=film] canvas[data-at='8']")
    assert "sum so far" in slider.get_attribute("aria-valuetext")

    page.get_by_role("button", name="Go on from sibling 2: it becomes the original").press("Enter")
    tree = part(page, "lineage").locator("[role=treeitem]")
    assert tree.count() == 2
    assert tree.nth(1).get_attribute("aria-selected") == "true"
    part(page, "draw").press("Enter")
    page.wait_for_function(f"document.querySelectorAll('{VIEW} .film canvas[data-at=\"9\"]').length >= 5 && {IDLE}")
    part(page, "table").press("Enter")
    child = record["pictures"][1]["ids"][:4]
    assert all(picture["ids"][:4] == child for picture in record_of(page)["pictures"])
    tree.nth(1).focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('aria-level')") == "1"
    assert tree.nth(0).get_attribute("aria-selected") == "true"
    assert part(page, "result-title").inner_text() == "Siblings that keep scales 1–4"


def test_another_class_goes_on_both_ways_and_says_how_much_is_left(visit: Any) -> None:
    page = opened(visit)
    original = record_of(page)
    names = part(page, "classes").locator("option").all_inner_texts()
    assert "<img src=x onerror=alert(1)>" in names
    part(page, "strip").focus()
    page.keyboard.press("End")
    assert part(page, "morph-draw").is_disabled()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    part(page, "classes").select_option("437")
    part(page, "morph-draw").press("Enter")
    page.wait_for_function(
        f"document.querySelectorAll('{VIEW} [data-part=equal-replay] li:not(.missing)').length === 10 && {IDLE}"
    )
    found = {way: bars(page, f"equal-{way}") for way in ("keep", "replay")}
    for index, way in ((1, "keep"), (2, "replay")):
        page.locator(f"{VIEW} [data-part=morph-film] figure button").nth(index).press("Enter")
        part(page, "table-original").press("Enter")
        record = record_of(page)
        change = {"scale": 4, "class_id": 437, "cache": way, "subject": "lighthouse", "subject_zh": "灯塔"}
        assert record["switch"] == change
        same = [(a == b).float().mean().item() for a, b in zip(maps_of(record), maps_of(original), strict=True)]
        assert [float(text) for text in found[way]] == pytest.approx([100 * share for share in same], abs=0.51)
        assert found[way][:4] == ["100"] * 4
        part(page, "lineage").locator("[role=treeitem]").first.click()
    assert "lighthouse" in part(page, "lineage").inner_text()


def test_the_chart_fills_and_can_be_stopped_and_a_full_line_holds_nothing_up(
    visit: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(visit)
    chart = part(page, "chart")
    with monkeypatch.context() as full:
        full.setattr(server.studio.engine, "queue_size", 0)
        part(page, "draw").click()
        page.wait_for_function(f"document.querySelector('{VIEW} [data-part=status]').textContent && {IDLE}")
        assert part(page, "status").inner_text() == WORDS["en"].failed
        assert part(page, "draw").is_enabled()
    part(page, "measure-all").click()
    page.wait_for_function(f"document.querySelectorAll('{VIEW} [data-part=chart] li:not(.missing)').length >= 3")
    part(page, "stop").click()
    page.wait_for_function(IDLE)
    before = chart.locator("li.missing").count()
    assert before > 0
    part(page, "measure-all").click()
    page.wait_for_function(f"!document.querySelector('{VIEW} [data-part=chart] .missing') && {IDLE}")
    values = [float(text) for text in bars(page, "chart")]
    assert len(values) == 11
    assert values[-1] == 0
    assert all(value > 0 for value in values[:-1])
    assert part(page, "measure-all").is_disabled()  # nothing is left to measure, and nothing measured is lost
    part(page, "measure").select_option("texture")
    assert bars(page, "chart")[-1] == "1.00"


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_phone_in_chinese_does_not_scroll_sideways_and_a_smooth_run_is_refused(visit: Any) -> None:
    page = opened(visit)
    assert "分枝" in page.locator(f"{VIEW} h2").inner_text()
    part(page, "draw").click()
    page.wait_for_function(f"document.querySelectorAll('{VIEW} .film canvas[data-at=\"9\"]').length >= 5 && {IDLE}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not [node for node in page.locator(f"{VIEW} [data-text]").all_inner_texts() if "undefined" in node]
    part(page, "seed").fill("")
    part(page, "draw").click()
    assert "4294967295" in part(page, "complaint").inner_text()
    page.evaluate(
        "const { record } = window.varLab;"
        "window.varLab.put({ ...record, run: 'smooth', options: { ...record.options, smooth: true } })"
    )
    assert "平滑" in part(page, "complaint").inner_text()
    for name in ("draw", "others", "measure-all", "morph-draw"):
        assert part(page, name).is_disabled()
