"""The command line of the demo: ``python app.py``."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Any, get_args

from app.settings import PRECISIONS, PREFIX, Settings, on_zero_gpu, silence_analytics
from app.text import TEXTS, Language
from var_core.errors import VarError

DESCRIPTION = "Serves a page on which VAR generates pictures coarse to fine and shows every scale as it is made."
EPILOG = f"""\
Each flag is also an environment variable: --queue-size is {PREFIX}QUEUE_SIZE, --share is {PREFIX}SHARE=1, and
--precision, or --dtype, is {PREFIX}PRECISION or {PREFIX}DTYPE.
A flag wins over its variable, the variable over the default.

examples:
  python app.py                                  the embedded model, on http://127.0.0.1:7860
  python app.py --model path/to/model --lang zh  your own model, in Chinese
  python app.py --device cpu --precision exact   slower, the same on every processor up to rounding
  python app.py --host 0.0.0.0 --port 8080       reachable from other machines: mind who can reach it
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until interrupted; returns the exit status."""
    flags = parser().parse_args(arguments)
    silence_analytics()
    try:
        settings = Settings.read(vars(flags))
        if on_zero_gpu():
            importlib.import_module("spaces")  # before anything touches CUDA
        from app.serving import check_address, load_pipeline, serve  # after the line above: these import gradio
        from app.standin import at_hand

        check_address(settings)  # before the model, which takes longer
        settings, missed = at_hand(settings)
        server = serve(settings, load_pipeline(settings), missed)
    except (VarError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    pipe = server.studio.engine.pipe
    _say(
        f"{server.url}  ({pipe.config.name} on {pipe.device}, {pipe.precision.name}: {pipe.precision.reason})\n"
        "Press Ctrl+C to stop."
    )
    if server.standin is not None:
        server.standin.fetch(TEXTS["en"], _say)
    server.page.block_thread()
    server.close()
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Joined(argparse.Action):
    """Joins what a repeated flag says by commas."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        before = getattr(namespace, self.dest)
        setattr(namespace, self.dest, values if before is None else f"{before},{values}")


def parser() -> argparse.ArgumentParser:
    """All flags; None means not given."""
    default = Settings()
    flags = argparse.ArgumentParser(
        prog="python app.py", description=DESCRIPTION, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    add = flags.add_argument
    add("--model", action=Joined, help=f'"mini" (embedded), a folder written by save_pretrained, or a published model '
        "(d16 d20 d24 d30 d36), fetched when chosen; the page opens with the first, or with mini while a published "
        f"first is fetched; repeat or separate by commas (default: {default.model})")  # fmt: skip
    add("--memory", type=float, metavar="GB", help="the weights of all models together; the one not used for longest "
        "leaves (default: no limit)")  # fmt: skip
    add("--mcp", action="store_true", default=None, help="also serve the API to agents (needs pip install 'gradio[mcp]')")  # fmt: skip # noqa: E501
    add("--device", help="cuda, mps or cpu (default: cuda if there is one, else cpu)")
    add("--precision", "--dtype", choices=list(PRECISIONS), help="exact or float32; fast or bfloat16 (16-bit weights, "
        "whatever the device's kind); auto: fast where hardware makes it so (default: auto)")  # fmt: skip
    add("--threads", type=int, help="processors for the model (default: all that this process may use)")
    add("--host", help=f"address to listen on; 0.0.0.0 for all (default: {default.host})")
    add("--port", type=int, help=f"port; 0 for any free one (default: {default.port})")
    add("--share", action="store_true", default=None, help="ask Gradio for a public link (default: no)")
    add("--root-path", help="path under which a reverse proxy serves the page (default: none)")
    add("--max-batch", type=int, help=f"most pictures at once, 1 to 16 (default: {default.max_batch})")
    add("--queue-size", type=int, help=f"requests that may wait before new ones are refused (default: {default.queue_size})")  # fmt: skip # noqa: E501
    add("--deadline", type=float, help=f"seconds that one request may occupy the model (default: {default.deadline:g})")  # fmt: skip # noqa: E501
    add("--lang", choices=get_args(Language), help="language that the page opens in (default: the browser's)")
    return flags
