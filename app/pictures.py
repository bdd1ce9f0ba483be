"""8-bit pictures → files: the only place where the demo compresses."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from var_core.images import Pixels, save_png

PREVIEW_QUALITY = 85


def preview_uri(picture: Pixels) -> str:
    """A picture (H, W, 3) as a lossy WebP data URI, for the screen."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "webp", quality=PREVIEW_QUALITY, method=2)
    return _uri("webp", file.getvalue())


def png(picture: Pixels, settings: dict[str, Any] | None = None) -> bytes:
    """A picture (H, W, 3) as a PNG that holds exactly these pixels, with the settings that made it if given.

    The settings are those of ``python -m var_core sample``, whose ``--like`` makes the picture again.
    """
    file = io.BytesIO()
    save_png(file, picture, settings)
    return file.getvalue()


def png_uri(picture: Pixels) -> str:
    """A picture (H, W, 3) as a lossless data URI."""
    return _uri("png", png(picture))


def map_uri(levels: NDArray[np.uint8]) -> str:
    """One byte a pixel (H, W) as a lossless data URI; packed in little time, for maps that come by the dozen."""
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "png", compress_level=1)
    return _uri("png", file.getvalue())


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
