"""Under water: light that sinks in shafts, drifting specks, bubbles."""

from __future__ import annotations

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke
from var_core.training.pictures.light import mix, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import bell, norm, smoothstep


def paint_water(canvas: Canvas, rng: np.random.Generator, codes: list[str], rays: float) -> None:
    """Covers the canvas with water, its colours from the top down, and shafts of light (``rays`` in [0, 1])."""
    shades = [np.clip(rgb(code) + rng.normal(0, 0.02, 3), 0, 1).astype(np.float32) for code in codes]
    murk = 1.0 + 0.11 * noise.smooth(rng, canvas.shape, (4, 5))
    np.multiply(ramp(shades, canvas.y[:, 0])[:, None], murk[..., None], out=canvas.pixels)
    # Rays fan out from a point above the surface; the profile over the angle makes the shafts.
    source_x, source_y = between(rng, 0.1, 0.9), -between(rng, 0.25, 0.7)
    part = canvas.crop(0, 0, 1, 0.72)
    bearing = (part.x - source_x) / (part.y - source_y)
    shafts = noise.line(rng, 512, 26, octaves=3, gain=0.6)
    beam = shafts[np.clip((bearing + 1.5) * 170, 0, 511).astype(np.int32)]
    fade = smoothstep(0.72, -0.1, part.y) * rays
    part.glow(mix(shades[0], rgb("ffffff"), 0.35), smoothstep(-0.1, 0.9, beam) * fade)


def flip(canvas: Canvas) -> None:
    """Exchanges left and right, so that painters need draw one direction only."""
    canvas.pixels[:] = canvas.pixels[:, ::-1].copy(order="K")


def motes(canvas: Canvas, rng: np.random.Generator, color: Array, count: int) -> None:
    """Specks that drift in the light."""
    specks: list[Stroke] = []
    for x, y, strength in rng.random((count, 3)).tolist():
        speck = np.array([[x, y], [x + 0.0025, y]], np.float32)
        specks.append((speck, 0.0015 + 0.003 * strength**3, 0.3 + 0.7 * strength))
    canvas.draw(specks, color, 0.65)


def bubbles(canvas: Canvas, rng: np.random.Generator) -> None:
    """A column of rising air."""
    column = between(rng, 0.05, 0.95)
    for _ in range(int(rng.integers(3, 12))):
        x, y = column + float(rng.normal(0, 0.05)), between(rng, 0.03, 0.8)
        r = between(rng, 0.005, 0.016)
        part = canvas.around(x, y, r * 1.4)
        u, v = part.local(x, y, r)
        d = np.asarray(norm(u, v), np.float32)
        gleam = 0.12 + 0.6 * d * d * d * d + 0.9 * bell((u + 0.4) * 3, (v + 0.4) * 3)
        part.glow(rgb("eafaff"), part.cover((d - 1) * r) * gleam)
