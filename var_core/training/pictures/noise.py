"""Smooth random fields: small random grids enlarged bicubically, and sums of them over octaves."""

from __future__ import annotations

import numpy as np
from PIL import Image

from var_core.training.pictures.canvas import Array


def enlarge(grid: Array, shape: tuple[int, int]) -> Array:
    """A grid stretched bicubically to (height, width)."""
    image = Image.fromarray(np.ascontiguousarray(grid, np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), np.float32)


def smooth(rng: np.random.Generator, shape: tuple[int, int], cells: tuple[float, float]) -> Array:
    """One octave, about uniform in [-1, 1], with the given number of cells down and across."""
    rows, columns = max(2, round(cells[0])), max(2, round(cells[1]))
    return enlarge(rng.random((rows, columns), np.float32) * 2 - 1, shape)


def fractal(
    rng: np.random.Generator,
    shape: tuple[int, int],
    cells: tuple[float, float],
    *,
    octaves: int = 4,
    gain: float = 0.5,
) -> Array:
    """Octaves of doubling frequency, each ``gain`` times the one before; about [-1, 1], mean near 0."""
    total = np.zeros(shape, np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        total += weight * smooth(rng, shape, (cells[0] * 2**octave, cells[1] * 2**octave))
        norm += weight
        weight *= gain
    return total * np.float32(1.5 / norm)


def line(rng: np.random.Generator, count: int, cells: float, *, octaves: int = 5, gain: float = 0.5) -> Array:
    """A fractal profile (count,), about [-1, 1]."""
    profile: Array = fractal(rng, (2, count), (2, cells), octaves=octaves, gain=gain)[0]
    return profile
