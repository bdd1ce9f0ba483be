"""``python -m app exhibits``: makes the finished shows that a view opens with, before anything was asked for.

Each view's module may name some in ``EXHIBITS``: from the record of the page's example to a show and its values. They
are run as the page runs them, and their last values written to ``assets/exhibits/NAME.json``. Run it again whenever
the embedded model changes. The frames of the record, which are those of the value, are left out of the file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.engine import Engine
from app.lab.laboratory import EXHIBITS as FOLDER
from app.lab.laboratory import Laboratory, ShowValue
from app.lab.registry import EXHIBITS
from app.models import Models
from app.studio import Studio
from var_core.errors import ConfigError, VarError
from var_core.pipeline import VARPipeline

MOST_BYTES = 2_000_000  # of all exhibits together
DIGITS = 5
PATIENCE = 600.0


def main(arguments: Sequence[str]) -> int:
    """Makes and writes them; returns the exit status."""
    flags = argparse.ArgumentParser(prog="python -m app exhibits", description=__doc__.partition("\n")[0])
    flags.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(EXHIBITS)} (default: all)")
    flags.add_argument("--model", default="mini", help='a model of this machine (default: "mini", the embedded one)')
    flags.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default: assets/exhibits)")
    options = flags.parse_args(arguments)
    try:
        unknown = [name for name in options.names if name not in EXHIBITS]
        if unknown:
            raise ConfigError(f"exhibits are {', '.join(EXHIBITS)}, got {', '.join(unknown)}.")
        pipe = VARPipeline.from_pretrained(options.model, device="cpu", precision="exact")
        texts = asyncio.run(made(pipe, options.model, options.names or list(EXHIBITS)))
        for name, num_bytes in write(texts, options.out).items():
            sys.stdout.write(f"{num_bytes:>9,}  {name}\n")
    except (VarError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


async def made(pipe: VARPipeline, source: str, names: Sequence[str]) -> dict[str, str]:
    """Each exhibit as the text of its file.

    Args:
        pipe: the model.
        source: what it was loaded from.
        names: of ``registry.EXHIBITS``.
    """
    models = Models([source], VARPipeline.from_pretrained, first=pipe)
    engine = Engine(pipe, deadline=PATIENCE)
    try:
        studio = Studio(engine, models, max_batch=8)
        record = (await studio.example()).record
        if record is None:
            raise ConfigError("The page's example could not be made, and every exhibit starts from it.")
        lab = Laboratory(studio)
        return {name: text_of(await _last(lab, *EXHIBITS[name](record))) for name in names}
    finally:
        engine.close()


def write(texts: dict[str, str], folder: Path) -> dict[str, int]:
    """Writes the files and returns their sizes in bytes.

    Raises:
        ConfigError: if the folder would hold more than ``MOST_BYTES``; then nothing is written.
    """
    contents = {f"{name}.json": text.encode("utf-8") for name, text in texts.items()}
    others = [path for path in folder.glob("*.json") if path.name not in contents]
    total = sum(map(len, contents.values())) + sum(path.stat().st_size for path in others)
    if total > MOST_BYTES:
        raise ConfigError(f"Exhibits may take {MOST_BYTES:,} bytes together, these take {total:,}; make fewer of them.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {name: len(data) for name, data in contents.items()}


def text_of(value: ShowValue) -> str:
    """A finished show as the text of its file."""
    record = value["record"]
    assert record is not None
    kept = {**value, "record": {**record, "frames": []}}
    return json.dumps(_rounded(kept), ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


async def _last(lab: Laboratory, kind: str, values: dict[str, Any]) -> ShowValue:
    last: ShowValue | None = None
    async for value in lab.show(kind, "", values, None):
        last = value
    if last is None or last["record"] is None:
        raise ConfigError(f"The show {kind} of an exhibit did not finish.")
    return last


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value
