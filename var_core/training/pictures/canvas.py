"""A picture under way: float pixels with coordinates, and the few ways of laying colour on them.

Coordinates run from 0 to 1, x rightwards and y downwards, whatever the side in pixels, so a painter never sees a pixel
count. Edges are smoothed analytically: a signed distance ``d`` (negative inside) covers ``clip(1/2 - d / pixel, 0, 1)``
of a pixel; outlines given as points are filled at four times the resolution and averaged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Array = NDArray[Any]
"""float32 throughout; numpy's stubs widen most arithmetic to float64, so the type does not say so."""
Stroke = tuple[Array, float, float]
"""A polyline's points (n, 2), its width, and its strength in [0, 1]."""

SUPERSAMPLE = 4


def by_planes(shape: tuple[int, ...], value: float) -> Array:
    """A float32 array of shape + (3,) filled with a value, each channel a plane of its own in memory."""
    return np.moveaxis(np.full((3, *shape), value, np.float32), 0, -1)


def tinted(color: Array, factor: Array) -> Array:
    """A colour, (3,) or (h, w, 3), times a brightness per pixel (h, w): (h, w, 3)."""
    planes = np.moveaxis(np.empty((3, *factor.shape), np.float32), 0, -1)
    return np.multiply(color, factor[..., None], out=planes, casting="same_kind")


class Canvas:
    """A rectangle of a picture; crops share their pixels with the whole.

    Attributes:
        pixels: (h, w, 3) float32, nominally in [0, 1], changed in place. Stored by planes, as are the colours that
            ``tinted``, ``mix`` and ``ramp`` return: numpy is four times faster where the innermost axis is a long one.
        x: (1, w) float32, the pixels' centres.
        y: (h, 1) float32, the pixels' centres.
        pixel: the size of one pixel in these coordinates.
    """

    __slots__ = ("pixel", "pixels", "x", "y")

    def __init__(self, pixels: Array, x: Array, y: Array, pixel: float) -> None:
        self.pixels = pixels
        self.x = x
        self.y = y
        self.pixel = pixel

    @classmethod
    def blank(cls, side: int) -> Canvas:
        """A black square of ``side`` pixels."""
        centres = (np.arange(side, dtype=np.float32) + 0.5) / np.float32(side)
        return cls(by_planes((side, side), 0.0), centres[None, :], centres[:, None], 1.0 / side)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]

    def levels(self) -> NDArray[np.uint8]:
        """The finished picture (h, w, 3) in 256 levels a channel; afterwards the canvas is spent."""
        np.clip(self.pixels, 0.0, 1.0, out=self.pixels)
        self.pixels *= 255.0
        self.pixels += 0.5
        return np.ascontiguousarray(self.pixels.astype(np.uint8))

    def crop(self, left: float, top: float, right: float, bottom: float) -> Canvas:
        """The part within the given bounds (at least one pixel, so that painters need no special case)."""
        columns = _span(float(self.x[0, 0]), left, right, self.pixel, self.shape[1])
        rows = _span(float(self.y[0, 0]), top, bottom, self.pixel, self.shape[0])
        return Canvas(self.pixels[rows, columns], self.x[:, columns], self.y[rows], self.pixel)

    def around(self, x: float, y: float, reach: float, reach_y: float | None = None) -> Canvas:
        """The part within ``reach`` of a point."""
        vertical = reach if reach_y is None else reach_y
        return self.crop(x - reach, y - vertical, x + reach, y + vertical)

    def local(self, x: float, y: float, size: float = 1.0, angle: float = 0.0) -> tuple[Array, Array]:
        """Coordinates (h, w) of a frame with its origin at (x, y), turned by ``angle``, in units of ``size``."""
        cos, sin = math.cos(angle) / size, math.sin(angle) / size
        right, down = self.x - x, self.y - y
        return right * cos + down * sin, down * cos - right * sin

    def cover(self, distance: Array, softness: float = 0.0) -> Array:
        """How much of each pixel lies inside (distance < 0); ``softness`` widens the edge."""
        return np.clip(0.5 - distance / (self.pixel + softness), 0.0, 1.0)

    def blend(self, color: Array, cover: Array | float) -> None:
        """Lays a colour, (3,) or (h, w, 3), over the pixels with opacity ``cover``, (h, w) or a number."""
        change = color - self.pixels
        change *= cover[..., None] if isinstance(cover, np.ndarray) else cover
        self.pixels += change

    def glow(self, color: Array, weight: Array) -> None:
        """Adds light of a colour; whatever is bright already gains less (screen)."""
        light = tinted(color, weight)
        light *= np.clip(1.0 - self.pixels, 0.0, 1.0)
        self.pixels += light

    def shade(self, factor: Array) -> None:
        """Multiplies the pixels by (h, w), or by (h, w, 3) to tint."""
        self.pixels *= factor[..., None] if factor.ndim == 2 else factor

    def polygon(self, points: Array) -> Array:
        """How much of each pixel (h, w) an outline (n, 2) covers."""
        return self._raster([points], [])

    def strokes(self, strokes: Sequence[Stroke]) -> Array:
        """How much of each pixel (h, w) lines cover; of crossing lines the later counts."""
        return self._raster([], strokes)

    def polygons(self, outlines: Sequence[Array]) -> Array:
        """How much of each pixel (h, w) the union of outlines covers."""
        return self._raster(outlines, [])

    def fill(self, points: Array, color: Array, opacity: float = 1.0) -> None:
        """Lays one colour inside an outline (n, 2)."""
        low, high = points.min(axis=0), points.max(axis=0)
        part = self.crop(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        part.blend(color, part.polygon(points) * opacity)

    def draw(self, strokes: Sequence[Stroke], color: Array, opacity: float = 1.0) -> None:
        """Lays one colour along lines."""
        if not strokes:
            return
        margin = max(width for _, width, _ in strokes)
        low = np.min([points.min(axis=0) for points, _, _ in strokes], axis=0) - margin
        high = np.max([points.max(axis=0) for points, _, _ in strokes], axis=0) + margin
        part = self.crop(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        part.blend(color, part.strokes(strokes) * opacity)

    def _raster(self, outlines: Sequence[Array], strokes: Sequence[Stroke]) -> Array:
        height, width = self.shape
        image = Image.new("L", (width * SUPERSAMPLE, height * SUPERSAMPLE))
        pen = ImageDraw.Draw(image)
        scale = SUPERSAMPLE / self.pixel
        corner = np.array([self.x[0, 0], self.y[0, 0]], np.float32) - self.pixel / 2
        for outline in outlines:
            pen.polygon(((outline - corner) * scale - 0.5).ravel().tolist(), fill=255)
        for points, thickness, strength in strokes:
            line = ((points - corner) * scale - 0.5).ravel().tolist()
            # A line thinner than the fine raster keeps its weight as a fainter one.
            fine = max(thickness * scale, 1e-3)
            level = round(255 * strength * min(fine, 1.0))
            pen.line(line, fill=level, width=max(1, round(fine)), joint="curve" if fine > 6 else None)
        return np.asarray(image.reduce(SUPERSAMPLE), np.float32) * np.float32(1 / 255)


def _span(first: float, low: float, high: float, pixel: float, count: int) -> slice:
    start = math.floor((low - first) / pixel)
    stop = math.ceil((high - first) / pixel) + 1
    start = min(max(start, 0), count - 1)
    return slice(start, min(max(stop, start + 1), count))
