"""``python -m app``: serves the demo; its other commands are in ``COMMANDS``."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from app import cli

COMMANDS = {
    "deploy": "app.deploy",
    "exhibits": "app.exhibits",
    "favourites": "app.favourites",
    "screenshots": "app.screenshots",
    "bench": "app.bench.command",
}


def main(arguments: Sequence[str]) -> int:
    """Runs the command; returns the exit status."""
    if arguments and arguments[0] in COMMANDS:
        status: int = importlib.import_module(COMMANDS[arguments[0]]).main(arguments[1:])
        return status
    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
