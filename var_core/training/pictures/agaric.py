"""Fly agaric: a red cap with white warts on a ringed stem, on a forest floor."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.closeup import grass, soft_focus, soften
from var_core.training.pictures.light import ball_light, mix, pick, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import DOT, ellipse, norm, place, points, smoothstep

WOODS = [
    ["c8d48a", "6f8a48", "2f4a2a"],
    ["e8c88a", "a87a48", "4a3826"],
    ["8fa8a0", "4f6a5c", "24382f"],
    ["d8b070", "8a5f38", "3a2a20"],
    ["5a7a58", "34523c", "182a20"],
    ["b8c8d0", "7a8a80", "3f4a3c"],
]


def paint_agaric(canvas: Canvas, rng: np.random.Generator) -> None:
    """One to three toadstools on moss and fallen needles before a blurred wood."""
    light = between(rng, -2.5, -0.65)
    codes = WOODS[int(rng.integers(len(WOODS)))]
    soft_focus(canvas, rng, [pick(rng, [code]) for code in codes],
               [rgb("fff2c0"), rgb("e8f0b8"), pick(rng, ["f0b060", "c8e08a", "ffffff"])])  # fmt: skip
    _trunks(canvas, rng, rgb(codes[2]))
    floor = between(rng, 0.76, 0.87)
    ground = _ground(canvas, rng, floor)
    count = int(rng.choice([1, 1, 1, 2, 2, 3]))
    flip = 1 if rng.random() < 0.5 else -1
    plans = [[(0.5, 1.0)], [(0.69, 0.55), (0.39, 0.9)], [(0.24, 0.5), (0.76, 0.6), (0.48, 0.82)]][count - 1]
    for where, scale in plans:
        x = 0.5 + flip * (where - 0.5) + between(rng, -0.06, 0.06)
        foot = floor + between(rng, 0.01, 0.06) + 0.03 * scale
        _toadstool(canvas, rng, x, foot, scale * between(rng, 0.25, 0.4), light, scale < 0.7)
    _grass(canvas, rng, ground, floor)


def _trunks(canvas: Canvas, rng: np.random.Generator, dark: Array) -> None:
    lines: list[Stroke] = []
    for _ in range(int(rng.integers(0, 7))):
        x, lean = between(rng, 0, 1), between(rng, -0.06, 0.06)
        lines.append((points((x, 1.0), (x + lean, -0.05)), between(rng, 0.02, 0.08), between(rng, 0.3, 0.8)))
    if lines:
        canvas.blend(dark * 0.8, soften(canvas.strokes(lines), 3.0 / 256 / canvas.pixel) * 0.6)


def _ground(canvas: Canvas, rng: np.random.Generator, floor: float) -> Array:
    part = canvas.crop(0, floor - 0.09, 1, 1)
    edge = floor + 0.035 * noise.line(rng, part.shape[1], 3, octaves=4)
    grain = noise.fractal(rng, part.shape, (16, 50), octaves=3, gain=0.8)
    moss = pick(rng, ["6f8f35", "55803a", "8a8a3a", "7a6a3f", "4a6f3f"])
    down = part.y - edge[None, :]
    tone = np.clip(0.75 + 0.5 * grain - 1.6 * down, 0.1, 1.4)
    part.blend(tinted(moss, np.asarray(tone, np.float32)), part.cover(-down - 0.012 * grain, 0.004))
    # Fallen leaves and needles.
    for tone_at in (0.7, 1.0):
        leaves = []
        for x, y, turn in rng.uniform((0, floor + 0.02, 0), (1, 1.02, 6.3), (9, 3)).tolist():
            size = between(rng, 0.012, 0.03)
            leaves.append(place(DOT * points((1.0, 0.45)), x, y, size, turn))
        part.blend(pick(rng, ["a86a2a", "8a5a2a", "c8923a", "b5482a"]) * tone_at, part.polygons(leaves) * 0.85)
    needles: list[Stroke] = []
    for x, y, turn in rng.uniform((0, floor + 0.02, 0), (1, 1.02, 3.2), (40, 3)).tolist():
        needle = place(points((-1, 0), (1, 0)), x, y, 0.02, turn)
        needles.append((needle, 0.0028, between(rng, 0.3, 0.9)))
    part.draw(needles, mix(moss, rgb("d8b070"), 0.6), 0.7)
    return moss


def _grass(canvas: Canvas, rng: np.random.Generator, moss: Array, floor: float) -> None:
    part = canvas.crop(0, floor - 0.09, 1, 1)
    for tone in (0.6, 1.25):
        count = int(rng.integers(12, 34))
        roots = rng.uniform((-0.02, floor + 0.08), (1.02, floor + 0.2), (count, 2))
        blades = grass(roots, rng.uniform(0.05, 0.16, count), rng.uniform(-0.07, 0.07, count), 0.0045)
        part.blend(moss * tone, part.polygons(blades) * 0.92)


def _toadstool(
    canvas: Canvas, rng: np.random.Generator, x: float, foot: float, size: float, light: float, young: bool
) -> None:
    tilt = between(rng, -0.16, 0.16)
    button = young and rng.random() < 0.6
    tall = between(rng, 0.9, 1.15) if button else between(rng, 0.45, 0.85)
    cap = size * (0.55 if button else 1.0)
    stem = size * (0.8 if button else between(rng, 1.25, 1.75))
    top = max(foot - stem, 0.06 + cap * tall)
    # Seen a little from below the gills show; a little from above the cap's edge bows down.
    view = between(rng, -0.26, 0.2)
    cx = x + math.sin(tilt) * (foot - top)
    shadow = canvas.around(x - 0.4 * size * math.cos(light), foot, size * 1.2, size * 0.3)
    u, v = shadow.local(x - 0.4 * size * math.cos(light), foot, size)
    shadow.shade(1.0 - 0.5 * smoothstep(1.0, 0.2, norm(u, v / 0.24)))
    _stem(canvas, rng, (x, foot), (cx, top), size * between(rng, 0.13, 0.18) * (1.2 if button else 1.0), light, view)
    _cap(canvas, rng, cx, top, cap, tall, view, tilt, light)


def _stem(
    canvas: Canvas, rng: np.random.Generator, foot: tuple[float, float], top: tuple[float, float], half: float,
    light: float, view: float,
) -> None:  # fmt: skip
    (fx, fy), (tx, ty) = foot, top
    part = canvas.crop(min(fx, tx) - half * 3, ty, max(fx, tx) + half * 3, fy + half)
    t = np.clip((part.y - ty) / (fy - ty), 0, 1.0)
    bulb = 0.8 + 0.25 * t + 0.75 * smoothstep(0.72, 0.95, t) - 0.35 * smoothstep(0.96, 1.05, (part.y - ty) / (fy - ty))
    wide = half * bulb
    # Scaly rings round the bulb.
    wide = wide * (1.0 + 0.06 * np.sin(t * 120) * smoothstep(0.72, 0.8, t))
    off = (part.x - (tx + (fx - tx) * t * t)) / wide
    w = np.clip(off, -1, 1)
    grain = noise.fractal(rng, part.shape, (5, 40 * half / 0.05), octaves=2)
    lit = 0.62 + 0.42 * w * math.cos(light) + 0.22 * np.sqrt(1 - w * w) + 0.09 * grain
    lit = lit - 0.35 * smoothstep(0.22, 0.0, t) - 0.12 * np.maximum(np.sin(t * 120), 0) * smoothstep(0.72, 0.8, t)
    pale = ramp([rgb("5a5248"), rgb("b8ab94"), rgb("efe8d6"), rgb("fffaf0")], np.asarray(lit, np.float32))
    part.blend(
        pale,
        part.cover(np.asarray((np.abs(off) - 1.0) * wide, np.float32))
        * part.cover(np.asarray(part.y - fy - 0.4 * half * np.sqrt(1 - w * w) + 0.15 * half, np.float32)),
    )
    # The ring: a frilled skirt a third of the way down.
    at = between(rng, 0.24, 0.38)
    ry, rx = ty + at * (fy - ty), tx + (fx - tx) * at * at
    long = half * between(rng, 1.1, 1.7)
    s = np.linspace(-1, 1, 25, dtype=np.float32)
    hem = half * 1.75 * s
    frill = ry + long * (0.72 + 0.28 * np.sqrt(1 - s * s)) + 0.09 * half * np.sin(s * between(rng, 22, 32))
    upper = points((half * 0.85, 0.0), (0, -0.25 * half * (1 if view > 0 else -0.4)), (-half * 0.85, 0.0))
    skirt = np.concatenate([np.stack([rx + hem, frill], axis=1), upper + points((rx, ry))]).astype(np.float32)
    ring = canvas.around(rx, ry, half * 2.2, long * 1.6)
    ring.shade(1.0 - 0.3 * soften(ring.polygon(skirt + points((0, 0.35 * half))), 1.5))
    q = (ring.x - rx) / (half * 1.75)
    pleat = 0.78 + 0.34 * q * math.cos(light) + 0.1 * np.sin(q * 30) + 0.25 * (ring.y - ry) / long
    cloth = ramp([rgb("6a6052"), rgb("c8bca4"), rgb("f5eedc"), rgb("fffaf0")], np.asarray(pleat, np.float32) * 0.85)
    ring.blend(cloth, ring.polygon(skirt))


def _cap(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, tall: float, view: float, tilt: float,
    light: float,
) -> None:  # fmt: skip
    part = canvas.around(x, y, size * 1.12, size * max(tall, 0.5) * 1.25)
    u, v = part.local(x, y, size, tilt)
    root = np.sqrt(np.maximum(1.0 - u * u, 0.0))
    # The rim turns in: below the widest line the cap closes over a short curve.
    lip = between(rng, 0.08, 0.14)
    below = (max(view, 0.0) * 0.75 + lip) * root
    dome = norm(u, np.where(v < 0, v / tall, v / (max(view, 0.0) * 0.75 + lip)))
    distance = np.where(v < 0, ellipse(u, v, 1.0, tall), np.maximum(v - below, np.abs(u) - 1.0))
    cover = part.cover(np.asarray(distance * size, np.float32))
    w = v / tall
    shrink = np.minimum(0.995 / np.maximum(norm(u, w), 1e-3), 1.0)
    lit = ball_light(u * shrink, w * shrink, light - tilt, 0.2)
    tone = noise.fractal(rng, part.shape, (6, 6), octaves=3)
    hue = between(rng, 0, 1) ** 2
    reds = [mix(rgb("3a0408"), rgb("4a1004"), hue), mix(rgb("98100e"), rgb("a83208"), hue),
            mix(rgb("d8221a"), rgb("e04818"), hue), mix(rgb("f5553a"), rgb("ff8038"), hue)]  # fmt: skip
    lit = lit + 0.05 * tone - 0.16 * smoothstep(0.0, lip + 0.1, v) - 0.08 * smoothstep(0.8, 1.0, dome)
    part.blend(ramp(reds, lit), cover)
    # Warts sit on rings of the dome, denser and larger towards the crown, flattened where the cap turns away.
    warts, shades = [], []
    rings = int(rng.integers(4, 7))
    lean = 0.3 + 0.9 * max(view, -0.1)
    for ring in range(rings + 1):
        polar = (ring + between(rng, -0.15, 0.15)) / rings * 1.5
        number = 1 if ring == 0 else round(5.6 * math.sin(polar) * rings / 2.2) + 1
        for k in range(number):
            around = (k + between(rng, -0.28, 0.28) + 0.5 * (ring % 2)) / number * math.tau
            px, pz, py = math.sin(polar) * math.cos(around), math.sin(polar) * math.sin(around), math.cos(polar)
            # Tip the crown towards us.
            py, pz = py * math.cos(lean) - pz * math.sin(lean), pz * math.cos(lean) + py * math.sin(lean)
            if pz < 0.04 or py < -0.22:
                continue
            grown = between(rng, 0.05, 0.11) * (1.15 - 0.35 * polar / 1.5)
            rough = 1.0 + rng.uniform(-0.3, 0.3, (10, 1)).astype(np.float32)
            flat = points((grown * (0.35 + 0.65 * math.sqrt(max(1 - px * px, 0.0))), grown * (0.3 + 0.6 * pz) * 0.85))
            spot = DOT * rough * flat + points((px * 0.98, -py * tall * 0.98 if py > 0 else -py * 0.3))
            warts.append(place(spot.astype(np.float32), x, y, size, tilt))
            shades.append(place(spot.astype(np.float32) * 1.0, x - 0.022 * size * math.cos(light),
                                y + 0.03 * size, size, tilt))  # fmt: skip
    part.shade(1.0 - 0.5 * part.polygons(shades) * cover)
    cream = ramp([rgb("7a6860"), rgb("d8cab4"), rgb("fff8ea"), rgb("fffdf8")], lit * 1.1 + 0.12 + 0.1 * tone)
    part.blend(cream, part.polygons(warts) * cover)
    gx, gy = math.cos(light - tilt) * 0.42, math.sin(light - tilt) * 0.5
    sheen = np.exp(-(((u - gx) / 0.3) ** 2) - ((w - gy) / 0.2) ** 2)
    part.glow(rgb("fff0e6"), sheen * cover * between(rng, 0.1, 0.5))
    if view < 0:
        _gills(part, u, v, size, -view + 0.03)


def _gills(part: Canvas, u: Array, v: Array, size: float, flat: float) -> None:
    cover = part.cover(ellipse(u, v - 0.01, 0.96, flat) * size)
    spokes = np.abs(np.sin(np.arctan2(v / flat, u) * 46))
    radius = norm(u, v / flat)
    tone = 0.9 - 0.3 * spokes - 0.4 * smoothstep(0.75, 0.1, radius) - 0.25 * smoothstep(0.3, -0.6, v / flat)
    pale = ramp([rgb("3a3028"), rgb("a89880"), rgb("f0e8d4")], np.asarray(tone, np.float32))
    part.blend(pale, cover)
