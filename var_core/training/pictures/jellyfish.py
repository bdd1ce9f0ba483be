"""Jellyfish: what glows in deep water."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.light import mix, pick, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import bell, ellipse, norm, place, ribbon, smoothstep, spline
from var_core.training.pictures.water import flip, motes, paint_water

Frame = tuple[float, float, float, float]
"""Where a figure stands: x, y, size, angle."""


DEEP = [
    ["1f6fb0", "0f3f86", "071d4e", "030c26"],
    ["2a8fb0", "12608a", "083a5e", "041a30"],
    ["5a3fa0", "34237a", "1a124e", "0a0726"],
    ["0f7f8a", "0a5564", "063444", "031820"],
    ["16265a", "0e1a44", "080f2c", "040616"],
]


def paint_jellyfish(canvas: Canvas, rng: np.random.Generator) -> None:
    """A glowing bell trailing frilled arms and fine tentacles in deep water; sometimes others far off."""
    paint_water(canvas, rng, DEEP[int(rng.integers(len(DEEP)))], between(rng, 0.1, 0.6))
    motes(canvas, rng, rgb("cfe6ff"), int(rng.integers(20, 70)))
    body = pick(rng, ["ff5fa8", "f070e0", "60b8ff", "ff8a4a", "a070ff", "50e8d8", "ffb070", "ff5a70"], 0.05)
    for _ in range(int(rng.integers(0, 3))):
        small = between(rng, 0.04, 0.075)
        # Far ones keep to the sides, clear of the large bell.
        spot = (float(rng.choice([0.1, 0.9])) + float(rng.normal(0, 0.05)), between(rng, 0.1, 0.75))
        _jelly(canvas, rng, body, spot, small, float(rng.normal(0, 0.35)), 0.5)
    plan = rng.random()
    if plan < 0.65:
        # High in the picture with all its tentacles, or so low that they run out of it.
        size = between(rng, 0.17, 0.27)
        height = between(rng, 0.08, 0.16) if rng.random() < 0.6 else between(rng, 0.18, 0.42)
        _jelly(canvas, rng, body, (between(rng, 0.36, 0.62), height + size), size, between(rng, -0.15, 0.6), 1.0)
    elif plan < 0.85:
        for x, high in ((0.27, 0.1), (0.7, 0.22)):
            size = between(rng, 0.12, 0.18)
            spot = (x + between(rng, -0.05, 0.05), high + between(rng, -0.05, 0.2) + size)
            _jelly(canvas, rng, body, spot, size, between(rng, -0.3, 0.5), 1.0)
    else:
        # Rising across the picture.
        size = between(rng, 0.16, 0.22)
        _jelly(canvas, rng, body, (between(rng, 0.6, 0.7), between(rng, 0.3, 0.45)), size, between(rng, 0.7, 1.3), 1.0)
    if rng.random() < 0.5:
        flip(canvas)


def _trail(
    rng: np.random.Generator,
    start: tuple[float, float],
    length: float,
    sway: float,
    gait: tuple[float, float, float],
) -> Array:
    # A line (26, 2) that hangs down and sways; ``gait`` is how many waves, their phase, and the drift aside.
    waves, phase, drift = gait
    t = np.linspace(0, 1, 26, dtype=np.float32)
    swing = sway * np.sin(waves * t * math.tau + phase) * (0.15 + t) + drift * t * t
    swing += float(rng.normal(0, 0.5)) * sway * t
    line = np.stack([start[0] * (1 - 0.25 * t) + swing, start[1] + length * t], axis=1)
    return np.asarray(line, np.float32)


def _jelly(
    canvas: Canvas,
    rng: np.random.Generator,
    body: Array,
    at: tuple[float, float],
    size: float,
    tilt: float,
    strength: float,
) -> None:
    x, y = at
    tall, flat = between(rng, 0.72, 1.0), between(rng, 0.1, 0.22)
    pale = mix(body, rgb("ffffff"), 0.45)
    halo = canvas.around(x, y, size * 2.0)
    halo.glow(body, bell((halo.x - x) / (1.1 * size), (halo.y - y) / (1.1 * size)) * (0.4 * strength))
    phase, drift = between(rng, 0, 6), float(rng.normal(0, 0.35))
    waves = between(rng, 0.6, 1.3)
    reach = between(rng, 1.9, 3.0)
    fine: list[Stroke] = []
    for root in np.linspace(-0.9, 0.9, int(rng.integers(11, 20)) if strength == 1.0 else 7).tolist():
        length = reach * between(rng, 0.55, 1.1)
        hem_y = flat * math.sqrt(1 - root * root)
        line = _trail(rng, (root, hem_y), length, 0.13, (waves, phase + root * 0.8, drift))
        fine.append((place(line, x, y, size, tilt), 0.011 * size + 0.0008, 0.5 + 0.5 * float(rng.random())))
    canvas.draw(fine, pale, 0.75 * strength)
    _arms(canvas, rng, body, (x, y, size, tilt), (waves, phase, drift), strength)

    part = canvas.around(x, y, size * 1.2)
    u, v = part.local(x, y, size, tilt)
    lobes = int(rng.integers(9, 16))
    turn = np.arcsin(np.clip(u, -1, 1))
    # The dome ends in a curved, scalloped hem, nearer to us at its middle.
    hem = flat * np.sqrt(np.maximum(1 - u * u, 0)) - 0.05 * np.abs(np.sin(turn * lobes))
    dome = np.sqrt(u * u + (v / tall) ** 2)
    distance = np.where(v < 0, ellipse(u, v, 1.0, tall), np.maximum(np.abs(u) - 1.0, v - hem))
    cover = part.cover(np.asarray(distance * size, np.float32), 0.004) * np.float32(strength)
    rim = smoothstep(0.55, 1.0, dome) * (v < 0.0) + smoothstep(0.14, 0.0, hem - v) * 0.8
    upper = smoothstep(flat, -tall, v)
    # Ribs are meridians: lines of constant turn once each row's own width is divided out.
    row = np.sqrt(np.maximum(1 - np.clip(v / tall, -1, 0) ** 2, 1e-3))
    meridian = np.arcsin(np.clip(u / row, -1, 1))
    ribs = smoothstep(0.25, 0.0, np.abs(np.sin(meridian * lobes * 0.5))) * smoothstep(-0.85 * tall, -0.1, v)
    part.blend(mix(body * 0.6, body, upper), cover * (0.45 + 0.25 * upper))
    gut = np.zeros_like(u)
    if strength == 1.0 and rng.random() < 0.7:
        # Horseshoe organs seen through the bell, on a circle in perspective: the outer ones narrower.
        for petal in np.linspace(-1, 1, int(rng.integers(3, 5))).tolist():
            place_v = v + (0.42 - 0.16 * petal * petal) * tall
            ring = np.abs(ellipse(u - 0.38 * petal, place_v, 0.15 - 0.05 * abs(petal), 0.13))
            gut = np.maximum(gut, smoothstep(0.09, 0.0, ring) * (1 - 0.6 * smoothstep(0.0, 0.13, place_v)))
    core = bell(u / 0.5, (v + 0.12 * tall) / 0.36)
    speck = noise.smooth(rng, part.shape, (40 * size / 0.2, 40 * size / 0.2))
    shine = bell((u + 0.38) / 0.24, (v + 0.62 * tall) / 0.11) + 0.5 * smoothstep(0.6, 0.95, speck) * upper
    light = tinted(pale, 0.5 * rim + 0.26 * ribs)
    light += tinted(rgb("ffffff"), 0.6 * shine)
    light += tinted(mix(body, rgb("ffe0b0"), 0.4), 0.4 * gut + 0.5 * core)
    part.glow(light, cover)


def _arms(
    canvas: Canvas,
    rng: np.random.Generator,
    body: Array,
    frame: Frame,
    sway: tuple[float, float, float],
    strength: float,
) -> None:
    x, y, size, tilt = frame
    outlines, veins = [], []
    count = int(rng.integers(4, 7)) if strength == 1.0 else 3
    for root in np.linspace(-0.32, 0.32, count).tolist():
        gait = (sway[0], sway[1] + root * 3, sway[2] * 0.7)
        line = _trail(rng, (root, 0.0), between(rng, 1.1, 2.0), 0.16, gait)
        dense = spline(line, closed=False, steps=6)
        t = np.linspace(0, 1, len(dense), dtype=np.float32)
        # Frills: the band's width quivers faster than the arm bends.
        frill = 0.65 + 0.3 * np.sin(t * between(rng, 60, 90) + root * 9)
        frill += 0.3 * np.sin(t * 23 + root * 5)
        widths = (0.12 * (1 - t) ** 0.7 + 0.01) * np.maximum(frill, 0.15)
        placed = place(dense, x, y, size, tilt)
        outlines.append(ribbon(placed, widths * size))
        veins.append((placed, 0.025 * size, 1.0))
    low = np.min([o.min(axis=0) for o in outlines], axis=0)
    high = np.max([o.max(axis=0) for o in outlines], axis=0)
    part = canvas.crop(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    away = np.asarray(norm(part.x - x, part.y - y), np.float32)
    fade = (0.2 + 0.5 * smoothstep(2.3 * size, 0.2 * size, away)) * np.float32(strength)
    part.blend(mix(body, rgb("ffffff"), 0.15), part.polygons(outlines) * fade)
    part.glow(mix(body, rgb("ffffff"), 0.4), part.strokes(veins) * fade)
