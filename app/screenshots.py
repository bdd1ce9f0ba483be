"""``python -m app screenshots OUT``: the README's pictures of the page, at 1280 and 360 pixels, by day and by night.

*Generate* is shown whole, any other room as it looks when its tab is opened.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from app.chromium import chromium
from app.settings import Settings, silence_analytics
from app.text import TEXTS, Language
from var_core.errors import VarError

SIZES = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 360, "height": 780}}
SCHEMES = ("light", "dark")
SEED = 0
QUALITY = 82
SETTLING = 1500  # milliseconds in which a room has what it shows at once
ROOMS = tuple(asdict(TEXTS["en"].rooms))


def main(arguments: Sequence[str]) -> int:
    """Serves on this machine, photographs, ends; returns the exit status."""
    flags = argparse.ArgumentParser(prog="python -m app screenshots", description=__doc__.partition("\n")[0])
    flags.add_argument("out", type=Path, help="folder for the files, ROOM-SIZE-SCHEME.webp")
    flags.add_argument("--model", default="mini", help="as for python app.py (default: mini)")
    flags.add_argument("--lang", choices=list(TEXTS), default="en")
    flags.add_argument("--class-id", type=int, help="what is generated (default: the example that the page opens with)")
    flags.add_argument("--rooms", nargs="+", choices=ROOMS, default=["generate"], help="default: generate")
    flags.add_argument("--sizes", nargs="+", choices=list(SIZES), default=list(SIZES), help="default: both")
    options = flags.parse_args(arguments)
    silence_analytics()
    try:
        settings = Settings(model=options.model, port=0, lang=options.lang)
        from app.serving import load_pipeline, serve

        server = serve(settings, load_pipeline(settings))
    except (VarError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    try:
        views = [View(room, size, scheme) for room in options.rooms for size in options.sizes for scheme in SCHEMES]
        for path in photograph(server.url, options.out, views, options.lang, options.class_id):
            sys.stdout.write(f"{path}\n")
    except VarError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    finally:
        server.close()
    return 0


@dataclass(frozen=True)
class View:
    """One picture to take: of ``ROOMS``, ``SIZES`` and ``SCHEMES``."""

    room: str
    size: str
    scheme: str


def photograph(
    url: str, out: Path, views: Sequence[View], lang: Language, class_id: int | None = None, browser: Any = None
) -> list[Path]:
    """Takes pictures of the page at an address; needs Playwright and Chromium, or a running browser."""
    out.mkdir(parents=True, exist_ok=True)
    with contextlib.nullcontext(browser) if browser is not None else chromium() as running:
        return [_photograph(running, url, out, view, lang, class_id) for view in views]


def _photograph(browser: Any, url: str, out: Path, view: View, lang: Language, class_id: int | None) -> Path:
    context = browser.new_context(
        viewport=SIZES[view.size], color_scheme=view.scheme, device_scale_factor=2, reduced_motion="reduce",
        locale="zh-CN" if lang == "zh" else "en-GB",
    )  # fmt: skip
    page = context.new_page()
    page.goto(url if class_id is None else f"{url}?v=1&class={class_id}&seed={SEED}")
    page.wait_for_selector('canvas[data-run="example"][data-scale="10"]')
    if class_id is not None:
        page.wait_for_function("document.querySelector('#new-seed input')?.checked !== true")
        page.locator("#generate").click()
        page.wait_for_selector('[data-part="player"][data-state="finished"]')
        page.wait_for_selector('canvas[data-scale="10"]:not([data-run="example"])')
        page.wait_for_selector("#download:not([disabled])")
    page.add_style_tag(content=".toast-wrap, [data-testid=toast-body] { display: none !important; }")
    if view.room != "generate":
        open_tab(page, getattr(TEXTS[lang].rooms, view.room))
        page.wait_for_selector(f"#room-{view.room} >> visible=true")
        page.wait_for_timeout(SETTLING)
        # From its heading on, it fills the window.
        page.evaluate("room => document.querySelector(`#lab-${room} h2`).scrollIntoView()", view.room)
    page.mouse.move(0, 0)
    page.wait_for_timeout(SETTLING)
    shot = page.screenshot(full_page=view.room == "generate")
    context.close()
    path = out / f"{view.room}-{view.size}-{view.scheme}.webp"
    Image.open(io.BytesIO(shot)).convert("RGB").save(path, "webp", quality=QUALITY, method=6)
    return path


def open_tab(page: Any, name: str) -> None:
    """Opens a room by the name of its tab, once the page has a record to show in it."""
    page.wait_for_function("window.varLab && window.varLab.record")
    # On a phone some tabs are in a menu; the framework keeps hidden copies of the others. And a page may still be on
    # its way from one language to the other.
    page.wait_for_function(
        """(name) => {
          const tabs = [...document.querySelectorAll('#rooms button')];
          const named = tabs.filter((tab) => tab.textContent.trim() === name);
          named.forEach((one) => one.click());
          return named.length > 0;
        }""",
        arg=name,
    )
