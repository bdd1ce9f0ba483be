"""Commands, their common options, and what an error looks like."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from safetensors import SafetensorError

from var_core.cli import (
    bench,
    convert,
    download,
    edit,
    evaluate,
    evaluate_samples,
    models,
    reconstruct,
    sample,
    train,
    train_tokenizer,
)
from var_core.cli.outputs import check_outputs
from var_core.errors import VarError

COMMANDS: dict[str, Any] = {
    "sample": sample,
    "reconstruct": reconstruct,
    "edit": edit,
    "models": models,
    "download": download,
    "convert": convert,
    "evaluate": evaluate,
    "evaluate-samples": evaluate_samples,
    "bench": bench,
    "train-tokenizer": train_tokenizer,
    "train": train,
}
EXIT_REFUSED = 2


class _Parser(argparse.ArgumentParser):
    """Refuses in one line, like everything else; ``--help`` is there for the rest."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_REFUSED, f"error: {message} (see {self.prog} --help)\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command; each module adds its own arguments."""
    parser = _Parser(prog="python -m var_core", description="VAR: next-scale image generation.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = commands.add_parser(
            name, help=module.HELP, description=module.HELP, epilog=module.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        module.add_arguments(command)
        command.set_defaults(run=module.run, writes=getattr(module, "WRITES", {}))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0 done, 2 refused with a message on standard error."""
    options = build_parser().parse_args(arguments)
    try:
        check_outputs(options, options.writes)
        options.run(options)
    except VarError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except (OSError, SafetensorError) as error:  # a full disk, a folder that vanished
        print(f"error: {' '.join(str(error).split()) or type(error).__name__}", file=sys.stderr)
        return EXIT_REFUSED
    return 0
