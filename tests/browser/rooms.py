"""How a test enters a room of the lab."""

from __future__ import annotations

from typing import Any

CHINESE_PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN", "reduced_motion": "reduce"}


def open_room(page: Any, tab: str) -> None:
    """Opens a room by the name of its tab, once the page has a record to show in it."""
    page.wait_for_function("window.varLab && window.varLab.record")
    # On a phone some tabs are in a menu; the framework keeps hidden copies of the others. And a page may still be on
    # its way from one language to the other.
    page.wait_for_function(
        """(tab) => {
          const named = [...document.querySelectorAll('#rooms button')].filter((one) => one.textContent.trim() === tab);
          named.forEach((one) => one.click());
          return named.length > 0;
        }""",
        arg=tab,
    )
