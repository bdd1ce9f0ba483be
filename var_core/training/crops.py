"""Upstream's crops: the shorter side to 1.125 × the model's, Lanczos; then a random square, or the central one."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

ENLARGEMENT = 1.125


def random_crop(picture: Image.Image, side: int, rng: np.random.Generator, *, flip: bool = False) -> Tensor:
    """A training view: a square anywhere, mirrored half of the time if ``flip``; (3, side, side) uint8."""
    resized = _resized(picture, side)
    left, top = (int(rng.integers(0, length - side + 1)) for length in resized.size)
    mirrored = bool(rng.integers(0, 2)) and flip
    return _square(resized, left, top, side, mirrored)


def centre_crop(picture: Image.Image, side: int) -> Tensor:
    """The view to validate with: the central square; (3, side, side) uint8."""
    resized = _resized(picture, side)
    left, top = ((length - side) // 2 for length in resized.size)
    return _square(resized, left, top, side, mirrored=False)


def _resized(picture: Image.Image, side: int) -> Image.Image:
    target = round(ENLARGEMENT * side)
    width, height = picture.size
    short = min(width, height)
    size = (target * width // short, target * height // short)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def _square(picture: Image.Image, left: int, top: int, side: int, mirrored: bool) -> Tensor:
    square = picture.crop((left, top, left + side, top + side))
    if mirrored:
        square = square.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return torch.from_numpy(np.asarray(square).copy()).permute(2, 0, 1)
