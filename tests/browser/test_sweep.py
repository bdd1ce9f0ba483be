"""Every language, width and scheme: nothing scrolls sideways, nothing complains, axe finds nothing of ours."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from app.screenshots import open_tab
from app.text import TEXTS

pytestmark = [pytest.mark.browser, pytest.mark.soak]
HEIGHTS = {360: 740, 768: 1024, 1280: 900}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
VISITS = {
    f"{language}-{width}-{scheme}": {
        "viewport": {"width": width, "height": height}, "color_scheme": scheme, "locale": locale,
    }
    for language, locale in LOCALES.items() for width, height in HEIGHTS.items() for scheme in ("light", "dark")
}  # fmt: skip
FRAMEWORKS_OWN = ("footer",)
SETTLED = "!document.getAnimations().some((one) => one instanceof CSSTransition && one.playState === 'running')"


def sideways(visit: Any) -> int:
    return visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")


def axe_finds(visit: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in axe.run(visit.page).response["violations"]
        for node in violation["nodes"]
        if not any(selector in str(node["target"]) for selector in FRAMEWORKS_OWN)
    ]


@pytest.mark.parametrize("visit", VISITS.values(), indirect=True, ids=list(VISITS))
def test_every_room_is_calm(visit: Any) -> None:
    page = visit.page
    language = page.evaluate("navigator.language.slice(0, 2)")
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    page.get_by_role("button", name={"en": "Generate", "zh": "生成"}[language], exact=True).wait_for()
    page.locator("#more button").first.click()
    page.locator("#smooth").wait_for()
    page.locator("#generate").click()
    visit.state("finished")
    visit.shown(10)
    page.wait_for_selector("#download:not([disabled])")
    for room, tab in asdict(TEXTS[language].rooms).items():
        open_tab(page, tab)
        page.wait_for_selector(f"#room-{room} >> visible=true")
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        page.wait_for_function(SETTLED)  # a colour on its way from one to another has any contrast
        assert sideways(visit) <= 0, room
        assert axe_finds(visit) == [], room
