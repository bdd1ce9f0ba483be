"""The player's own controls: the token grid, one picture of several, scrubbing on the picture."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser
TOUCH = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def across(visit: Any) -> str:
    return visit.page.evaluate("document.querySelector('[data-part=lines]').style.getPropertyValue('--across')")


def test_the_token_grid_follows_the_scale(visit: Any) -> None:
    page = visit.page
    lines, toggle = page.locator('[data-part="lines"]'), page.get_by_role("button", name="Token grid")
    assert lines.is_hidden()
    toggle.click()
    assert lines.is_visible()
    assert toggle.get_attribute("aria-pressed") == "true"
    assert across(visit) == "16"
    page.get_by_role("button", name="One scale back").click()
    assert across(visit) == "13"
    toggle.click()
    assert lines.is_hidden()


def test_one_of_several_pictures_is_looked_at_closer_and_back(visit: Any) -> None:
    page = visit.page
    page.locator("#count input[type=number]").fill("2")
    page.locator("#count input[type=number]").press("Tab")
    page.locator("#generate").click()
    visit.state("finished")
    page.wait_for_selector('canvas[data-scale="10"][width="256"][height="128"]')
    both = visit.drawn()
    page.get_by_role("button", name="Token grid").click()
    assert across(visit) == "32"
    one = page.get_by_role("button", name="Look closer at picture 2")
    seed = one.get_attribute("aria-label").rpartition(" ")[2]
    one.click()
    page.wait_for_selector('canvas[width="128"][height="128"]')
    assert page.locator('[data-part="which"]').inner_text() == f"2 of 2 · seed {seed}"
    assert f"Picture 2 of 2: volcano, seed {seed}." in page.locator('[data-part="status"]').inner_text()
    assert page.get_by_role("button", name="Back to all pictures").inner_text() == "← Back to all pictures"
    assert across(visit) == "16"
    second = visit.drawn()
    page.get_by_role("button", name="One scale back").click()
    visit.shown(9)
    assert visit.drawn() != second
    page.get_by_role("button", name="One scale forward").click()
    page.get_by_role("button", name="Back to all pictures").press("Enter")
    page.wait_for_selector('canvas[width="256"]')
    assert visit.drawn() == both
    assert page.locator('[data-part="which"]').is_hidden()
    assert "Done: volcano, seeds" in page.locator('[data-part="status"]').inner_text()
    page.get_by_role("button", name="Look closer at picture 2").click()
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("Escape")
    page.wait_for_selector('canvas[width="256"]')
    assert page.evaluate("document.activeElement.ariaLabel") == f"Look closer at picture 2, seed {seed}"


def test_the_speed_shows_that_it_can_be_opened(visit: Any) -> None:
    page = visit.page
    chooser = page.get_by_role("combobox", name="Speed")
    assert chooser.get_attribute("title") == "Speed"
    around = "document.querySelector('.speed')"
    arrow = page.evaluate(f"parseFloat(getComputedStyle({around}, '::after').borderBottomWidth)")
    assert arrow > 0


@pytest.mark.parametrize("visit", [TOUCH], indirect=True)
def test_a_finger_scrubs_on_the_picture(visit: Any) -> None:
    page = visit.page
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    x, y = box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 9):
        moved = {"x": x - part * box["width"] / 10, "y": y}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visit.shown(2)
