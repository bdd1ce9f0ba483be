"""Pictures of no class, for the tokenizer: a visitor's photo holds edges, gradients and grain that no painter draws.

Each is a ground (noise with a 1/f spectrum, a gradient, or stripes) with, mostly, dead leaves over it: shapes of
power-law sizes that hide one another, which have the edge statistics of natural pictures (Lee, Mumford & Huang 2001).
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas
from var_core.training.pictures.shapes import smoothstep

SUPERSAMPLE = 2


def paint_texture(canvas: Canvas, rng: np.random.Generator) -> None:
    """Fills the canvas with one texture."""
    palette = _palette(rng)
    ground = (_noise_ground, _gradient_ground, _stripe_ground)[int(rng.choice(3, p=(0.4, 0.35, 0.25)))]
    canvas.pixels[:] = ground(canvas, rng, palette)
    if rng.random() < 0.75:
        cover, leaves = _dead_leaves(canvas.shape[0], rng, palette)
        canvas.blend(leaves, cover)
    strength = float(rng.uniform(0.0, 0.08))
    canvas.pixels += strength * noise.fractal(rng, canvas.shape, (24, 24), octaves=3, gain=0.8)[..., None]


def _palette(rng: np.random.Generator) -> Array:
    """Six related colours (6, 3): spread round a random one, as light and material do."""
    centre, spread = rng.random(3), rng.uniform(0.1, 0.35)
    colors = centre + rng.normal(0, spread, (6, 3)) + rng.normal(0, 0.15, (6, 1))
    grey = colors.mean(axis=1, keepdims=True)  # photographs are seldom as vivid as random numbers
    palette: Array = np.clip(grey + (colors - grey) * rng.uniform(0.1, 0.8), 0, 1).astype(np.float32)
    return palette


def _noise_ground(canvas: Canvas, rng: np.random.Generator, palette: Array) -> Array:
    cells = float(rng.uniform(2, 10))
    field = noise.fractal(
        rng, canvas.shape, (cells, cells * rng.uniform(0.3, 3)), octaves=5, gain=rng.uniform(0.4, 0.8)
    )
    tint = noise.fractal(rng, canvas.shape, (3, 3), octaves=2)
    color: Array = palette[0] + (palette[1] - palette[0]) * smoothstep(-0.8, 0.8, field)[..., None]
    color += (palette[2] - color) * (0.4 * smoothstep(-0.5, 1.0, tint))[..., None]
    return color


def _gradient_ground(canvas: Canvas, rng: np.random.Generator, palette: Array) -> Array:
    u, v = canvas.local(
        float(rng.random()), float(rng.random()), float(rng.uniform(0.5, 1.5)), float(rng.uniform(0, 6))
    )
    along = u if rng.random() < 0.6 else np.hypot(u, v)
    color: Array = palette[0] + (palette[1] - palette[0]) * smoothstep(-0.7, 0.9, along)[..., None]
    return color


def _stripe_ground(canvas: Canvas, rng: np.random.Generator, palette: Array) -> Array:
    u, v = canvas.local(0.5, 0.5, 1.0, float(rng.uniform(0, np.pi)))
    depth = 1.0 / (1.0 + float(rng.uniform(0, 0.8)) * v)  # a plane seen at a slant
    count = float(np.exp(rng.uniform(np.log(3), np.log(40))))
    wave = np.sin(2 * np.pi * count * u * depth)
    if rng.random() < 0.5:
        wave = wave * np.sin(2 * np.pi * count * v * depth)
    sharp = float(rng.uniform(0.1, 0.9))
    color: Array = palette[0] + (palette[3] - palette[0]) * smoothstep(-sharp, sharp, wave)[..., None]
    return color


def _dead_leaves(side: int, rng: np.random.Generator, palette: Array) -> tuple[Array, Array]:
    """Cover (side, side) and colours (side, side, 3) of overlapping discs, polygons and lines."""
    size = side * SUPERSAMPLE
    image, mask = Image.new("RGB", (size, size)), Image.new("L", (size, size))
    pen, stencil = ImageDraw.Draw(image), ImageDraw.Draw(mask)
    for _ in range(int(rng.integers(5, 140))):
        radius = size * float(min(0.5, 0.012 / (rng.random() + 0.01)))  # density falls with the cube of the radius
        x, y = (float(value) for value in rng.random(2) * size)
        shade = np.clip(palette[int(rng.integers(6))] * rng.uniform(0.5, 1.3) + rng.normal(0, 0.06, 3), 0, 1) * 255
        fill = (int(shade[0]), int(shade[1]), int(shade[2]))
        kind = rng.random()
        if kind < 0.4:
            box = [x - radius, y - radius * 0.8, x + radius, y + radius * 0.8]
            pen.ellipse(box, fill=fill)
            stencil.ellipse(box, fill=255)
        elif kind < 0.8:
            corners, turn = int(rng.integers(3, 8)), float(rng.uniform(0, 360))
            pen.regular_polygon((x, y, radius), corners, turn, fill=fill)
            stencil.regular_polygon((x, y, radius), corners, turn, fill=255)
        else:
            angle, width = float(rng.uniform(0, 2 * np.pi)), int(1 + rng.exponential(4))
            line = [x, y, x + np.cos(angle) * radius * 4, y + np.sin(angle) * radius * 4]
            pen.line(line, fill=fill, width=width)
            stencil.line(line, fill=255, width=width)
    colors = np.asarray(image.reduce(SUPERSAMPLE), np.float32) / 255
    return np.asarray(mask.reduce(SUPERSAMPLE), np.float32) / 255, colors
