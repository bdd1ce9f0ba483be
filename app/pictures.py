"""8-bit pictures → files: the only place where the demo compresses."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from var_core.images import SETTINGS_KEY, Pixels

PREVIEW_QUALITY = 85


def preview_uri(picture: Pixels) -> str:
    """A picture (H, W, 3) as a lossy WebP data URI, for the screen."""
    return _uri("webp", _encoded(picture, "webp", quality=PREVIEW_QUALITY, method=2))


def png(picture: Pixels, settings: dict[str, Any] | None = None) -> bytes:
    """A picture (H, W, 3) as a PNG that holds exactly these pixels, with the settings that made it if given.

    The settings are those of ``python -m var_core sample``, whose ``--like`` makes the picture again.
    """
    info = PngInfo()
    if settings is not None:
        info.add_itxt(SETTINGS_KEY, json.dumps(settings, ensure_ascii=False))
    return _encoded(picture, "png", pnginfo=info)


def png_uri(picture: Pixels) -> str:
    """A picture (H, W, 3) as a lossless data URI."""
    return _uri("png", png(picture))


def _encoded(picture: Pixels, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, **options)
    return file.getvalue()


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
