"""``python -m app``: serves the demo; ``deploy`` and ``screenshots`` are its other commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from app import cli, deploy, screenshots


def main(arguments: Sequence[str]) -> int:
    """Runs the command; returns the exit status."""
    commands = {"deploy": deploy.main, "screenshots": screenshots.main}
    command = commands.get(arguments[0]) if arguments else None
    return cli.main(arguments) if command is None else command(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
