"""``reconstruct``: a picture of yours through the tokenizer, scale by scale."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from var_core.cli.common import add_model_arguments, load
from var_core.cli.outputs import Kind, parent_exists
from var_core.evaluation.fidelity import psnr
from var_core.images import read_picture, save_png, to_pixels

WRITES: dict[str, Kind] = {"out": "png", "strip": "png"}
HELP = "Encode a picture into token maps and decode it again, scale by scale."
EXAMPLES = """examples:
  python -m var_core reconstruct photo.jpg --out photo-again.png
  python -m var_core reconstruct photo.jpg --strip scales.png --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("picture", type=Path, help="the centre square of it is used")
    add_model_arguments(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("reconstruction.png"), help="PNG to write; default: reconstruction.png"
    )
    parser.add_argument("--strip", type=Path, metavar="PNG", help="also write the picture and every scale side by side")
    parser.add_argument("--json", action="store_true", help="print PSNR per scale as JSON")


def run(options: argparse.Namespace) -> None:
    """Encodes, decodes, compares."""
    pipe = load(options)
    picture = read_picture(options.picture, pipe.config.image_side)[None]
    decoded = [image.cpu() for image in pipe.reconstruct(pipe.encode(picture))]
    save_png(parent_exists(options.out), to_pixels(decoded[-1])[0])
    if options.strip is not None:
        row = [to_pixels(image)[0] for image in (picture, *decoded)]
        save_png(parent_exists(options.strip), np.concatenate(row, axis=1))
    figures = [
        {"side": side, "psnr_db": round(psnr(image, picture), 2)}
        for side, image in zip(pipe.config.schedule.sides, decoded, strict=True)
    ]
    if options.json:
        print(json.dumps({"out": str(options.out), "scales": figures}))
    else:
        print("\n".join(f"{row['side']:>3}×{row['side']:<3} {row['psnr_db']:6.2f} dB" for row in figures))
        print(f"out: {options.out}")
        if options.strip is not None:
            print(f"strip: {options.strip}")
