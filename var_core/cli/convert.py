"""``convert``: between the official files and our folders, in both directions."""

from __future__ import annotations

import argparse
from pathlib import Path

from var_core.cli.common import bytes_bar
from var_core.cli.outputs import Kind
from var_core.conversion import convert_official, export_official
from var_core.models import folder_of

HELP = (
    "Convert a pair of official .pth files into a model folder, or a model back into the pair. The pair carries no "
    "ids or names of classes, and no model whose tokenizer has other than 32 groups to a norm."
)
EXAMPLES = """examples:
  python -m var_core convert --tokenizer vae_ch160v4096z32.pth --transformer var_d16.pth --out models/d16
  python -m var_core convert --from models/d16 --tokenizer vae.pth --transformer var.pth
"""
WRITES: dict[str, Kind] = {"out": "folder"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("--tokenizer", type=Path, required=True, metavar="PTH", help="the official tokenizer file")
    parser.add_argument("--transformer", type=Path, required=True, metavar="PTH", help="the official transformer file")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--out", type=Path, metavar="DIR", help="write a model folder from the pair")
    way.add_argument("--from", dest="source", metavar="MODEL", help="write the pair from a model or a train run")


def run(options: argparse.Namespace) -> None:
    """Converts."""
    if options.source is not None:
        with bytes_bar() as progress:
            folder = folder_of(options.source, progress=progress)
        export_official(folder, options.tokenizer, options.transformer)
        print(f"{options.tokenizer}\n{options.transformer}")
        return
    print(convert_official(options.tokenizer, options.transformer, options.out, name=options.transformer.stem))
