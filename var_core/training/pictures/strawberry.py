"""Strawberry: hanging among leaves, or laid on a plate or a table."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.closeup import paint_meadow, scatter, soft_focus, soften
from var_core.training.pictures.light import ball_light, mix, pick, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import DOT, norm, place, points, ribbon, smoothstep, spline


def paint_strawberry(canvas: Canvas, rng: np.random.Generator) -> None:
    """One to three strawberries: hanging among leaves, or laid on a plate or a table."""
    kind = float(rng.random())
    light = between(rng, -2.7, -0.45)
    count = int(rng.choice([1, 1, 2, 2, 3]))
    if kind < 0.5:
        paint_meadow(canvas, rng)
        for _ in range(int(rng.integers(2, 5))):
            x, y = between(rng, 0, 1), between(rng, -0.1, 0.4)
            _leaf(canvas, rng, x, y, between(rng, 0.18, 0.34), between(rng, 0, 6))
    else:
        cloth = pick(rng, ["cfe3ea", "f3e3cf", "e8d6e2", "d9e6cf", "b98a62", "f4f1ea", "7fa8b8"])
        soft_focus(canvas, rng, [cloth * 0.85, cloth, cloth * 0.95], [cloth, mix(cloth, rgb("ffffff"), 0.6)])
        if kind < 0.78:
            x, y = between(rng, 0.42, 0.58), between(rng, 0.58, 0.68)
            u, v = canvas.local(x, y, between(rng, 0.44, 0.56))
            d = norm(u, v / between(rng, 0.55, 0.9))
            canvas.shade(1.0 - 0.3 * smoothstep(1.16, 0.95, norm(u, (v - 0.06) / 0.8)))
            plate = pick(rng, ["fbfbf8", "eef3f7", "f7efe0", "9fc4d4"])
            rim = 1.0 - 0.10 * smoothstep(0.03, 0.0, np.abs(d - 0.74)) - 0.05 * smoothstep(0.78, 0.6, d)
            canvas.blend(tinted(plate, rim), canvas.cover((d - 1.0) * 0.4))
    flip = 1 if rng.random() < 0.5 else -1
    spots = [[(0.5, 0.56)], [(0.31, 0.48), (0.68, 0.62)], [(0.27, 0.44), (0.72, 0.42), (0.5, 0.7)]][count - 1]
    for x, y in spots:
        x = 0.5 + flip * (x - 0.5) + between(rng, -0.05, 0.05)
        y += between(rng, -0.05, 0.05)
        size = between(rng, *[(0.27, 0.36), (0.2, 0.26), (0.17, 0.22)][count - 1])
        # They hang by the stem, or have rolled over.
        turn = between(rng, -0.4, 0.4) if kind < 0.5 else between(rng, 0.35, 1.5) * int(rng.choice([-1, 1]))
        if kind >= 0.5:
            part = canvas.around(x - 0.25 * size * math.cos(light), y + 0.45 * size, size * 1.16)
            u, v = part.local(x - 0.25 * size * math.cos(light), y + 0.45 * size, size)
            part.shade(1.0 - 0.5 * smoothstep(1.15, 0.3, norm(u, v / 0.7)))
        _berry(canvas, rng, x, y, size, turn, light)


def _berry(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, turn: float,
           light: float) -> None:  # fmt: skip
    part = canvas.around(x, y, size * 1.03)
    u, v = part.local(x, y, size, turn)
    broad, power, bulge = between(rng, 0.72, 0.9), between(rng, 0.6, 0.85), between(rng, 0.52, 0.68)

    def half(t: Array) -> Array:
        return np.asarray(broad * np.sin(math.pi * np.clip(t, 0, 1) ** bulge).clip(0) ** power, np.float32)

    t: Array = (0.5 - 0.5 * np.cos(np.linspace(0, math.pi, 40))).astype(np.float32)
    right: Array = np.stack([half(t), 2 * t - 1], axis=1)
    cover = part.polygon(place(np.concatenate([right, right[::-1] * points((-1, 1))]), x, y, size, turn))
    s = np.clip(u / np.maximum(half((v + 1) / 2), 0.05), -1, 1)
    rise = np.clip((v + 0.15) * 0.85, -0.99, 0.99)
    ball = (s * np.sqrt(1 - 0.6 * rise * rise), rise)
    lit = ball_light(ball[0], ball[1], light - turn, 0.2)
    spots, flats = [], []
    rows = int(rng.integers(8, 12))
    for row in range(rows):
        level = (row + 0.75) / (rows + 0.35)
        wide = float(half(np.array([level], np.float32))[0])
        ring = max(3, round(2.2 * wide * rows))
        for k in range(ring):
            phi = ((k + 0.5 * (row % 2) + between(rng, 0.15, 0.35)) / ring - 0.5) * math.pi
            flat = math.cos(phi)
            if flat < 0.18:
                continue
            # Seeds bend with the shoulders: rows sag in the middle as rings seen from above do.
            spots.append((wide * math.sin(phi), 2 * level - 1 + 0.09 * flat - 0.05))
            flats.append((0.25 / rows * flat, 0.4 / rows))
    at, seed = points(*spots)[:, None], DOT * points(*flats)[:, None]
    seeds, dimples = (scatter(o, x, y, size, turn) for o in (at + seed, at + seed * 1.9))
    tone = between(rng, -0.06, 0.06)
    reds = [rgb("4a0410"), rgb("9a0a16"), rgb("d8161c"), rgb("f03a2a"), rgb("ff7a58")]
    body = ramp(reds, lit * 0.88 - 0.04 + tone + 0.04 * noise.smooth(rng, part.shape, (5, 5)))
    shoulder = smoothstep(-0.45, -0.95, v) * between(rng, 0.0, 0.6)
    part.blend(mix(body, tinted(rgb("f2d79a"), lit), shoulder), cover)
    hollow = soften(part.polygons(dimples), 0.9)
    # Each dimple's wall away from the light faces it: the dimples again, shifted.
    shift = -0.03 * size / part.pixel
    rims = noise.shifted(hollow, round(math.sin(light) * shift), round(math.cos(light) * shift))
    part.blend(rgb("ff8f78"), rims * cover * lit * 0.5)
    part.blend(rgb("8a0812"), hollow * cover * 0.75)
    # The gloss breaks up where the surface dips.
    gx, gy = math.cos(light - turn) * 0.5, math.sin(light - turn) * 0.5
    spot = np.exp(-(((ball[0] - gx) / 0.28) ** 2) - ((ball[1] - gy) / 0.34) ** 2)
    part.blend(rgb("fff4ee"), spot * cover * (1.0 - 0.8 * hollow) * between(rng, 0.6, 0.95))
    part.blend(rgb("ff6a50"), smoothstep(0.75, 1.0, np.abs(s)) * (lit < 0.45) * cover * 0.22)
    seed_cover = part.polygons(seeds) * cover
    part.blend(tinted(pick(rng, ["f5d76a", "eec64e", "f0dc92"]), 0.45 + 0.6 * lit), seed_cover)
    _calyx(canvas, rng, x + math.sin(turn) * size * 0.9, y - math.cos(turn) * size * 0.9, size, turn)


def _calyx(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, turn: float) -> None:
    green = pick(rng, ["4f9a35", "5fa83f", "3f8a38"])
    count = int(rng.integers(6, 10))
    sag = between(rng, 0.05, 0.3)
    veins: list[Stroke] = []
    sepals: list[Array] = []
    for k in sorted(range(count), key=lambda k: abs(k - (count - 1) / 2), reverse=True):
        a = (k + 0.5) / count * 2 - 1 + between(rng, -0.08, 0.08)
        far = between(rng, 0.5, 0.68)
        ex, ey = far * math.sin(a * 1.75), far * (0.75 * math.cos(a * 1.75)) + sag * abs(a)
        mid = (ex * 0.5, ey * 0.5 - 0.08 * abs(a))
        axis = spline(points((0, 0), mid, (ex, ey)), closed=False, steps=5)
        wide = 0.13 * np.sin(math.pi * np.linspace(0.12, 1, len(axis), dtype=np.float32) ** 0.8)
        sepals.append(place(ribbon(axis, wide), x, y, size, turn))
        veins.append((place(axis, x, y, size, turn), 0.02 * size, 1.0))
    part = canvas.around(x, y, size * 0.85)
    part.shade(1.0 - 0.5 * soften(part.polygons([s + points((0, 0.03 * size)) for s in sepals]), 1.2))
    part.blend(green * between(rng, 0.66, 0.84), part.polygons(sepals[::2]))
    part.blend(green * between(rng, 0.95, 1.12), part.polygons(sepals[1::2]))
    canvas.draw(veins, mix(green, rgb("e6f2a8"), 0.5), 0.7)
    bend = between(rng, -0.25, 0.25)
    stem = spline(points((0, 0.03), (bend * 0.3, -0.25), (bend, between(rng, -0.8, -0.5))), closed=False)
    wide = np.full(len(stem), 0.05, np.float32)
    canvas.fill(place(ribbon(stem, wide), x, y, size, turn), green * 0.75)
    canvas.fill(place(ribbon(stem, wide * 0.4), x - 0.015 * size, y, size, turn), green * 1.2)


def _leaf(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, turn: float) -> None:
    # A toothed oval with feathered veins.
    green = pick(rng, ["3f7d35", "2f6b30", "4f8a3a"])
    a = np.linspace(0, 2 * math.pi, 88, endpoint=False, dtype=np.float32)
    r = 1.0 + 0.07 * (np.arange(88) % 4 - 1.5).astype(np.float32) / 1.5
    outline = np.stack([0.72 * r * np.sin(a), -r * np.cos(a)], axis=1)
    canvas.fill(place(outline, x, y, size, turn), green)
    lines: list[Stroke] = [(place(points((0, -0.9), (0, 1)), x, y, size, turn), 0.035 * size, 1.0)]
    for k in range(-4, 6):
        for side in (-1, 1):
            reach = 0.62 * math.sqrt(max(0.0, 1 - (k / 6.2) ** 2))
            vein = points((0, k / 6), (side * reach * 0.5, k / 6 - 0.14), (side * reach, k / 6 - 0.34))
            lines.append((place(vein, x, y, size, turn), 0.02 * size, 0.7))
    canvas.draw(lines, mix(green, rgb("d6e8a0"), 0.5), 0.6)
