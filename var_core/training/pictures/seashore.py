"""Seashore: breakers running up a sandy beach."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.closeup import grass
from var_core.training.pictures.light import mix, pick, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.sea import paint_coast, paint_sea
from var_core.training.pictures.shapes import DOT, place, points, ribbon, smoothstep, spline
from var_core.training.pictures.sky import Sky, mood, paint_sky

SHALLOWS = ["1f8f9a", "2aa0a8", "3a8f96", "2f7f9a", "4a9a90"]


def paint_seashore(canvas: Canvas, rng: np.random.Generator) -> None:
    """Sky, sea and sand, with rocks, palms, shells or dune grass."""
    sky = mood(rng, ["day", "noon", "gold", "dawn", "dusk", "day", "mist", "ember"])
    side = -1.0 if rng.random() < 0.5 else 1.0
    horizon = between(rng, 0.26, 0.46)
    sun = (0.5 + side * between(rng, 0.1, 0.4), horizon * between(rng, 0.3, 0.98))
    sunny = rng.random() < 0.45
    paint_sky(canvas, rng, sky, horizon=horizon, sun=sun if sunny else None, clouds=between(rng, 0.05, 0.65))
    if rng.random() < 0.5:
        paint_coast(canvas, rng, sky, horizon)
    # The water's edge runs from one side to the other, nearer to us on the side of the sea.
    x = canvas.x[0]
    near = horizon + (1 - horizon) * between(rng, 0.32, 0.55)
    slope = between(rng, -0.42, 0.42)
    bays = 0.05 * np.sin(x * between(rng, 3, 7) + between(rng, 0, 6)) + 0.02 * noise.line(rng, x.size, 7, octaves=4)
    shore = np.clip(near + slope * (x - 0.5) * (1 - horizon) + bays, horizon + 0.1, 0.97).astype(np.float32)
    end = float(shore.max()) + 0.02
    wave = paint_sea(canvas, rng, sky, horizon, glitter=sun[0] if sunny else None, tints=SHALLOWS, end=end)
    _shallows(canvas, rng, sky, horizon, shore, end, wave)
    _sand(canvas, rng, sky, horizon, shore, side)
    kind = rng.random()
    if kind < 0.3:
        _rocks(canvas, rng, sky, shore, side)
    elif kind < 0.55:
        _palm(canvas, rng, sky, side)
    elif kind < 0.8:
        _dune(canvas, rng, sky, side)
    if rng.random() < 0.6:
        _shells(canvas, rng, sky, shore)


def _shallows(
    canvas: Canvas, rng: np.random.Generator, sky: Sky, horizon: float, shore: Array, end: float, wave: Array
) -> None:
    part = canvas.crop(0, horizon, 1, end)
    # How far towards the shore, in [0, 1]: the sand shows through the last of it.
    t = np.clip((part.y - horizon) / (shore[None, :] - horizon), 0, 1)
    pale = mix(pick(rng, ["8fd0c0", "a8d8c8", "b0c8a8"]), sky.light, 0.2) * (0.45 + 0.55 * float(sky.light.mean()))
    part.blend(pale, smoothstep(0.45, 1.0, t) * 0.55)
    white = mix(rgb("ffffff"), sky.light, 0.35) * (1.0 - 0.35 * float(sky.night[0]))
    lace = noise.fractal(rng, part.shape, (26, 22), octaves=3, gain=0.8)
    rows = between(rng, 0.0, 0.12)
    for at in (0.3 + rows, 0.52 + rows, 0.74 + rows):
        # A breaker: a dark glassy face under a crest of foam that comes and goes along it.
        bend = 0.05 * noise.line(rng, part.shape[1], 3, octaves=4)
        strong = smoothstep(-0.35, 0.35, noise.line(rng, part.shape[1], 2.5, octaves=2) + 0.2)
        over = (t - at - bend[None, :]) / (0.35 + at)
        face = smoothstep(0.0, 0.035, over) * smoothstep(0.14, 0.03, over) * strong
        part.blend(mix(pale, sky.shadow, 0.6), face * 0.55)
        thick = 0.012 + 0.035 * at * strong[None, :]
        part.blend(white, _band(over + 0.02 * lace, thick) * strong * (0.75 + 0.25 * at))
        trail = smoothstep(-0.16, 0.0, over) * smoothstep(0.03, 0.0, over) * smoothstep(0.0, 0.5, lace) * strong
        part.blend(white, trail * 0.55)
    # Foam drifts in nets over the shallows.
    net = smoothstep(0.16, 0.0, np.abs(lace + 0.15 * wave)) * smoothstep(0.68, 1.0, t)
    part.blend(white, np.asarray(net * 0.6, np.float32))


def _band(distance: Array, half: Array) -> Array:
    t = np.clip(1.0 - np.abs(distance) / half, 0.0, 1.0)
    return np.asarray(t * (2.0 - t), np.float32)


def _sand(canvas: Canvas, rng: np.random.Generator, sky: Sky, horizon: float, shore: Array, side: float) -> None:
    part = canvas.crop(0, float(shore.min()) - 0.03, 1, 1)
    down = part.y - shore[None, :]
    depth = (part.y - horizon) / (1 - horizon)
    sand = pick(rng, ["e2c893", "d8b884", "ecd9ae", "c8a878", "d8c4a4", "b8a088"])
    fine = noise.smooth(rng, part.shape, (100, 160))
    dunes = noise.fractal(rng, part.shape, (7, 4), octaves=4, gain=0.6)
    ripples = np.sin((part.y + 0.04 * dunes) * between(rng, 150, 240) + 6 * dunes) * smoothstep(0.05, 0.2, down)
    relief = 0.97 + 0.12 * dunes + 0.05 * fine * depth + 0.035 * ripples * side
    light = mix(sky.shadow, sky.light * 1.08, 0.84)
    color = tinted(sand * light, np.asarray(relief, np.float32))
    # Wet sand is darker, and mirrors the sky.
    reach = between(rng, 0.07, 0.16) + 0.03 * noise.line(rng, part.shape[1], 5, octaves=3)
    wet = smoothstep(reach[None, :], reach[None, :] * 0.55, down)
    gloss = mix(sand * light * 0.55, mix(sky.horizon, sky.middle, 0.45), np.asarray(0.35 + 0.12 * dunes, np.float32))
    color = mix(color, gloss, np.asarray(wet, np.float32) * 0.9)
    lace = noise.fractal(rng, part.shape, (9, 26), octaves=3, gain=0.75)
    part.blend(color, part.cover(-down + 0.004 * lace))
    # The swash: a sheet of foam with a scalloped front and a faint shadow before it.
    white = mix(rgb("ffffff"), sky.light, 0.3) * (1.0 - 0.35 * float(sky.night[0]))
    front = down - 0.018 - 0.016 * lace
    part.shade(1.0 - 0.28 * _band(front - 0.006, np.full((1, 1), 0.012, np.float32)))
    sheet = part.cover(front, 0.003) * smoothstep(-0.035, 0.01, down)
    holes = smoothstep(-0.2, 0.12, np.abs(lace) - 0.12 + 3.0 * (front + 0.012))
    part.blend(white, np.asarray(sheet * (0.45 + 0.5 * holes), np.float32))
    if rng.random() < 0.35:
        _prints(canvas, rng, shore)


def _prints(canvas: Canvas, rng: np.random.Generator, shore: Array) -> None:
    x, drift = between(rng, 0.25, 0.75), between(rng, -0.25, 0.25)
    prints = []
    for step in range(16):
        t = step / 15
        y = 1.0 - t * (1.0 - float(shore.max()) - 0.06)
        size = 0.026 * (1 - 0.55 * t)
        aside = (1 if step % 2 else -1) * 0.022 * (1 - 0.5 * t)
        prints.append(place(DOT * points((0.5, 0.8)), x + drift * t + aside, y, size, drift))
    canvas.shade(1.0 - 0.26 * canvas.polygons(prints))
    canvas.blend(rgb("fff2d8"), canvas.polygons([p + points((0.003, 0.006)) for p in prints]) * 0.12)


def _rocks(canvas: Canvas, rng: np.random.Generator, sky: Sky, shore: Array, side: float) -> None:
    stone = pick(rng, ["6a5f58", "5a5f68", "7a6a58", "55504c"])
    for _ in range(int(rng.integers(2, 6))):
        x = between(rng, 0.0, 1.0)
        size = between(rng, 0.04, 0.11)
        y = float(shore[min(int(x * shore.size), shore.size - 1)]) + between(rng, -0.06, 0.03)
        part = canvas.around(x, y, size * 1.2)
        u, v = part.local(x, y, size)
        rough = noise.fractal(rng, part.shape, (3, 3), octaves=3, gain=0.45)
        edge = np.maximum(np.sqrt(u * u + (v / 0.75) ** 2) - 0.85 + 0.25 * rough, v - 0.25 - 0.06 * rough)
        # Broad facets: a folded field, lit from the sun's side and from above.
        fold = np.abs(rough)
        step = max(1, round(0.05 * size / part.pixel))
        rise = (noise.shifted(fold, 0, int(side) * step) - fold) * 1.6 - (v + 0.15) * 0.55 + 0.25 * side * u
        lit = np.asarray(np.clip(0.5 + rise + 0.12 * rough, 0, 1), np.float32)
        color = mix(stone * mix(sky.shadow, sky.light, 0.25), np.minimum(stone * sky.light * 1.7, 1), lit)
        part.blend(color, part.cover(np.asarray(edge * size, np.float32)))
        foam = np.abs(v - 0.27 - 0.05 * rough) - 0.05
        part.blend(
            rgb("ffffff") * sky.light,
            part.cover(np.asarray(np.maximum(foam, np.abs(u) - 0.9) * size, np.float32), 0.004) * 0.7,
        )


def _palm(canvas: Canvas, rng: np.random.Generator, sky: Sky, side: float) -> None:
    for _ in range(int(rng.integers(1, 3))):
        foot = points((0.5 - side * between(rng, 0.38, 0.55), between(rng, 0.72, 0.98)))[0]
        top = foot + np.array([side * between(rng, 0.08, 0.3), -between(rng, 0.5, 0.68)], np.float32)
        bend = (foot + top) / 2 + np.array([-side * 0.06, 0.02], np.float32)
        axis = spline(np.stack([foot, bend, top]), closed=False, steps=10)
        wide = np.linspace(0.02, 0.009, len(axis), dtype=np.float32)
        bark = mix(pick(rng, ["6a5240", "7a6048"]), sky.shadow, 0.3) * (0.4 + 0.6 * float(sky.light.mean()))
        canvas.fill(ribbon(axis, wide), bark * 0.75)
        canvas.fill(ribbon(axis + points((side * 0.004, 0)), wide * 0.4), np.minimum(bark * 1.35, 1))
        rings: list[Stroke] = [(np.stack([p - points((w, 0))[0], p + points((w, 0.004))[0]]), 0.0025, 0.7)
                               for p, w in zip(axis[1:-1], wide[1:-1], strict=True)]  # fmt: skip
        canvas.draw(rings, bark * 0.5)
        for tone in (0.6, 1.0):
            leaves: list[Array] = []
            for angle in np.linspace(-3.5, 0.35, 7).tolist():
                angle += between(rng, -0.2, 0.2)
                leaves += _frond(rng, top, angle, between(rng, 0.2, 0.29))
            green = pick(rng, ["3f7a3a", "4f8a3f", "2f6a44"])
            shadow = mix(green, sky.shadow, 0.35) * (0.35 + 0.65 * float(sky.light.mean()))
            canvas.blend(shadow * tone, canvas.polygons(leaves))


def _frond(rng: np.random.Generator, top: Array, angle: float, long: float) -> list[Array]:
    t = np.linspace(0, 1, 13, dtype=np.float32)
    droop = between(rng, 0.45, 0.8)
    x = top[0] + long * t * math.cos(angle)
    y = top[1] + long * t * math.sin(angle) + droop * long * t * t
    axis = np.stack([x, y], axis=1).astype(np.float32)
    along = np.gradient(axis, axis=0)[1:]
    along /= np.maximum(np.sqrt((along**2).sum(axis=1, keepdims=True)), 1e-6)
    blade = long * 0.34 * np.sin(math.pi * (0.15 + 0.8 * t[1:, None]))
    leaves = [ribbon(axis, np.full(13, 0.0025, np.float32))]
    for flank in (-1, 1):
        aside = np.stack([-along[:, 1], along[:, 0]], axis=1) * flank
        tips = axis[1:] + (along * 0.55 + aside * 0.6 + points((0, 0.45))) * blade
        leaves += list(np.stack([axis[1:] - along * 0.006, tips, axis[1:] + along * 0.006], axis=1).astype(np.float32))
    return leaves


def _dune(canvas: Canvas, rng: np.random.Generator, sky: Sky, side: float) -> None:
    # A bank of sand in one corner, with marram grass.
    x = canvas.x[0]
    rise = np.clip((side * (0.5 - x)) * 2.0 - between(rng, -0.1, 0.35), 0, 1)
    ridge = 1.02 - between(rng, 0.25, 0.45) * rise**1.3 - 0.012 * noise.line(rng, x.size, 8) * rise
    part = canvas.crop(0, float(ridge.min()) - 0.01, 1, 1)
    down = part.y - ridge[None, :]
    grain = noise.fractal(rng, part.shape, (50, 70), octaves=2, gain=0.9)
    sand = pick(rng, ["e2c893", "d8b884", "ecd9ae"]) * mix(sky.shadow, sky.light * 1.08, 0.85)
    tone = np.asarray(0.98 + 0.07 * grain - 0.7 * np.clip(down, 0, 0.4), np.float32)
    part.blend(tinted(sand, tone), part.cover(-down))
    for tint in (0.65, 1.0):
        at = (rng.random(90) * x.size).astype(np.intp)
        at = at[rise[at] > 0.08]
        foot = ridge[at] + rng.uniform(0.0, 0.14, at.size)
        bend = side * rng.uniform(-0.02, 0.1, at.size)
        blades = grass(np.stack([x[at], foot], axis=1), rng.uniform(0.06, 0.17, at.size), bend, 0.0032)
        green = mix(pick(rng, ["7a8a4a", "8a8f50", "6a8048"]), sky.shadow, 0.2)
        canvas.blend(green * tint * (0.5 + 0.5 * float(sky.light.mean())), canvas.polygons(blades))


def _shells(canvas: Canvas, rng: np.random.Generator, sky: Sky, shore: Array) -> None:
    light = mix(sky.shadow, sky.light, 0.85)
    low = min(float(shore.max()) + 0.06, 0.9)
    for _ in range(int(rng.integers(2, 9))):
        x, y = between(rng, 0.04, 0.96), between(rng, low, 0.98)
        size, turn = between(rng, 0.012, 0.026) * (0.6 + y * 0.6), between(rng, 0, math.tau)
        color = pick(rng, ["f5e6dc", "e8b8a0", "f0d0b8", "d89a88", "ffffff"]) * light
        if rng.random() < 0.3:
            angles = np.linspace(0, math.tau, 30, endpoint=False, dtype=np.float32)
            arm = (0.55 + 0.45 * np.cos(angles * 5)) * 1.5 + 0.12
            star = np.stack([arm * np.cos(angles), arm * np.sin(angles) * 0.75], axis=1)
            outline, color = place(star, x, y, size, turn), pick(rng, ["d8602a", "c8482a", "e08a3a"]) * light
        else:
            fan = np.linspace(-1.25, 1.25, 15, dtype=np.float32)
            lobes = 1.0 + 0.06 * np.cos(fan * 22)
            edge = np.stack([lobes * np.sin(fan), -lobes * np.cos(fan) * 0.85], axis=1)
            outline = place(np.concatenate([edge, points((0.12, 0.35), (-0.12, 0.35))]), x, y, size, turn)
        part = canvas.around(x, y, size * 2.0)
        part.shade(1.0 - 0.4 * part.polygon(outline + points((size * 0.25, size * 0.35))))
        part.blend(color, part.polygon(outline))
        ribs: list[Stroke] = [(np.stack([outline[i], outline.mean(axis=0)]), 0.12 * size, 0.7)
                              for i in range(0, len(outline), 3)]  # fmt: skip
        part.draw(ribs, color * 0.72, 0.6)
