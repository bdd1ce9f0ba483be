"""``download``: fetch, verify and convert a published model."""

from __future__ import annotations

import argparse
import sys

from var_core.cli.common import bytes_bar
from var_core.hub import DEADLINE
from var_core.model_cache import RATE, ensure_model, estimate
from var_core.resources import gigabytes

HELP = "Fetch a published model, verify it and convert it once; a broken download is gone on with."
EXAMPLES = """examples:
  python -m var_core download d16
  python -m var_core download d30 --cache /data/models --deadline 7200
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("name", help="d16, d20, d24, d30 or d36 (see `models`)")
    parser.add_argument("--cache", metavar="DIR", help="where to keep it; default: the Hugging Face cache")
    parser.add_argument("--deadline", type=float, default=DEADLINE, help=f"seconds for all; default: {DEADLINE:g}")


def run(options: argparse.Namespace) -> None:
    """Says what it will cost, fetches, and says where it lies."""
    cost = estimate(options.name, cache=options.cache)
    if cost.download_bytes:
        print(
            f"fetching {gigabytes(cost.download_bytes)}, {gigabytes(cost.disk_bytes)} on disk, "
            f"about {max(1, round(cost.seconds / 60))} minutes at {RATE / 1e6:g} MB/s",
            file=sys.stderr,
        )
    with bytes_bar() as progress:
        folder = ensure_model(options.name, cache=options.cache, deadline=options.deadline, progress=progress)
    print(folder)
