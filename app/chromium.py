"""A headless Chromium, for the commands that look at the page themselves. The demo needs none."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

from var_core.errors import ConfigError

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """The browser of this machine.

    Raises:
        ConfigError: if it, or the package that drives it, is missing.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise ConfigError("This drives a browser with a package that is missing. Run: pip install playwright") from None
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise ConfigError(f"This needs one of {', '.join(NAMES)} on the PATH. On Debian run: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
