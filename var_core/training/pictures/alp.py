"""Alp: a lit relief of rock and snow under a sky."""

from __future__ import annotations

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas
from var_core.training.pictures.light import mix, pick, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.sea import reflect
from var_core.training.pictures.shapes import smoothstep
from var_core.training.pictures.sky import Sky, mood, paint_sky
from var_core.training.pictures.terrain import project, sunlight

DEPTH = 144
"""Slices of a relief; the faces turned to us are then sampled about once a pixel."""


def paint_alp(canvas: Canvas, rng: np.random.Generator) -> None:
    """Snowy peaks behind a meadow, a wood or a lake."""
    sky = mood(rng, ["day", "noon", "dawn", "gold", "day", "dusk", "mist"])
    side = -1.0 if rng.random() < 0.5 else 1.0
    base = between(rng, 0.62, 0.76)
    paint_sky(canvas, rng, sky, horizon=base, clouds=between(rng, 0, 0.6))
    width = canvas.shape[1]
    x = (np.arange(width, dtype=np.float32) + 0.5)[None, :] / width
    z = np.linspace(0, 1, DEPTH, dtype=np.float32)[:, None]
    rough = noise.fractal(rng, (DEPTH, width), (4, 4), octaves=6, gain=0.5)
    ridges = 1.0 - np.abs(noise.fractal(rng, (DEPTH, width), (3, 5), octaves=6, gain=0.52)) * 1.6
    heights = np.zeros_like(rough)
    for _ in range(int(rng.integers(2, 5))):
        px, pz, tall = between(rng, 0.1, 0.9), between(rng, 0.5, 0.95), between(rng, 0.6, 1.0)
        spread = between(rng, 0.25, 0.42)
        cone = tall - (np.abs(x - px + 0.05 * rough) + 0.55 * np.abs(z - pz)) * (tall / spread) * 0.75
        heights = np.maximum(heights, np.maximum(cone, 0.0) ** 1.1)
    heights /= max(float(heights.max()), 0.2)
    heights = heights * (0.72 + 0.28 * ridges) + 0.13 * ridges * smoothstep(0.0, 0.5, heights) + 0.035 * rough
    # The nearest slice stays low, or it would stand there as a wall.
    heights *= smoothstep(0.0, 0.3, z)
    light = sunlight(heights, side, elevation=between(rng, 0.5, 0.85), steepness=30)
    snow_line = between(rng, 0.15, 0.4)
    slope = np.abs(np.gradient(heights, axis=1)) * width / 256
    snow = smoothstep(0.0, 0.16, heights - snow_line + 0.18 * rough) * smoothstep(0.034, 0.016, slope + 0.006 * rough)
    rock = mix(pick(rng, ["6b6f7d", "7a7078", "5d6672"]), pick(rng, ["93938f", "a08f84"]), 0.5 + 0.5 * rough)
    green = pick(rng, ["4c6a4a", "557a4c", "3f6058"])
    albedo = mix(mix(green, rock, smoothstep(0.05, 0.3, heights + 0.1 * rough)), rgb("fbfcff"), snow)
    colors = albedo * mix(mix(sky.shadow, sky.zenith, 0.45) * 1.05, sky.light * 1.18, light)
    haze = smoothstep(0.4, 0.0, heights) * (0.2 + 0.5 * z)
    colors = mix(colors, mix(sky.horizon, sky.zenith, 0.3), haze)
    project(canvas, heights, colors, near=base + 0.05, far=base - 0.06, relief=base - between(rng, 0.10, 0.24))
    _alp_front(canvas, rng, sky, base)


def _alp_front(canvas: Canvas, rng: np.random.Generator, sky: Sky, base: float) -> None:
    width = canvas.shape[1]
    if rng.random() < 0.5:
        water = reflect(canvas, rng, base + 0.03, mix(sky.zenith, rgb("2a7a8c"), 0.5), 0.32)
        water.blend(sky.cloud, smoothstep(0.5, 0.95, noise.smooth(rng, water.shape, (34, 4))) * 0.2)
    else:
        part = canvas.crop(0, base - 0.05, 1, 1)
        hill = base + 0.03 + 0.05 * noise.line(rng, width, 2, octaves=2)
        grain = noise.fractal(rng, part.shape, (18, 9), octaves=4, gain=0.7)
        meadow = mix(
            pick(rng, ["5f8f3f", "7aa04a", "8a9a48", "b09a50", "e8eef4"]),
            pick(rng, ["3f6b3a", "4d7a44", "7a7a40"]),
            0.5 + 0.6 * grain,
        )
        part.blend(meadow * mix(sky.shadow, sky.light * 1.1, 0.75), part.cover(hill[None, :] - part.y))
    firs = []
    for _ in range(int(rng.integers(6, 26))):
        x, foot = float(rng.beta(0.5, 0.5)), between(rng, base + 0.05, base + 0.16)
        tall = (foot - base + 0.06) * between(rng, 0.5, 0.95)
        firs.append(_fir(x, foot, tall))
    mask = canvas.polygons(firs)
    canvas.blend(mix(rgb("1d3a33"), sky.shadow, 0.25) * (0.8 + 0.2 * float(sky.light.mean())), mask)


def _fir(x: float, foot: float, tall: float) -> Array:
    left = []
    for step in range(5):
        t = step / 5
        reach = tall * 0.22 * (t + 0.25)
        left += [(-reach, foot - tall * (0.86 - t * 0.86)), (-reach * 0.45, foot - tall * (0.86 - t * 0.86))]
    outline = [(x, foot - tall)] + [(x + a, b) for a, b in left] + [(x - a, b) for a, b in reversed(left)]
    return np.array(outline, np.float32)
