"""Procedural pictures of real ImageNet classes, drawn by code: what the embedded model learns from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from var_core.errors import ConfigError
from var_core.training.pictures.canvas import Canvas
from var_core.training.pictures.garden import paint_daisy, paint_strawberry
from var_core.training.pictures.light import finish
from var_core.training.pictures.mountains import paint_alp, paint_volcano
from var_core.training.pictures.open_sky import paint_balloon, paint_lighthouse
from var_core.training.pictures.small_creatures import paint_ladybug, paint_monarch
from var_core.training.pictures.textures import paint_texture
from var_core.training.pictures.underwater import paint_goldfish, paint_jellyfish
from var_core.validation import shown, whole_number

Painter = Callable[[Canvas, np.random.Generator], None]
Split = Literal["train", "heldout"]
_SPLITS: dict[str, int] = {"train": 0, "heldout": 1}
_TEXTURE = 1_000_000  # seeds textures apart from every class id


@dataclass(frozen=True, slots=True)
class PictureClass:
    """A class that can be drawn: its ImageNet id, its English name and its painter."""

    class_id: int
    name: str
    paint: Painter


PICTURE_CLASSES: tuple[PictureClass, ...] = (
    PictureClass(1, "goldfish", paint_goldfish),
    PictureClass(107, "jellyfish", paint_jellyfish),
    PictureClass(301, "ladybug", paint_ladybug),
    PictureClass(323, "monarch butterfly", paint_monarch),
    PictureClass(417, "balloon", paint_balloon),
    PictureClass(437, "lighthouse", paint_lighthouse),
    PictureClass(949, "strawberry", paint_strawberry),
    PictureClass(970, "alp", paint_alp),
    PictureClass(980, "volcano", paint_volcano),
    PictureClass(985, "daisy", paint_daisy),
)
_BY_ID = {kind.class_id: kind for kind in PICTURE_CLASSES}


def draw(class_id: int, index: int, *, split: Split = "train", side: int = 256) -> NDArray[np.uint8]:
    """Draws picture ``index`` of a class; the same arguments always give the same pixels.

    Args:
        class_id: one of ``PICTURE_CLASSES``.
        index: 0 or more.
        split: "train" and "heldout" never share a picture.
        side: pixels each way, 16 … 1024.

    Returns:
        (side, side, 3) uint8 RGB.

    Raises:
        ConfigError: for an unknown class, naming those there are, or a value out of range.
    """
    kind = _BY_ID.get(class_id)
    if kind is None:
        raise ConfigError(f"class id must be one of {', '.join(map(str, _BY_ID))}, got {shown(class_id)}.")
    return _paint(kind.paint, class_id, index, split, side)


def draw_texture(index: int, *, split: Split = "train", side: int = 256) -> NDArray[np.uint8]:
    """Draws a texture of no class; arguments, result and errors as for ``draw``."""
    return _paint(paint_texture, _TEXTURE, index, split, side)


def _paint(paint: Painter, stream: int, index: int, split: Split, side: int) -> NDArray[np.uint8]:
    whole_number(index, "index", 0, 2**62)
    whole_number(side, "side", 16, 1024)
    if split not in _SPLITS:
        raise ConfigError(f"split must be one of {', '.join(_SPLITS)}, got {shown(split)}.")
    rng = np.random.default_rng([stream, _SPLITS[split], index])
    canvas = Canvas.blank(side)
    paint(canvas, rng)
    finish(canvas, rng)
    return (np.clip(canvas.pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
