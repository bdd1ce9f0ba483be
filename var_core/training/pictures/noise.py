"""Smooth random fields: small random grids enlarged bicubically, and sums of them over octaves."""

from __future__ import annotations

import numpy as np
from PIL import Image

from var_core.training.pictures.canvas import Array


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A uniform draw as a plain float: numpy's scalars would turn float32 arrays into float64."""
    return float(rng.uniform(low, high))


def enlarge(grid: Array, shape: tuple[int, int]) -> Array:
    """A grid stretched bicubically to (height, width)."""
    image = Image.fromarray(np.ascontiguousarray(grid, np.float32))
    return np.array(image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), np.float32)


def shifted(field: Array, down: int, right: int) -> Array:
    """A field moved by whole pixels; what was at an edge is repeated there."""
    rows = np.clip(np.arange(field.shape[0]) - down, 0, field.shape[0] - 1)
    columns = np.clip(np.arange(field.shape[1]) - right, 0, field.shape[1] - 1)
    return np.take(np.take(field, rows, axis=0), columns, axis=1)


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
    total: Array = np.zeros((1, 1), np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        down, across = cells[0] * 2**octave, cells[1] * 2**octave
        # Four pixels a cell will do; the sum is enlarged as the octaves become finer.
        part = shape if octave == octaves - 1 else (min(shape[0], round(4 * down)), min(shape[1], round(4 * across)))
        part = max(part[0], total.shape[0]), max(part[1], total.shape[1])
        step = smooth(rng, part, (down, across))
        step *= np.float32(weight)
        if octave:
            step += total if total.shape == part else enlarge(total, part)
        total = step
        norm += weight
        weight *= gain
    total *= np.float32(1.5 / norm)
    return total


def line(rng: np.random.Generator, count: int, cells: float, *, octaves: int = 5, gain: float = 0.5) -> Array:
    """A fractal profile (count,), about [-1, 1]."""
    profile: Array = np.zeros(count, np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        profile += np.float32(weight) * smooth(rng, (2, count), (2, cells * 2**octave))[0]
        norm += weight
        weight *= gain
    return profile * np.float32(1.5 / norm)
