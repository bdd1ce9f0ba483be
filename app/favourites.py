"""``python -m app favourites``: a small picture of each class of the embedded model, for the picker to offer at sight.

The pictures are the model's own, made by the sampler with the settings that the page opens with.
"""

from __future__ import annotations

import argparse
import base64
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from app.class_names import ClassIndex
from app.presets import OPENING, within
from var_core.errors import VarError
from var_core.images import Pixels, to_pixels
from var_core.pipeline import VARPipeline

FOLDER = Path(__file__).parent.parent / "assets" / "favourites"
SIDE, QUALITY = 96, 80
# What shows a class best among the first seeds; 0 where none is named.
SEEDS: dict[int, int] = {
    1: 5, 107: 6, 301: 7, 323: 4, 417: 2, 437: 3, 607: 5, 852: 0, 914: 1, 949: 11, 970: 4, 971: 2, 978: 3, 980: 0,
    985: 2, 992: 5,
}  # fmt: skip


def favourites(classes: ClassIndex, folder: Path | None = None) -> dict[str, str]:
    """Data URIs of the small pictures that there are, by class id as text, in the order of the model's classes.

    Only for classes that are ImageNet's: a model of one's own may number other things alike.
    """
    found: dict[str, str] = {}
    for names in classes.names.values():
        path = (folder or FOLDER) / f"{names.class_id}.webp"
        if names.imagenet and path.is_file():
            found[str(names.class_id)] = f"data:image/webp;base64,{base64.b64encode(path.read_bytes()).decode()}"
    return found


def main(arguments: Sequence[str]) -> int:
    """Makes and writes them; returns the exit status."""
    flags = argparse.ArgumentParser(prog="python -m app favourites", description=__doc__.partition("\n")[0])
    flags.add_argument("--model", default="mini", help='a model of this machine (default: "mini", the embedded one)')
    flags.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default: assets/favourites)")
    options = flags.parse_args(arguments)
    try:
        pipe = VARPipeline.from_pretrained(options.model, device="cpu", precision="exact")
        options.out.mkdir(parents=True, exist_ok=True)
        for label in pipe.config.classes:
            path = options.out / f"{label.class_id}.webp"
            path.write_bytes(thumbnail(made(pipe, label.class_id)))
            sys.stdout.write(f"{path.stat().st_size:>9,}  {path}\n")
    except (VarError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


def made(pipe: VARPipeline, class_id: int) -> Pixels:
    """A finished picture (H, W, 3) of a class, with the seed of ``SEEDS``."""
    options = within(OPENING, pipe.config.tokenizer.codebook_size)
    pixels: Pixels = to_pixels(pipe.sample([class_id], seeds=[SEEDS.get(class_id, 0)], options=options))[0]
    return pixels


def thumbnail(picture: Pixels) -> bytes:
    """A picture (H, W, 3) as a small WebP file."""
    file = io.BytesIO()
    small = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    small.save(file, "webp", quality=QUALITY, method=6)
    return file.getvalue()
