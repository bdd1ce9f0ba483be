"""``models``: what can be loaded by name, what it costs and what is here already."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from var_core.model_cache import estimate, is_here
from var_core.models import EMBEDDED, embedded_folder
from var_core.registry import OFFICIAL_MODELS
from var_core.resources import gigabytes

HELP = "List the models that have a name: size, published FID, and whether they are here."
EXAMPLES = """examples:
  python -m var_core models
  python -m var_core models --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("--cache", metavar="DIR", help="where fetched models lie; default: the Hugging Face cache")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> None:
    """Lists."""
    rows = []
    for name, model in OFFICIAL_MODELS.items():
        cost = estimate(name, cache=options.cache)
        rows.append(
            {
                **asdict(cost),
                "side": model.image_side,
                "weights": model.num_weights,
                "fid": model.fid,
                "here": is_here(name, options.cache),
                "fits_disk": cost.fits_disk,
                "fits_memory": cost.fits_memory,
            }
        )
    if options.json:
        print(json.dumps({"embedded": list(EMBEDDED), "official": rows}))
        return
    print(f"{'name':<6} {'picture':>8} {'weights':>9} {'download':>9} {'FID':>5}  state")
    for name in EMBEDDED:
        size = sum(path.stat().st_size for path in embedded_folder(name).glob("*.safetensors"))
        print(f"{name:<6} {'256 px':>8} {size / 2e6:>7.1f} M {'–':>9} {'–':>5}  embedded")
    for row in rows:
        print(
            f"{row['name']:<6} {row['side']:>5} px {row['weights'] / 1e6:>7.0f} M "
            f"{gigabytes(OFFICIAL_MODELS[row['name']].download_bytes):>9} {row['fid']:>5.2f}  {_state(row)}"
        )


def _state(row: dict[str, object]) -> str:
    if row["here"]:
        return "here"
    if not row["fits_memory"]:
        return "too large for this machine's memory"
    return "to be fetched" if row["fits_disk"] else "too large for this disk"
