"""Colour and light: mixing, gradients, the light on a ball, the last wash over a picture."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, tinted


def rgb(code: str) -> Array:
    """A colour (3,) in [0, 1] from six hexadecimal digits."""
    return np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)], np.float32) / 255


def mix(first: Array, second: Array, t: Array | float) -> Array:
    """From the first colour (t = 0) to the second (t = 1); an array t gains a channel axis."""
    if not isinstance(t, np.ndarray):
        return first + (second - first) * t
    blended = tinted(second - first, t)
    blended += first
    return blended


def ramp(colors: list[Array], t: Array) -> Array:
    """A gradient through evenly spaced colours, looked up at t in [0, 1]: t's shape + (3,)."""
    stops = np.linspace(0, 1, len(colors))
    fine = np.linspace(0, 1, 512)
    table = np.stack([np.interp(fine, stops, [color[c] for color in colors]) for c in range(3)]).astype(np.float32)
    index = (np.clip(t, 0, 1) * 511).astype(np.intp)
    return np.moveaxis(np.take(table, index, axis=1, mode="clip"), 0, -1)


def pick(rng: np.random.Generator, codes: list[str], jitter: float = 0.03) -> Array:
    """One of the colours, a little off."""
    color = rgb(codes[int(rng.integers(len(codes)))])
    return np.clip(color + rng.normal(0, jitter, 3), 0, 1).astype(np.float32)


def ball_light(u: Array, v: Array, angle: float, ambient: float = 0.35) -> Array:
    """Brightness (h, w) of a unit ball at (u, v), lit from the direction ``angle`` and from the viewer's side."""
    w = np.sqrt(np.maximum(1.0 - u * u - v * v, 0.0))
    lambert = u * (0.62 * math.cos(angle)) + v * (0.62 * math.sin(angle)) + w * 0.78
    light: Array = ambient + (1.0 - ambient) * np.clip(lambert, 0.0, 1.0)
    return light


def finish(canvas: Canvas, rng: np.random.Generator) -> None:
    """A gentle vignette and an uneven wash, as of paint on paper."""
    wash = noise.fractal(rng, canvas.shape, (6, 6), octaves=4, gain=0.8)
    wash *= 0.03
    wash += 1.0
    wash *= 1.03 - 0.22 * (canvas.x - 0.5) ** 2 - 0.22 * (canvas.y - 0.5) ** 2
    canvas.shade(wash)
