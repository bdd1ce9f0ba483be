"""Close-ups: soft-focus backgrounds, blurred shadows, many small outlines at once, grass."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas
from var_core.training.pictures.light import mix, pick, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import norm, place, smoothstep


def soften(mask: Array, radius: float) -> Array:
    """A mask blurred by ``radius`` pixels."""
    image = Image.fromarray((mask * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image, np.float32) * np.float32(1 / 255)


def scatter(outlines: Array, x: float, y: float, size: float, turn: float) -> list[Array]:
    """Many outlines (m, n, 2) of a frame carried to the canvas at once, as ``place`` does with one."""
    return list(place(outlines.reshape(-1, 2), x, y, size, turn).reshape(outlines.shape))


def soft_focus(canvas: Canvas, rng: np.random.Generator, colors: list[Array], lights: list[Array]) -> None:
    """Covers the canvas with blurred colours, from top to bottom, and out-of-focus discs of light."""
    # Nothing here is sharp, so a quarter of the resolution, enlarged, looks the same.
    rough = Canvas.blank(max(8, canvas.shape[0] // 4))
    field = noise.fractal(rng, rough.shape, (3, 3), octaves=3, gain=0.55)
    lean = between(rng, -0.3, 0.3)
    rough.pixels[:] = ramp(colors, rough.y * 0.9 + lean * (rough.x - 0.5) + 0.05 + 0.22 * field)
    for channel in range(3):
        canvas.pixels[..., channel] = noise.enlarge(rough.pixels[..., channel], canvas.shape)
    for _ in range(int(rng.integers(6, 20))):
        x, y = between(rng, 0, 1), between(rng, 0, 1)
        radius = between(rng, 0.015, 0.07)
        disc = canvas.around(x, y, radius * 1.3)
        distance: Array = norm(disc.x - x, disc.y - y)
        distance = distance - radius
        # Real lenses leave a slightly brighter rim.
        rim = 0.75 + 0.25 * smoothstep(-0.5 * radius, 0.0, distance)
        color = lights[int(rng.integers(len(lights)))]
        disc.blend(color, disc.cover(distance, radius * 0.35) * rim * between(rng, 0.12, 0.5))


def grass(roots: Array, tall: Array, bend: Array, half: float) -> list[Array]:
    """Tapering blades as outlines: ``roots`` (n, 2), heights (n,), tips' offsets aside (n,), half width at the root."""
    t = np.linspace(0, 1, 7, dtype=np.float32)
    x = roots[:, :1] + bend[:, None] * t * t
    y = roots[:, 1:] - tall[:, None] * t * (1 - 0.15 * t)
    aside = half * (1 - t) + 0.0006
    outlines = np.stack([np.concatenate([x - aside, (x + aside)[:, ::-1]], 1), np.concatenate([y, y[:, ::-1]], 1)], 2)
    return list(outlines.astype(np.float32))


MEADOWS = [
    (["b9d77e", "9cc56a", "cfe3b0", "a8d4e0"], ["5f9a48", "7aac50", "4f8f5a"], ["2a5a34", "3b6f34", "245045"]),
    (["cfe3b0", "d8e6a0", "e0ecc8"], ["8fb85a", "a0b860", "7aa860"], ["4a7a3a", "5a8040", "3a6a48"]),
    (["bfe0f2", "d8e6f5", "a8cfe8"], ["8fc0e0", "c8dce8", "b0d0c8"], ["6fa060", "7a90b8", "8ab0a0"]),
    (["f5e2b0", "f0cf98", "f7dcc0"], ["d8a860", "c89a58", "e0b878"], ["8a7040", "6a6038", "a07848"]),
    (["f5e2ea", "f0cbd8", "e8d8f0"], ["e6c4d8", "d0a8c0", "c8b0d8"], ["8a7aa8", "7a8a80", "a880a0"]),
    (["3a4a4a", "2f3f48", "4a4438"], ["24343a", "2c3830", "3a3430"], ["10181c", "182018", "201a18"]),
    (["e8e4dc", "dcdcd8", "f0e8dc"], ["c8c4ba", "b8b8b0", "d0c0ac"], ["8f8a80", "808a84", "a09080"]),
    (["c07a48", "b8904a", "a8684a"], ["8a5a34", "7a6a3a", "8a4a38"], ["4a3020", "3a3a24", "50302a"]),
]
"""Colours of what lies out of focus, from top to bottom: meadows, sky, straw, blossom, shade, stone, autumn."""


def paint_meadow(canvas: Canvas, rng: np.random.Generator) -> None:
    """Covers the canvas with the soft-focus background of something small and near."""
    codes = MEADOWS[int(rng.integers(len(MEADOWS)))]
    pale = pick(rng, ["c4e08a", "ffe8b0", "f7d0e2", "d0e6f8"])
    soft_focus(
        canvas, rng, [pick(rng, row) for row in codes], [rgb("f2f7dc"), pale, mix(pale, pick(rng, codes[1]), 0.5)]
    )
