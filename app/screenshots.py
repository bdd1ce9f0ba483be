"""``python -m app screenshots OUT``: the README's pictures of the page, at 1280 and 360 pixels, by day and by night."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.chromium import chromium
from app.settings import Settings, silence_analytics
from app.text import TEXTS, Language
from var_core.errors import VarError

SIZES = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 360, "height": 780}}
SCHEMES = ("light", "dark")
SEED = 0


def main(arguments: Sequence[str]) -> int:
    """Serves on this machine, photographs, ends; returns the exit status."""
    flags = argparse.ArgumentParser(prog="python -m app screenshots", description=__doc__.partition("\n")[0])
    flags.add_argument("out", type=Path, help="folder for the PNG files")
    flags.add_argument("--model", default="mini", help="as for python app.py (default: mini)")
    flags.add_argument("--lang", choices=list(TEXTS), default="en")
    flags.add_argument("--class-id", type=int, help="what is generated (default: the example that the page opens with)")
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
        for path in photograph(server.url, options.out, options.lang, options.class_id):
            sys.stdout.write(f"{path}\n")
    except VarError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    finally:
        server.close()
    return 0


def photograph(url: str, out: Path, lang: Language, class_id: int | None = None, browser: Any = None) -> list[Path]:
    """One picture a size and scheme of the page at an address; needs Playwright and Chromium, or a running browser."""
    out.mkdir(parents=True, exist_ok=True)
    with contextlib.nullcontext(browser) if browser is not None else chromium() as running:
        return _all(running, url, out, lang, class_id)


def _all(browser: Any, url: str, out: Path, lang: Language, class_id: int | None) -> list[Path]:
    paths = []
    for size, viewport in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport=viewport, color_scheme=scheme, device_scale_factor=2, reduced_motion="reduce",
                locale="zh-CN" if lang == "zh" else "en-GB",
            )  # fmt: skip
            paths.append(_photograph(context.new_page(), url, out / f"page-{size}-{scheme}.png", class_id))
            context.close()
    return paths


def _photograph(page: Any, url: str, path: Path, class_id: int | None) -> Path:
    page.goto(url if class_id is None else f"{url}?v=1&class={class_id}&seed={SEED}")
    page.wait_for_selector('canvas[data-run="example"][data-scale="10"]')
    if class_id is not None:
        page.wait_for_function("document.querySelector('#new-seed input')?.checked !== true")
        page.locator("#generate").click()
        page.wait_for_selector('[data-part="player"][data-state="finished"]')
        page.wait_for_selector('canvas[data-scale="10"]:not([data-run="example"])')
        page.wait_for_timeout(400)
    page.add_style_tag(content=".toast-wrap, [data-testid=toast-body] { display: none !important; }")
    page.mouse.move(0, 0)
    page.screenshot(path=path, full_page=True)
    return path
