"""Procedural pictures of real ImageNet classes, drawn by code: what the embedded model learns from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from var_core.errors import ConfigError
from var_core.training.pictures.agaric import paint_agaric
from var_core.training.pictures.alp import paint_alp
from var_core.training.pictures.balloon import paint_balloon
from var_core.training.pictures.bubble import paint_bubble
from var_core.training.pictures.canvas import Canvas
from var_core.training.pictures.daisy import paint_daisy
from var_core.training.pictures.goldfish import paint_goldfish
from var_core.training.pictures.jack_o_lantern import paint_jack_o_lantern
from var_core.training.pictures.jellyfish import paint_jellyfish
from var_core.training.pictures.ladybug import paint_ladybug
from var_core.training.pictures.light import finish
from var_core.training.pictures.lighthouse import paint_lighthouse
from var_core.training.pictures.monarch import paint_monarch
from var_core.training.pictures.seashore import paint_seashore
from var_core.training.pictures.strawberry import paint_strawberry
from var_core.training.pictures.tennis_ball import paint_tennis_ball
from var_core.training.pictures.textures import paint_texture
from var_core.training.pictures.volcano import paint_volcano
from var_core.training.pictures.yawl import paint_yawl
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
    PictureClass(607, "jack-o'-lantern", paint_jack_o_lantern),
    PictureClass(852, "tennis ball", paint_tennis_ball),
    PictureClass(914, "yawl", paint_yawl),
    PictureClass(949, "strawberry", paint_strawberry),
    PictureClass(970, "alp", paint_alp),
    PictureClass(971, "bubble", paint_bubble),
    PictureClass(978, "seashore", paint_seashore),
    PictureClass(980, "volcano", paint_volcano),
    PictureClass(985, "daisy", paint_daisy),
    PictureClass(992, "agaric", paint_agaric),
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
    return canvas.levels()
