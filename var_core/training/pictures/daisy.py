"""Daisy: white flowers before a soft-focus meadow."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures.canvas import Canvas, Stroke, tinted
from var_core.training.pictures.closeup import paint_meadow, scatter, soft_focus, soften
from var_core.training.pictures.light import ball_light, mix, pick, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.petals import petals
from var_core.training.pictures.shapes import DOT, ellipse, norm, points, ribbon, smoothstep, spline

GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


def paint_daisy(canvas: Canvas, rng: np.random.Generator) -> None:
    """One to three white daisies with yellow discs over a blurred meadow."""
    if rng.random() < 0.65:
        paint_meadow(canvas, rng)
    else:
        greens = [pick(rng, ["9cc05a", "6fa03f", "86b35a"]), pick(rng, ["4f8a3a", "5f9440"]),
                  pick(rng, ["2f6030", "3c6a2c", "24523a"])]  # fmt: skip
        if rng.random() < 0.5:
            greens.insert(0, pick(rng, ["a8d4ee", "8cc4e8", "d8ead8", "f2dca8"]))
        soft_focus(canvas, rng, greens, [rgb("f4f7ea"), rgb("cfe39a"), rgb("f7df72"), rgb("8fbf5a")])
    _blades(canvas, rng)
    count = int(rng.choice([1, 1, 1, 2, 2, 3]))
    light = between(rng, -math.pi, 0)
    flip = 1 if rng.random() < 0.5 else -1
    spots = [[(0.5, 0.46)], [(0.33, 0.38), (0.67, 0.62)], [(0.3, 0.32), (0.71, 0.36), (0.5, 0.7)]][count - 1]
    blooms = []
    for x, y in spots:
        x = 0.5 + flip * (x - 0.5) + between(rng, -0.06, 0.06)
        y += between(rng, -0.06, 0.06)
        blooms.append((x, y, between(rng, *[(0.32, 0.46), (0.23, 0.31), (0.2, 0.26)][count - 1])))
    green = pick(rng, ["5a8f35", "4a7d33", "6b9b45"])
    for x, y, size in blooms:
        t = np.linspace(0, 1, 12, dtype=np.float32)
        axis = np.stack([x + between(rng, -0.2, 0.2) * t * t, y + (1.15 - y) * t], axis=1)
        wide = np.full(12, size * 0.055, np.float32)
        canvas.fill(ribbon(axis, wide), green * 0.7)
        canvas.fill(ribbon(axis - points((wide[0] * 0.3, 0)), wide * 0.45), green * 1.15)
    white = pick(rng, ["fdfdfb", "fbf8f2", "f6f8ff"], 0.01)
    tip = mix(white, pick(rng, ["f0a8c8", "fffdf5", "e8ecff"]), between(rng, 0, 0.6))
    for x, y, size in blooms:
        squash, turn = between(rng, 0.62, 1.0), between(rng, -1.1, 1.1)
        cos, sin = math.cos(turn), math.sin(turn)
        part = canvas.around(x, y, size * math.hypot(cos, squash * sin), size * math.hypot(sin, squash * cos))
        core = between(rng, 0.27, 0.36)
        number = int(rng.integers(9, 15))
        width = between(rng, 0.88, 1.1) * 1.75 / number
        for layer, shade in enumerate((0.84, 1.0)):
            u, v = part.local(x, y, size * (1.0 - 0.05 * layer), turn)
            spin = between(rng, 0, math.pi)
            v = v / squash
            cos, sin = math.cos(spin), math.sin(spin)
            wheel = (u * cos + v * sin, v * cos - u * sin)
            petals(part, rng, wheel, number, width, white, tip, light - turn - spin, shade)
        # A tilted flower's disc stands out towards the viewer.
        lift = 0.22 * core * size * math.sqrt(1 - squash * squash)
        x, y = x + lift * math.sin(turn), y - lift * math.cos(turn)
        _disc(canvas, rng, x, y, size * core, squash, turn, light)


def _disc(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, squash: float,
          turn: float, light: float) -> None:  # fmt: skip
    part = canvas.around(x, y, size * 1.25)
    u, v = part.local(x, y, size, turn)
    v = v / (0.35 + 0.65 * squash)
    away = 0.12 * size
    shadow = part.local(x - away * math.cos(light), y - away * math.sin(light), size * 1.16, turn)
    part.shade(1.0 - 0.35 * smoothstep(1.06, 0.8, norm(shadow[0], shadow[1] / (0.35 + 0.65 * squash))))
    lit = ball_light(np.clip(u, -1, 1), np.clip(v, -1, 1), light - turn, 0.42)
    cover = part.cover(ellipse(u, v, 1, 1) * size)
    warm = pick(rng, ["f7b500", "f2a900", "fdc51e", "eda312"])
    part.blend(tinted(mix(warm, rgb("a35a05"), 0.55), lit), cover)
    count = int(rng.integers(90, 170))
    order = np.arange(count, dtype=np.float32)
    r, a = np.sqrt((order + 0.5) / count) * 0.97, order * np.float32(GOLDEN_ANGLE)
    heads = np.stack([r * np.cos(a), r * np.sin(a) * (0.35 + 0.65 * squash)], axis=1)
    bead = (1.05 / math.sqrt(count) * (0.55 + 0.45 * r))[:, None, None]
    toward = points((math.cos(light - turn), math.sin(light - turn)))
    florets = scatter(heads[:, None] + DOT * bead, x, y, size, turn)
    glints = scatter(heads[:, None] + (DOT * 0.42 + toward * 0.3) * bead, x, y, size, turn)
    lit = lit * 1.12
    part.blend(tinted(warm, lit), part.polygons(florets) * 0.9)
    part.blend(mix(warm, rgb("fff3a0"), 0.7), part.polygons(glints) * np.clip(lit - 0.25, 0, 0.9))
    # The young florets in the middle are still green.
    part.blend(rgb("b5a61c"), smoothstep(0.5, 0.05, norm(u, v)) * between(rng, 0, 0.45))


def _blades(canvas: Canvas, rng: np.random.Generator) -> None:
    # Out-of-focus grass: dim, wide lines that lean together.
    lean = between(rng, -0.3, 0.3)
    lines: list[Stroke] = []
    for _ in range(int(rng.integers(10, 30))):
        x, top = between(rng, -0.1, 1.1), between(rng, 0.45, 0.9)
        bend = lean + between(rng, -0.15, 0.15)
        stalk = points((x, 1.05), (x + bend * 0.3, 0.5 + top / 2), (x + bend, top))
        lines.append((spline(stalk, closed=False, steps=5), between(rng, 0.006, 0.018), between(rng, 0.3, 1)))
    canvas.blend(pick(rng, ["2c5a2a", "7fae4a", "3b6e30"]), soften(canvas.strokes(lines), 1.6) * 0.5)
