"""Goldfish: what gleams among plants."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.closeup import paint_meadow
from var_core.training.pictures.light import mix, pick, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import bell, ellipse, norm, place, ribbon, smoothstep
from var_core.training.pictures.water import bubbles, flip, paint_water

Frame = tuple[float, float, float, float]
"""Where a figure stands: x, y, size, angle."""


TANK = [
    ["bfe8e6", "7cc8cf", "3f9aac", "2a7286"],
    ["9fdcf0", "4fb0dc", "2a80b8", "1f5a8a"],
    ["cdeabf", "8fcf9f", "4f9f80", "2f7060"],
    ["3f8fa0", "1f6478", "124458", "0a2a3a"],
    ["e4f0e8", "b4dce0", "80bccb", "5a9ab0"],
]


def paint_goldfish(canvas: Canvas, rng: np.random.Generator) -> None:
    """An orange fish or two with flowing fins, among plants over pebbles, or in a bowl."""
    if rng.random() < 0.25:
        _bowl(canvas, rng)
    else:
        floor = between(rng, 0.84, 0.97)
        _tank(canvas, rng, floor)
        if rng.random() < 0.3:
            for x, y in ((0.36, 0.3), (0.66, 0.63)):
                spot = (x + between(rng, -0.04, 0.06), y + between(rng, -0.06, 0.06))
                _fish(canvas, rng, (*spot, between(rng, 0.14, 0.19), between(rng, -0.3, 0.3)))
        else:
            if rng.random() < 0.25:
                _fish(canvas, rng, (between(rng, 0.12, 0.88), between(rng, 0.12, 0.2), 0.075, 0.0))
            size, angle = between(rng, 0.19, 0.27), between(rng, -0.35, 0.3)
            _fish(canvas, rng, (between(rng, 0.52, 0.68), between(rng, 0.34, 0.62), size, angle))
        bubbles(canvas, rng)
    if rng.random() < 0.5:
        flip(canvas)


def _tank(canvas: Canvas, rng: np.random.Generator, floor: float) -> None:
    paint_water(canvas, rng, TANK[int(rng.integers(len(TANK)))], between(rng, 0.15, 0.5))
    _plants(canvas, rng, floor)
    _pebbles(canvas, rng, floor)


def _bowl(canvas: Canvas, rng: np.random.Generator) -> None:
    """A round bowl on a table: a tank seen through a circle, under its own rim and lights."""
    x, y, size = 0.5, between(rng, 0.5, 0.55), between(rng, 0.37, 0.42)
    inside = Canvas.blank(canvas.shape[0])
    _tank(inside, rng, y + 0.78 * size)
    _fish(inside, rng, (between(rng, 0.52, 0.6), y + between(rng, -0.08, 0.1), between(rng, 0.14, 0.18),
                        between(rng, -0.25, 0.25)))  # fmt: skip
    bubbles(inside, rng)
    paint_meadow(canvas, rng)
    table = y + 0.72 * size
    desk = canvas.crop(0, table, 1, 1)
    wood = pick(rng, ["8a6040", "b89468", "5a4438", "d8d0c4", "6a7a80"])
    grain = noise.fractal(rng, desk.shape, (22, 4), octaves=2)
    desk.blend(
        tinted(wood, np.asarray(0.95 + 0.1 * grain - 0.5 * (desk.y - table), np.float32)),
        desk.cover(table - desk.y, 0.01),
    )
    u, v = canvas.local(x, y, size)
    canvas.shade(1.0 - 0.5 * smoothstep(1.2, 0.4, norm(u, (v - 0.97) / 0.2)))
    radius = norm(u, v)
    level, mouth = -0.58, -0.8
    glass = canvas.cover(np.asarray(np.maximum(radius - 1.0, mouth - v) * size, np.float32))
    surface = ellipse(u, v - level, math.sqrt(1 - level * level), 0.075)
    water = glass * canvas.cover(np.minimum(level - v, surface) * size)
    canvas.blend(rgb("eaf6f8"), glass * 0.16)
    inside.shade(np.asarray(1.08 - 0.4 * smoothstep(0.72, 1.0, radius), np.float32))
    canvas.blend(inside.pixels, water)
    canvas.blend(rgb("e8fafa"), canvas.cover(surface * size) * glass * 0.4)
    rim = np.abs(ellipse(u, v - mouth, math.sqrt(1 - mouth * mouth) * 1.02, 0.07)) - 0.018
    canvas.blend(rgb("f4fcff"), canvas.cover(np.asarray(rim * size, np.float32)) * 0.75)
    canvas.glow(rgb("f4fcff"), glass * smoothstep(0.93, 0.99, radius) * 0.45)
    shine = bell((radius - 0.86) / 0.035) * bell((u + 0.62) / 0.28) * smoothstep(0.35, -0.2, v) + 0.5 * bell(
        (u - 0.6) / 0.06, (v + 0.35) / 0.2
    )
    canvas.glow(rgb("ffffff"), np.asarray(shine, np.float32) * glass * 0.8)


def _plants(canvas: Canvas, rng: np.random.Generator, floor: float) -> None:
    for _ in range(2):
        blades = []
        for _ in range(int(rng.integers(3, 9))):
            root, tall = float(rng.beta(0.6, 0.6)), between(rng, 0.2, 0.7)
            t = np.linspace(0, 1, 24, dtype=np.float32)
            bend = 0.035 * np.sin(t * between(rng, 5, 9) + between(rng, 0, 6)) * (0.3 + t)
            axis = np.stack([root + bend + float(rng.normal(0, 0.05)) * t, floor + 0.03 - tall * t], axis=1)
            blades.append(ribbon(axis, between(rng, 0.008, 0.018) * (1 - t) ** 0.6 + 0.001))
        green = pick(rng, ["2f7a4a", "4f9a4a", "1f5f4a", "7aa83f", "2a6a5f"])
        part = canvas.crop(0, min(float(blade[:, 1].min()) for blade in blades), 1, floor + 0.04)
        part.blend(mix(green * 1.3, green * 0.7, part.y), part.polygons(blades) * 0.85)


def _pebbles(canvas: Canvas, rng: np.random.Generator, floor: float) -> None:
    part = canvas.crop(0, floor - 0.05, 1, 1)
    edge = floor + 0.02 * noise.line(rng, part.shape[1], 3, octaves=3)
    sand = pick(rng, ["b89a6a", "8a7a68", "c8b48a", "6f7a7a"])
    part.blend(sand * 0.6, part.cover(edge[None, :] - part.y))
    ring = np.linspace(0, math.tau, 12, endpoint=False)
    circle = np.stack([np.cos(ring), np.sin(ring)], axis=1).astype(np.float32)
    for tone in (0.64, 0.82, 1.0):
        spots = rng.uniform((0, floor - 0.005), (1, 1.02), (32, 2))
        radii = rng.uniform(0.012, 0.024, (32, 1, 1)) * np.array([1.0, 0.7])
        stones = (spots[:, None] + circle * radii).astype(np.float32)
        shine = (spots[:, None] + circle * radii * 0.5 - radii * 0.28).astype(np.float32)
        hue = np.clip(sand * tone + rng.normal(0, 0.05, 3), 0, 1).astype(np.float32)
        part.blend(hue, part.polygons(list(stones)))
        part.blend(np.minimum(hue * 1.22, 1), part.polygons(list(shine)) * 0.6)


def _fan(
    rng: np.random.Generator,
    ends: tuple[float, float, float, float],
    angles: tuple[float, float],
    lengths: Array,
    bend: float,
) -> Array:
    # A fin's rays (n, 9, 2): roots between two ends, headings between two angles, curling by bend.
    n = len(lengths)
    t = np.linspace(0, 1, n, dtype=np.float32)
    s = np.linspace(0, 1, 9, dtype=np.float32)
    flutter = 0.16 * np.sin(t * between(rng, 5, 11) + between(rng, 0, 6))
    heading = (angles[0] + (angles[1] - angles[0]) * t)[:, None] + bend * s + flutter[:, None] * s * s
    step = lengths[:, None] / 8
    root = np.stack([ends[0] + (ends[2] - ends[0]) * t, ends[1] + (ends[3] - ends[1]) * t], axis=1)
    moves = np.stack([np.cos(heading) * step, np.sin(heading) * step], axis=2)
    moves[:, 0] = 0
    return np.asarray(root[:, None] + np.cumsum(moves, axis=1), np.float32)


def _fin(canvas: Canvas, rays: Array, frame: Frame, base: Array, tip: Array) -> None:
    x, y, size, angle = frame
    n = len(rays)
    placed = place(rays.reshape(-1, 2), x, y, size, angle).reshape(n, -1, 2)
    outline = np.concatenate([placed[0], placed[1:-1, -1], placed[-1, ::-1]])
    low, high = outline.min(axis=0), outline.max(axis=0)
    part = canvas.crop(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    root = placed[:, 0].mean(axis=0)
    span = float(norm(*(placed[:, -1] - root).T).max())
    t = np.clip(norm(part.x - root[0], part.y - root[1]) / span, 0, 1)
    web = mix(base, tip, t)
    part.blend(web, part.polygon(outline) * (0.9 - 0.3 * t))
    lines: list[Stroke] = [(ray, 0.012 * size, 0.55) for ray in placed[1:-1]]
    part.blend(web * 0.78, part.strokes(lines) * (0.9 - 0.4 * t))


def _fish(canvas: Canvas, rng: np.random.Generator, frame: Frame) -> None:
    x, y, size, _ = frame
    body = pick(rng, ["f57a14", "f2661a", "ff8f1f", "ee5a1c", "f79a2a"], 0.02)
    tip = mix(body, pick(rng, ["ffd07a", "fff0dc", "ff9a4a"], 0.02), between(rng, 0.4, 0.9))
    long, droop = between(rng, 0.85, 1.25), between(rng, 0.0, 0.35)
    t = np.linspace(-1, 1, 21, dtype=np.float32)
    a = np.abs(t)
    fork = np.asarray((0.46 + 0.62 * a * a - 0.5 * np.maximum(a - 0.8, 0)) * long, np.float32)
    spread = between(rng, 0.75, 1.0)
    tail = _fan(rng, (-0.84, -0.1, -0.84, 0.12), (math.pi + spread, math.pi - spread), fork, -droop)
    _fin(canvas, tail, frame, body, tip)
    t = np.linspace(0, 1, 13, dtype=np.float32)
    sail = (0.32 + 0.42 * np.sin(math.pi * (0.15 + 0.75 * (1 - t)))) * between(rng, 0.75, 1.05)
    dorsal = _fan(rng, (-0.52, -0.24, 0.28, -0.4), (math.pi + 0.5, math.pi + 1.25), sail[::-1], -0.35)
    _fin(canvas, dorsal, frame, body, tip)
    for start, far, span in ((-0.55, -0.35, 0.5), (0.0, 0.2, 0.48)):
        veil = (0.6 + 0.4 * np.sin(math.pi * t)) * span * long
        pelvic = _fan(rng, (start, 0.22, far, 0.34), (math.pi - 0.55, math.pi - 1.3), veil[:9], 0.3)
        _fin(canvas, pelvic, frame, body, tip)

    part = canvas.around(x, y, size * 1.12, size * 0.85)
    u, v = part.local(*frame)
    depth = between(rng, 0.42, 0.52)
    stops = np.array([-1.0, -0.85, -0.6, -0.25, 0.1, 0.4, 0.65, 0.85, 0.97, 1.02])
    upper = np.interp(u, stops, np.array([0.2, 0.21, 0.4, 0.8, 1.0, 0.95, 0.76, 0.47, 0.2, 0.0]) * depth)
    lower = np.interp(u, stops, np.array([0.22, 0.24, 0.48, 0.92, 1.08, 1.0, 0.76, 0.48, 0.24, 0.0]) * depth)
    half = np.asarray(np.where(v < 0, upper, lower), np.float32)
    distance = np.maximum(np.maximum(np.abs(v) - half, -0.95 - u), u - 1.02)
    across = np.asarray(np.clip(v / np.maximum(half, 1e-3), -1, 1), np.float32)
    square = across * across
    light = np.clip(0.62 - 0.42 * across - 0.35 * square * square + 0.12 * np.sqrt(1 - square), 0, 1)
    back, belly = body * 0.72, mix(body, rgb("ffe2a8"), 0.65)
    color = mix(mix(body, back, smoothstep(-0.2, -0.95, across)), belly, smoothstep(0.25, 0.95, across))
    if rng.random() < 0.3:
        patch = noise.smooth(rng, part.shape, (6, 6))
        color = mix(color, rgb("fff4e6"), smoothstep(0.15, 0.3, patch))
    # Scales: staggered rows of discs, each lit at its rear edge, none on the head.
    rows = v * 15
    shifted = u * 11 + 0.5 * (np.floor(rows) % 2)
    arc = norm(shifted % 1.0 - 0.75, (rows % 1.0 - 0.5) * 0.9)
    trunk = smoothstep(0.52, 0.44, u + 0.25 * v * v) * smoothstep(-0.95, -0.8, u)
    scale = smoothstep(0.28, 0.0, np.abs(arc - 0.6)) * trunk
    color = color * (0.72 + 0.42 * light - 0.2 * scale)[..., None]
    gleam = bell((across + 0.42) / 0.22) * smoothstep(-0.9, -0.4, u) * smoothstep(0.95, 0.6, u)
    shimmer = np.clip(noise.smooth(rng, part.shape, (9, 9)), 0, 1) * trunk * smoothstep(0.5, 0.2, arc)
    color = mix(color, rgb("fff3cf"), np.clip(0.42 * gleam * (1 - 0.5 * scale) + 0.45 * shimmer, 0, 1))
    gill = np.abs(norm(u - 0.72, v * 0.95 + 0.02) - 0.27)
    color = mix(color, body * 0.6, smoothstep(0.03, 0.0, gill) * (u < 0.6) * 0.8)
    mouth = np.abs(v - 0.07 - 0.25 * (1.0 - u)) + np.maximum(0.88 - u, 0)
    color = mix(color, body * 0.45, smoothstep(0.025, 0.0, mouth) * 0.9)
    part.blend(color, part.cover(distance * size))
    socket = place(np.array([[0.74, -0.12]], np.float32), *frame)[0]
    part = canvas.around(float(socket[0]), float(socket[1]), 0.12 * size)
    u, v = part.local(*frame)
    eye = norm(u - 0.74, v + 0.12)
    part.blend(rgb("ffe6a0"), part.cover((eye - 0.085) * size))
    part.blend(rgb("14100e"), part.cover((eye - 0.056) * size))
    part.blend(rgb("ffffff"), part.cover((norm(u - 0.76, v + 0.145) - 0.02) * size))
    length = 0.22 + 0.14 * np.sin(math.pi * t[:8])
    pectoral = _fan(rng, (0.36, 0.16, 0.4, 0.26), (math.pi - 0.1, math.pi - 1.0), length, 0.25)
    _fin(canvas, pectoral, frame, body * 0.95, tip)
