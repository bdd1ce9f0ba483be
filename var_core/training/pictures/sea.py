"""The sea up to its horizon, and still water that mirrors what stands behind it."""

from __future__ import annotations

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas
from var_core.training.pictures.light import mix, pick, ramp
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import bell, smoothstep
from var_core.training.pictures.sky import Sky

DEEP = ["1f5f8a", "1f7a8a", "24527a", "3a7f86"]


def paint_sea(
    canvas: Canvas,
    rng: np.random.Generator,
    sky: Sky,
    horizon: float,
    *,
    glitter: float | None = None,
    tints: list[str] = DEEP,
    end: float = 1.0,
) -> Array:
    """Covers what lies below ``horizon`` with waves.

    Args:
        canvas: a whole canvas.
        rng: the source of its waves.
        sky: what it mirrors.
        horizon: y of the far edge.
        glitter: x of the sun's path, where there is one.
        tints: the water's own colours, one of which is taken.
        end: y of the near edge.

    Returns:
        The waves' height (h, w), about [-1, 1], of the canvas's part from ``horizon`` to ``end``.
    """
    part = canvas.crop(0, horizon, 1, end)
    depth = np.clip((part.y - horizon) / (1 - horizon), 0, 1)
    tint = pick(rng, tints) * (1 - 0.6 * float(sky.night[0]))
    deep = mix(tint, sky.zenith, 0.35) * (0.75 + 0.25 * float(sky.light.mean()))
    shades = [mix(sky.horizon, deep, 0.45), mix(sky.middle, deep, 0.7), deep, deep * 0.75]
    part.pixels[:] = ramp(shades, depth[:, 0])[:, None]
    # Waves lengthen towards the viewer: fine noise far off gives way to coarse noise in front.
    fine = noise.smooth(rng, part.shape, (46, 24))
    coarse = noise.fractal(rng, part.shape, (20, 7), octaves=3, gain=0.7)
    wave = fine + (coarse - fine) * smoothstep(0.05, 0.6, depth)
    part.blend(mix(sky.horizon, sky.cloud, 0.5), smoothstep(0.2, 0.8, wave) * (0.22 + 0.2 * depth))
    part.blend(deep * 0.6, smoothstep(-0.15, -0.8, wave) * 0.4)
    if glitter is not None:
        reach = 0.04 + 0.12 * depth
        part.glow(sky.sun, bell((part.x - glitter) / reach) * smoothstep(-0.1, 0.5, wave) * 0.75)
    return np.asarray(wave, np.float32)


def paint_coast(canvas: Canvas, rng: np.random.Generator, sky: Sky, horizon: float) -> None:
    """One or two far shores on the horizon, blue with distance."""
    for step in range(int(rng.integers(1, 3))):
        start, tall = between(rng, -0.4, 0.9), between(rng, 0.02, 0.09) * (1 - 0.3 * step)
        x = canvas.x[0]
        swell = np.clip(1.0 - ((x - start - 0.3) / between(rng, 0.25, 0.6)) ** 2, 0, 1)
        ridge = horizon - tall * swell * (0.75 + 0.35 * noise.line(rng, canvas.shape[1], 6, octaves=4))
        part = canvas.crop(0, horizon - 0.13, 1, horizon)
        far = mix(sky.horizon, mix(sky.middle, sky.shadow, 0.6), 0.45 + 0.3 * step)
        part.blend(far, part.cover(ridge[None, :] - part.y) * part.cover(part.y - horizon + canvas.pixel))


def reflect(canvas: Canvas, rng: np.random.Generator, shore: float, tint: Array, amount: float) -> Canvas:
    """Turns what lies below ``shore`` into rippled water that mirrors what is above; returns that part.

    Args:
        canvas: a whole canvas.
        rng: the source of its ripples.
        shore: y of the water's far edge.
        tint: the water's own colour.
        amount: how much of it shows, in [0, 1].
    """
    row, width = int(shore * canvas.shape[0]), canvas.shape[1]
    water = canvas.crop(0, shore, 1, 1)
    away = water.y - shore
    ripple = noise.smooth(rng, water.shape, (36, 6)) * ((away + 0.006) * 0.1 * width)
    source = row - 1 - np.arange(water.shape[0], dtype=np.float32)[:, None] + ripple
    rows = np.clip(source, 0, row - 1).astype(np.intp)
    cells = (rows * width + np.arange(width)).ravel()
    for channel in range(3):
        plane = canvas.pixels[..., channel].reshape(-1)
        water.pixels[..., channel] = plane[cells].reshape(water.shape)
    water.blend(tint, amount)
    return water
