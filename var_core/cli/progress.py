"""What a person sees of a long run: a bar on a terminal, a line per log row elsewhere."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

SHOWN = ("loss", "accuracy", "psnr", "validation_loss", "validation_accuracy", "validation_psnr")


class Progress:
    """Shows steps and rows; give its methods to the library as callbacks.

    Args:
        quiet: show nothing: for all processes but the first.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.terminal = sys.stderr.isatty()
        self._bar: Any = None
        self._figures: dict[str, Any] = {}

    def say(self, text: str) -> None:
        """A line of its own."""
        self.close()
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def steps(self, total: int, description: str) -> None:
        """Begins a bar of so many steps."""
        self.close()
        if not self.quiet and self.terminal:
            self._bar = tqdm(total=total, desc=description, dynamic_ncols=True)

    def step(self, step: int, row: dict[str, Any] | None) -> None:
        """Notes a step, and its row of the log if there is one."""
        if self._bar is not None:
            self._bar.update(step - self._bar.n)
            if row:
                self._figures.update({name: row[name] for name in SHOWN if name in row})
                self._bar.set_postfix(self._figures)
        elif row and not self.quiet:
            print(json.dumps(row), file=sys.stderr, flush=True)

    def part(self, description: str) -> Any:
        """A callback (done, total) with a bar of its own."""

        def show(done: int, total: int) -> None:
            if done == 1 or self._bar is None:
                self.steps(total, description)
            if self._bar is not None:
                self._bar.update(done - self._bar.n)
                if done == total:
                    self.close()

        return show

    def close(self) -> None:
        """Ends the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@contextlib.contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """A ``Progress`` beside which the library's messages can be read."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("var_core").setLevel(logging.ERROR if quiet else logging.INFO)
    shown = Progress(quiet=quiet)
    with logging_redirect_tqdm():
        try:
            yield shown
        finally:
            shown.close()
