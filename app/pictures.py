"""Tensors in [0, 1] → 8-bit pixels → files: the only place where the demo rounds or compresses."""

from __future__ import annotations

import base64
import io
import math

import numpy as np
import numpy.typing as npt
from PIL import Image
from torch import Tensor

Pixels = npt.NDArray[np.uint8]
PREVIEW_QUALITY = 85


def to_pixels(images: Tensor) -> Pixels:
    """Pictures (B, 3, H, W) in [0, 1] → (B, H, W, 3) uint8, rounded to the nearest level."""
    rounded = images.mul(255).round().clamp(0, 255).byte()
    pixels: Pixels = rounded.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return pixels


def contact_sheet(pixels: Pixels) -> Pixels:
    """Pictures (B, H, W, 3) → one (rows·H, columns·W, 3), row by row, without margins; empty places are black."""
    count, height, width, channels = pixels.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.zeros((rows * columns, height, width, channels), np.uint8)
    sheet[:count] = pixels
    grid = sheet.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return grid.reshape(rows * height, columns * width, channels)


def preview_uri(picture: Pixels) -> str:
    """A picture (H, W, 3) as a lossy WebP data URI, for the screen."""
    return _uri("webp", _encoded(picture, "webp", quality=PREVIEW_QUALITY, method=2))


def png(picture: Pixels) -> bytes:
    """A picture (H, W, 3) as a PNG that holds exactly these pixels."""
    return _encoded(picture, "png", optimize=False)


def png_uri(picture: Pixels) -> str:
    """A picture (H, W, 3) as a lossless data URI."""
    return _uri("png", png(picture))


def _encoded(picture: Pixels, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, **options)
    return file.getvalue()


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
