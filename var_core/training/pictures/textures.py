"""Pictures of no class, for the tokenizer: a visitor's photo holds edges, gradients and grain that no painter draws.

Each is a ground (noise with a 1/f spectrum, a soft gradient as of walls and skies, or stripes) with, mostly, dead
leaves over it: shapes of power-law sizes that hide one another, which have the edge statistics of natural pictures
(Lee, Mumford & Huang 2001). Over all of it lie uneven light, at times a lens's blur, and a sensor's grain.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas
from var_core.training.pictures.light import mix
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import norm, smoothstep

SUPERSAMPLE = 2


def paint_texture(canvas: Canvas, rng: np.random.Generator) -> None:
    """Fills the canvas with one texture."""
    palette = _palette(rng)
    ground = (_noise_ground, _gradient_ground, _soft_ground, _stripe_ground)[int(rng.choice(4, p=(0.3, 0.2, 0.3, 0.2)))]
    canvas.pixels[:] = ground(canvas, rng, palette)
    if rng.random() < 0.7:
        cover, leaves = _dead_leaves(canvas.shape[0], rng, palette)
        canvas.shade(1.0 - cover)
        canvas.pixels += leaves
    # Light falls off to one side, and varies over what it falls on.
    u, _ = canvas.local(0.5, 0.5, 1.0, between(rng, 0, math.tau))
    canvas.shade(1.0 + between(rng, 0.0, 0.35) * (u + 0.5 * noise.smooth(rng, canvas.shape, (3, 3))))
    canvas.pixels += (
        between(rng, 0.0, 0.06) * noise.fractal(rng, canvas.shape, (24, 24), octaves=3, gain=0.8)[..., None]
    )
    grain = rng.standard_normal(canvas.shape, np.float32)
    canvas.pixels += (between(rng, 0.0, 0.025) * grain)[..., None]


def _palette(rng: np.random.Generator) -> Array:
    """Six related colours (6, 3): tones of one scene, mostly muted, under light of one tint."""
    tones = between(rng, 0.3, 0.7) + rng.normal(0, between(rng, 0.1, 0.28), (6, 1))
    tint = rng.normal(0, 0.05, 3)
    chroma = rng.normal(0, 1, (6, 3)) * 0.8 + rng.normal(0, 0.7, 3)
    chroma -= chroma.mean(axis=1, keepdims=True)
    vivid = 0.02 + 0.2 * float(rng.beta(1.2, 3.5))  # photographs are seldom as vivid as random numbers
    palette: Array = np.clip(tones * (1 + tint) + vivid * chroma * (0.4 + np.clip(tones, 0, 1)), 0.02, 0.98).astype(
        np.float32
    )
    return palette


def _noise_ground(canvas: Canvas, rng: np.random.Generator, palette: Array) -> Array:
    cells = between(rng, 2, 10)
    field = noise.fractal(
        rng, canvas.shape, (cells, cells * between(rng, 0.3, 3)), octaves=5, gain=between(rng, 0.4, 0.8)
    )
    tint = noise.smooth(rng, canvas.shape, (4, 4))
    color = mix(palette[0], palette[1], smoothstep(-0.8, 0.8, field))
    return mix(color, palette[2], 0.4 * smoothstep(-0.5, 1.0, tint))


def _gradient_ground(canvas: Canvas, rng: np.random.Generator, palette: Array) -> Array:
    u, v = canvas.local(between(rng, 0, 1), between(rng, 0, 1), between(rng, 0.5, 1.5), between(rng, 0, 6))
    along = u if rng.random() < 0.6 else norm(u, v)
    return mix(palette[0], palette[1], smoothstep(-0.7, 0.9, along))


def _soft_ground(canvas: Canvas, rng: np.random.Generator, palette: Array) -> Array:
    # Out of focus: broad fields of light and of colour that vary each on their own.
    broad = noise.fractal(rng, canvas.shape, (2, 2), octaves=3, gain=between(rng, 0.3, 0.55))
    other = noise.smooth(rng, canvas.shape, (3, 3))
    u, _ = canvas.local(0.5, 0.5, between(rng, 0.5, 1.2), between(rng, 0, math.tau))
    color = mix(palette[0], palette[1], smoothstep(-0.9, 0.9, u + 0.5 * broad))
    return mix(color, palette[2], 0.6 * smoothstep(-0.3, 0.9, other))


def _stripe_ground(canvas: Canvas, rng: np.random.Generator, palette: Array) -> Array:
    u, v = canvas.local(0.5, 0.5, 1.0, between(rng, 0, math.pi))
    depth = 1.0 / (1.0 + between(rng, 0, 0.8) * v)  # a plane seen at a slant
    count = math.exp(between(rng, math.log(3), math.log(40)))
    bend = between(rng, 0, 0.08) * noise.smooth(rng, canvas.shape, (3, 3))
    wave = np.sin(math.tau * count * (u + bend) * depth)
    if rng.random() < 0.5:
        wave = wave * np.sin(math.tau * count * v * depth)
    sharp = between(rng, 0.1, 0.9)
    return mix(palette[0], palette[3], smoothstep(-sharp, sharp, wave))


def _dead_leaves(side: int, rng: np.random.Generator, palette: Array) -> tuple[Array, Array]:
    """Cover (side, side) of overlapping discs, polygons and lines; and colours (side, side, 3), black where bare."""
    size = side * SUPERSAMPLE
    image, mask = Image.new("RGB", (size, size)), Image.new("L", (size, size))
    pen, stencil = ImageDraw.Draw(image), ImageDraw.Draw(mask)
    for _ in range(int(rng.integers(5, 140))):
        radius = size * min(0.5, 0.012 / (float(rng.random()) + 0.01))  # density falls with the cube of the radius
        x, y = (float(value) for value in rng.random(2) * size)
        tone = palette[int(rng.integers(6))] * between(rng, 0.6, 1.25) + rng.normal(0, 0.02, 3)
        shade = np.clip(tone, 0, 1) * 255
        fill = (int(shade[0]), int(shade[1]), int(shade[2]))
        kind = rng.random()
        if kind < 0.45:
            box = [x - radius, y - radius * 0.8, x + radius, y + radius * 0.8]
            pen.ellipse(box, fill=fill)
            stencil.ellipse(box, fill=255)
        elif kind < 0.8:
            corners, turn = int(rng.integers(3, 8)), between(rng, 0, 360)
            pen.regular_polygon((x, y, radius), corners, turn, fill=fill)
            stencil.regular_polygon((x, y, radius), corners, turn, fill=255)
        else:
            angle, width = between(rng, 0, math.tau), int(1 + rng.exponential(4))
            line = [x, y, x + math.cos(angle) * radius * 4, y + math.sin(angle) * radius * 4]
            pen.line(line, fill=fill, width=width)
            stencil.line(line, fill=255, width=width)
    small, coverage = image.reduce(SUPERSAMPLE), mask.reduce(SUPERSAMPLE)
    if rng.random() < 0.35:
        blur = ImageFilter.BoxBlur(between(rng, 0.5, 4.0) * side / 256)
        small, coverage = small.filter(blur), coverage.filter(blur)
    colors = np.asarray(small, np.float32) / 255
    return np.asarray(coverage, np.float32) / 255, colors
