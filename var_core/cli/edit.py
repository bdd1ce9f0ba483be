"""``edit``: draw part of a picture again."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from var_core.cli.common import (
    add_model_arguments,
    add_sampling_arguments,
    class_id_of,
    load,
    sampling_options,
)
from var_core.cli.outputs import Kind, parent_exists
from var_core.errors import EditingError
from var_core.images import contact_sheet, read_picture, save_png, to_pixels

WRITES: dict[str, Kind] = {"out": "png"}
HELP = "Draw a box of a picture again (in-painting), or all but the box (--outside)."
EXAMPLES = """examples:
  python -m var_core edit photo.jpg --box 0.25 0.25 0.75 0.75 --class-id 985 --out edited.png
  python -m var_core edit photo.jpg --box 0.2 0.2 0.8 0.8 --outside --class-id none --seed 0 1 2
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("picture", type=Path, help="the centre square of it is used")
    parser.add_argument(
        "--box", type=float, nargs=4, required=True, metavar=("TOP", "LEFT", "BOTTOM", "RIGHT"), help="fractions, 0 … 1"
    )
    parser.add_argument("--outside", action="store_true", help="keep the box and draw the rest (out-painting)")
    parser.add_argument("--class-id", default="none", help="class of what is drawn; default: none")
    parser.add_argument("--seed", nargs="+", type=int, default=[0], help="several give several versions")
    add_model_arguments(parser)
    add_sampling_arguments(parser)
    parser.add_argument("--out", type=Path, default=Path("edited.png"), help="PNG to write; default: edited.png")


def run(options: argparse.Namespace) -> None:
    """Edits and writes."""
    class_id = class_id_of(options.class_id)
    pipe = load(options)
    sampling = sampling_options(options, pipe.default_options())
    side = pipe.config.image_side
    keep = box_mask(options.box, side, outside=options.outside)
    picture = read_picture(options.picture, side)
    *_, last = pipe.edit(
        picture,
        keep,
        [class_id] * len(options.seed),
        seeds=options.seed,
        options=sampling,
    )
    save_png(parent_exists(options.out), contact_sheet(to_pixels(pipe.decode(last.latent))))
    print(f"out: {options.out}")


def box_mask(box: list[float], side: int, *, outside: bool = False) -> Tensor:
    """What is kept, (side, side) bool: all but the box (top, left, bottom, right in 0 … 1), or only it if ``outside``.

    Raises:
        EditingError: if the box covers no pixel or leaves the picture, or if there is nothing outside.
    """
    top, left, bottom, right = box
    if not all(np.isfinite(box)) or not 0 <= top < bottom <= 1 or not 0 <= left < right <= 1:
        raise EditingError(f"--box must be 0 ≤ top < bottom ≤ 1 and 0 ≤ left < right ≤ 1, got {box}.")
    keep = torch.ones(side, side, dtype=torch.bool)
    keep[round(top * side) : round(bottom * side), round(left * side) : round(right * side)] = False
    if keep.all():
        raise EditingError(f"--box {box} covers no pixel of a picture of {side}×{side}; make it larger.")
    if outside and not keep.any():
        raise EditingError(
            f"--box {box} covers the whole picture, which leaves nothing to draw outside; make it smaller."
        )
    return ~keep if outside else keep
