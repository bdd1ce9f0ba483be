"""The numbers in the page: the same as in the files they come from, by pointer, by key, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from rooms import CHINESE_PHONE

from app.lab.papers import ASSETS, read_figures
from app.screenshots import open_tab

pytestmark = pytest.mark.browser
VIEW = "#lab-papers"
PUBLISHED, MEASURED = (read_figures(ASSETS / name) for name in ("published.json", "measured.json"))


def of(name: str) -> str:
    return f'{VIEW} [data-part="{name}"]'


def enter(visit: Any, tab: str = "Numbers") -> Any:
    page = visit.page
    open_tab(page, tab)
    page.wait_for_selector(f"{of('sources')} li")
    return page


def test_tables_and_charts_show_the_figures_of_the_files(visit: Any) -> None:
    page = enter(visit)
    rows = page.locator(f"{of('models')} tbody tr")
    for row, model in zip(rows.all(), PUBLISHED["models"], strict=False):
        cells = row.locator("td").all_inner_texts()
        assert cells[3] == f"{model['figures']['readme']['fid']:.2f}"
        assert cells[4] == f"{model['figures']['paper']['fid']:.2f}"
        assert cells[5] == f"{model['figures']['paper']['is']:.1f}"
    assert page.locator(f"{of('models')} a").first.get_attribute("href") == "#source-2"

    marks = page.locator(f"{of('cost')} .mark[tabindex]")
    timed = [m for m in PUBLISHED["models"] + PUBLISHED["others"] if "time" in m["figures"]["paper"]]
    assert marks.count() == len(timed)
    marks.first.focus()
    said = page.locator(f"{of('cost')} .said")
    assert said.inner_text() == "VAR-d16: FID 3.30, time 0.4, 310 M weights"
    page.keyboard.press("ArrowRight")
    assert said.inner_text().startswith("VAR-d20: FID 2.57")
    marks.nth(2).locator(".dot").hover()
    assert said.inner_text().startswith("VAR-d24: FID 2.09")
    page.get_by_role("button", name="Released files").click()
    page.locator(f"{of('cost')} .mark[tabindex]").first.focus()
    assert said.inner_text().startswith("VAR-d16: FID 3.55")
    page.locator(of("others")).uncheck()
    assert page.locator(f"{of('cost')} .mark[tabindex]").count() == 5

    page.locator(f"{of('loss')} .mark[tabindex]").first.focus()
    law = PUBLISHED["laws"]["curves"][0]
    value = (law["factor"] * PUBLISHED["laws"]["from"] / 1e9) ** law["exponent"]
    assert page.locator(f"{of('loss')} .said").inner_text() == f"18 M weights: {value:.3f} (last scale, 16×16)"


def test_what_was_measured_stands_there_with_its_command(visit: Any) -> None:
    page = enter(visit)
    assert page.locator(f"{of('measured')} article").count() == len(MEASURED["groups"])
    for shown, group in zip(page.locator(f"{of('measured')} article").all(), MEASURED["groups"], strict=True):
        assert shown.locator("code").inner_text() == group["command"]
        for row, expected in zip(shown.locator("tbody tr").all(), group["rows"], strict=True):
            values = [expected["values"][key] for key in group["columns"]]
            cells = [text.replace(",", "") for text in row.locator("td").all_inner_texts()]
            assert cells == [f"{value:g} {expected['unit']}" for value in values]


@pytest.mark.parametrize("visit", [CHINESE_PHONE], indirect=True, ids=["chinese phone"])
def test_it_fits_a_phone_and_speaks_chinese(visit: Any) -> None:
    page = enter(visit, "数据")
    assert page.locator(f"{VIEW} h2").first.inner_text() == "数据"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator(f"{of('cost')} .mark[tabindex]").first.focus()
    assert "用时 0.4" in page.locator(f"{of('cost')} .said").inner_text()
