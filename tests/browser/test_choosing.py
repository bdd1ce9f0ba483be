"""Choosing: the class picker, presets, the language."""

from __future__ import annotations

from typing import Any

import pytest

from app.text import TEXTS

pytestmark = pytest.mark.browser
CHINESE = {"locale": "zh-CN"}


def field(visit: Any) -> Any:
    return visit.page.get_by_role("combobox", name="Class")


def settings(visit: Any) -> list[str]:
    page = visit.page
    numbers = [page.locator(f"#{name} input[type=number]").input_value() for name in ("guidance", "top-k", "top-p")]
    return [*numbers, str(page.locator("#smooth input").is_checked())]


def test_a_class_is_found_by_either_name_by_number_and_misspelt(visit: Any) -> None:
    for query in ("balloon", "灯塔", "417", "lihgthouse", "BALLOON"):
        field(visit).fill(query)
        visit.page.get_by_text("1 class matches.").wait_for()
        field(visit).press("Enter")
        assert field(visit).input_value() == ("lighthouse" if query in ("灯塔", "lihgthouse") else "balloon")
        assert field(visit).get_attribute("aria-expanded") == "false"
    visit.page.locator("#generate").click()
    visit.state("finished")
    assert "Done: balloon" in visit.page.locator('[data-part="status"]').inner_text()


def test_the_picker_works_by_keyboard_says_when_nothing_matches_and_keeps_the_choice(visit: Any) -> None:
    field(visit).focus()
    assert visit.page.locator("#class [role=option]").count() == 5  # four classes, and none
    field(visit).press("ArrowDown")
    field(visit).press("Enter")
    assert field(visit).input_value() == "balloon"
    field(visit).fill("🦄 nothing of the kind")
    visit.page.get_by_text("No class is called “🦄 nothing of the kind”.").wait_for()
    field(visit).press("Tab")
    visit.page.get_by_text("No class is called “🦄 nothing of the kind”; balloon stays.").wait_for()
    assert field(visit).input_value() == "balloon"
    field(visit).fill("🦄")
    field(visit).press("Escape")
    assert field(visit).input_value() == "balloon"
    field(visit).fill("no class")
    field(visit).press("Enter")
    visit.page.locator("#generate").click()
    visit.state("finished")
    assert "Done: a picture of no class" in visit.page.locator('[data-part="status"]').inner_text()


def test_the_open_list_hides_what_is_under_it(visit: Any) -> None:
    field(visit).click()
    seen_through = visit.page.evaluate(
        """() => {
          const list = document.querySelector('#class-list'), box = list.getBoundingClientRect();
          // What the pointer passes through can show through all the same.
          document.querySelectorAll('.controls *').forEach((node) => { node.style.pointerEvents = 'auto'; });
          const others = [];
          for (let y = box.top + 2; y < box.bottom - 2; y += 4) {
            for (let x = box.left + 2; x < box.right - 2; x += 12) {
              const on = document.elementFromPoint(x, y);
              if (!list.contains(on)) others.push(on.textContent.trim());
            }
          }
          return others;
        }"""
    )
    assert visit.page.locator("#class-list").bounding_box()["height"] > 150  # reaches the labels below
    assert not seen_through


def generated(visit: Any) -> str:
    visit.page.locator("#generate").click()
    visit.state("finished")
    return visit.page.locator('[data-part="status"]').inner_text()


@pytest.mark.parametrize("typed", ["ballo", "BALLOON", "417", "气球"])
def test_what_is_typed_and_can_mean_one_class_only_is_what_generate_draws(visit: Any, typed: str) -> None:
    field(visit).fill(typed)
    assert "Done: balloon" in generated(visit)
    assert field(visit).input_value() == "balloon"


def test_what_is_typed_and_means_no_class_or_several_gives_way_before_the_eyes(visit: Any) -> None:
    for typed, said in {
        "unicorn": "No class is called “unicorn”; volcano stays.",
        "l": "“l” fits 5 classes and none was chosen; volcano stays.",
    }.items():
        field(visit).fill(typed)
        assert "Done: volcano" in generated(visit)
        assert field(visit).input_value() == "volcano"
        hint = visit.page.locator('#class [data-part="hint"]')
        assert hint.inner_text() == said
        assert hint.get_attribute("data-kept") == "yes"
    field(visit).fill("l")
    field(visit).press("ArrowDown")
    pointed_at = visit.page.locator('#class-list [data-active="yes"]').inner_text()
    field(visit).press("Tab")
    assert field(visit).input_value()
    assert pointed_at.startswith(field(visit).input_value())


def test_enter_waits_for_what_only_the_server_finds(visit: Any) -> None:
    field(visit).fill("lihgthouse")
    field(visit).press("Enter")
    visit.page.wait_for_function("document.querySelector('#class input').value === 'lighthouse'")
    assert "Done: lighthouse" in generated(visit)


def test_a_class_is_chosen_at_sight_by_mouse_or_keys(visit: Any) -> None:
    sights = visit.page.get_by_role("group", name="Classes at sight").get_by_role("button")
    assert [sight.get_attribute("aria-label") for sight in sights.all()] == ["balloon", "lighthouse"]
    sights.nth(1).click()
    assert field(visit).input_value() == "lighthouse"
    assert sights.nth(1).get_attribute("aria-pressed") == "true"
    sights.nth(1).press("ArrowLeft")
    visit.page.keyboard.press("Enter")
    assert field(visit).input_value() == "balloon"
    visit.page.locator("#generate").click()
    visit.state("finished")
    assert "Done: balloon" in visit.page.locator('[data-part="status"]').inner_text()


def test_a_surprise_is_another_class_and_is_generated(visit: Any) -> None:
    visit.page.get_by_role("button", name="Surprise me").click()
    visit.state("finished")
    chosen = field(visit).input_value()
    assert chosen in ("balloon", "lighthouse", "<img src=x onerror=alert(1)>")
    assert f"Done: {chosen}" in visit.page.locator('[data-part="status"]').inner_text()


def test_each_preset_sets_its_options_within_the_models_ranges(visit: Any) -> None:
    page = visit.page
    page.locator("#more button").first.click()
    page.locator("#smooth").wait_for()
    expected = {
        "Paper’s FID recipe": ["1.5", "64", "0.96", "False"],
        "Prettier": ["4", "64", "0.9", "True"],
        "Wild": ["1", "0", "0", "False"],
    }
    for name, values in expected.items():
        page.get_by_role("button", name=name).click()
        page.wait_for_function(
            "guidance => document.querySelector('#guidance input[type=number]').value === guidance", arg=values[0]
        )
        assert settings(visit) == values
    assert page.locator("#temperature input[type=number]").input_value() == "1.2"


@pytest.mark.parametrize("visit", [CHINESE], indirect=True)
def test_the_first_language_is_the_browsers_and_the_next_the_one_chosen(visit: Any) -> None:
    page = visit.page
    page.get_by_role("button", name="生成").wait_for()
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.title() == TEXTS["zh"].title
    assert page.get_by_role("combobox", name="类别").input_value() == "火山"
    assert page.locator("canvas").get_attribute("aria-label").startswith("火山")
    page.get_by_text("English", exact=True).click()
    page.get_by_role("button", name="Generate").wait_for()
    assert page.evaluate("document.documentElement.lang") == "en"
    visit.open()
    page.get_by_role("button", name="Generate").wait_for()
    assert page.evaluate("document.documentElement.lang") == "en"
