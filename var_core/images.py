"""Pictures in and out: files ↔ tensors in [0, 1], sheets of several, animations, settings inside a PNG.

Whatever comes from outside is checked by its header before a pixel is decoded: a few kilobytes of PNG can claim
gigabytes of picture.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import torch
from PIL import ExifTags, Image, ImageOps, PngImagePlugin, UnidentifiedImageError
from torch import Tensor

from var_core.errors import EditingError

Pixels = npt.NDArray[np.uint8]
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS = 16_000_000
ANIMATIONS = {".webp": 16383, ".gif": 65535, ".png": 2**31 - 1}  # by the file's ending: the longest side it can have
SETTINGS_KEY, SETTINGS_FORMAT = "var", 1  # under which a PNG holds its settings, and the version of these
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip


def to_pixels(images: Tensor) -> Pixels:
    """Pictures (B, 3, H, W) in [0, 1] → (B, H, W, 3) uint8, rounded to the nearest level."""
    rounded = images.mul(255).round().clamp(0, 255).byte()
    pixels: Pixels = rounded.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return pixels


def contact_sheet(pixels: Pixels, columns: int | None = None) -> Pixels:
    """Pictures (B, H, W, 3) → one (rows·H, columns·W, 3), row by row; empty places are black.

    Args:
        pixels: uint8.
        columns: None for about a square.
    """
    count, height, width, channels = pixels.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.zeros((rows * columns, height, width, channels), np.uint8)
    sheet[:count] = pixels
    grid = sheet.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return grid.reshape(rows * height, columns * width, channels)


def save_png(target: str | Path | BinaryIO, pixels: Pixels, settings: dict[str, Any] | None = None) -> None:
    """Writes (H, W, 3) uint8 losslessly to a path or an open file, with JSON-ready settings in its text if given."""
    info = PngImagePlugin.PngInfo()
    if settings is not None:
        info.add_itxt(SETTINGS_KEY, json.dumps(settings, ensure_ascii=False))
    Image.fromarray(pixels).save(target, "PNG", pnginfo=info)


def read_settings(path: str | Path) -> dict[str, Any]:
    """The settings that ``save_png`` wrote into a file.

    Raises:
        EditingError: if the file is no PNG or holds none.
    """
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            # The text may follow the pixels; only loading sees all of it.
            _check_size(picture, str(path))
            picture.load()
            text = picture.info.get(SETTINGS_KEY)
        settings = json.loads(text) if isinstance(text, str) else None
    except EditingError:
        raise
    except FileNotFoundError as error:
        raise EditingError(f"{path} does not exist.") from error
    except Exception as error:  # a damaged file can raise anything
        raise EditingError(
            f"{path} is no readable PNG; settings travel only in PNGs that this project saved."
        ) from error
    if not isinstance(settings, dict):
        raise EditingError(f"{path} holds no settings; only pictures saved by this project do.")
    return settings


def save_animation(path: str | Path, frames: Sequence[Pixels], *, milliseconds: int = 400, last: int = 1600) -> None:
    """Writes frames (H, W, 3) as an endless animation (.webp, .gif or .png by the name), holding the last one.

    Raises:
        EditingError: for another ending, or frames larger than such a file can hold.
    """
    largest = ANIMATIONS[animation_kind(path)]
    height, width = frames[0].shape[:2]
    if max(height, width) > largest:
        raise EditingError(
            f"{path} cannot hold frames of {width}×{height} pixels, only up to {largest} a side; give a .png instead."
        )
    pictures = [Image.fromarray(frame) for frame in frames]
    durations = [milliseconds] * (len(pictures) - 1) + [last]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=durations, loop=0)


def animation_kind(path: str | Path) -> str:
    """The ending of an animation's name, which says of what kind it will be.

    Raises:
        EditingError: naming the endings there are.
    """
    kind = Path(path).suffix.lower()
    if kind not in ANIMATIONS:
        raise EditingError(f"An animation's name must end in {', '.join(ANIMATIONS)}, got {path}.")
    return kind


def read_picture(source: str | Path | bytes | BinaryIO, side: int) -> Tensor:
    """A file of any common kind → (3, side, side) float32 in [0, 1]: the centre square, resized with Lanczos.

    Args:
        source: a path, the file's bytes, or an open file.
        side: pixels each way.

    Raises:
        EditingError: if it is no picture of a known kind, is damaged, or has over 16 million pixels.
    """
    fitted = ImageOps.fit(read_rgb(source), (side, side), Image.Resampling.LANCZOS)
    return torch.from_numpy(np.asarray(fitted).copy()).permute(2, 0, 1).float().div(255)


def read_rgb(source: str | Path | bytes | BinaryIO, *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """A file of any common kind → the whole picture as 8-bit RGB.

    Orientation is taken from EXIF if that can be read, transparency is laid on white, 16 bits are scaled and not
    clipped, the first frame of an animation counts.

    Args:
        source: a path, the file's bytes, or an open file.
        max_pixels: refused above; looked up in the header, before anything is decoded.

    Raises:
        EditingError: if it is no picture of a known kind, is damaged, or has too many pixels.
    """
    name = str(source) if isinstance(source, str | Path) else "the picture"
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        with Image.open(file, formats=list(FORMATS)) as opened:
            _check_size(opened, name, max_pixels)
            opened.load()
            return _rgb(_upright(opened))
    except UnidentifiedImageError as error:
        raise EditingError(f"{name} is no picture of a known kind; use {', '.join(FORMATS)}.") from error
    except EditingError:
        raise
    except FileNotFoundError as error:
        raise EditingError(f"{name} does not exist.") from error
    except Image.DecompressionBombError as error:
        raise EditingError(f"{name} claims far more than {max_pixels // 10**6} million pixels.") from error
    except Exception as error:  # a damaged file can raise anything
        raise EditingError(f"{name} is damaged or unreadable ({type(error).__name__}); save it again.") from error


def _check_size(picture: Image.Image, name: str, max_pixels: int = MAX_PIXELS) -> None:
    width, height = picture.size
    if width * height > max_pixels:
        raise EditingError(
            f"{name} has {width}×{height} pixels; at most {max_pixels // 10**6} million are read. Make it smaller."
        )


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its EXIF says; Pillow's own function also writes the EXIF anew, which bad ones break."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # what cannot be read turns nothing; the pixels are whole
        return picture
    return picture.transpose(_TURNS[orientation]) if orientation in _TURNS else picture


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits and more: convert("RGB") would clip
        values = np.asarray(picture, np.float64)
        # Of 32 bits nobody knows how many are used; of 16 all are, however dark the picture.
        full = 65535 if picture.mode.startswith("I;16") or values.max() > 255 else 255
        scaled = values / full
        return Image.fromarray((scaled.clip(0, 1) * 255).round().astype(np.uint8)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")
