"""Lighthouse on rocks by the sea."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Canvas, Stroke
from var_core.training.pictures.light import mix, pick, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.sea import paint_sea
from var_core.training.pictures.shapes import bell, box, ellipse, norm, place, points, smoothstep, spline
from var_core.training.pictures.sky import Sky, mood, paint_sky


def paint_lighthouse(canvas: Canvas, rng: np.random.Generator) -> None:
    """A tower on rocks by the sea; after sunset its beam sweeps."""
    sky = mood(rng, ["day", "gold", "dawn", "dusk", "night", "ember", "noon", "mist", "dusk"])
    side = -1.0 if rng.random() < 0.5 else 1.0
    dark = float(sky.night[0])
    horizon = between(rng, 0.62, 0.74)
    x = 0.5 - side * between(rng, -0.05, 0.22)
    foot, top = between(rng, 0.74, 0.8), between(rng, 0.2, 0.34)
    sun = (0.5 + side * between(rng, 0.18, 0.4), horizon * between(rng, 0.25, 0.97))
    sunny = rng.random() < 0.6
    clouds = between(rng, 0.05, 0.6)
    paint_sky(canvas, rng, sky, horizon=horizon, sun=sun if sunny else None, clouds=clouds)
    paint_sea(canvas, rng, sky, horizon, glitter=sun[0] if sunny else None)
    broad = between(rng, 0.062, 0.09) * (foot - top) / 0.5
    narrow = broad * between(rng, 0.55, 0.72)
    lamp = top - narrow * 0.85
    if dark > 0.12:
        _beam(canvas, rng, (x, lamp), min(1.0, 0.45 + dark))
    if rng.random() < 0.4:
        _house(canvas, rng, sky, x - side * broad * 2.3, foot, broad)
    _tower(canvas, rng, sky, side, x, (top, foot), (narrow, broad))
    _lantern(canvas, rng, sky, side, (x, top), narrow, dark)
    _rocks(canvas, rng, sky, side, x, foot)


def _beam(canvas: Canvas, rng: np.random.Generator, lamp: tuple[float, float], strength: float) -> None:
    canvas = canvas.crop(0, lamp[1] - 0.42, 1, lamp[1] + 0.34)
    dx, dy = canvas.x - lamp[0], canvas.y - lamp[1]
    angle = between(rng, -0.3, 0.22) + (math.pi if rng.random() < 0.5 else 0.0)
    along = dx * math.cos(angle) + dy * math.sin(angle)
    across = np.asarray(np.abs(dy * math.cos(angle) - dx * math.sin(angle)), np.float32)
    reach = np.asarray(np.abs(along), np.float32)
    cone = smoothstep(1.0, 0.25, across / (0.012 + between(rng, 0.1, 0.19) * reach))
    cone *= np.where(along > 0, np.float32(0.8), np.float32(0.5)) * np.exp(-1.5 * reach)
    # The halo is cut to zero well inside the part painted.
    halo = np.maximum(np.exp(-14 * norm(dx, dy)) - 0.01, 0.0)
    canvas.glow(rgb("ffebac"), (cone + 0.8 * halo) * strength)


def _tower(
    canvas: Canvas,
    rng: np.random.Generator,
    sky: Sky,
    side: float,
    x: float,
    span: tuple[float, float],
    widths: tuple[float, float],
) -> None:
    (top, foot), (narrow, broad) = span, widths
    part = canvas.crop(x - broad * 1.3, top - 0.01, x + broad * 1.3, foot + 0.06)
    t = (part.y - top) / (foot - top)
    half = narrow + (broad - narrow) * (0.65 * t + 0.35 * t * t)
    w = np.clip((part.x - x) / half, -1, 1)
    facing = np.sqrt(1 - w * w)
    band = t - 0.02 * facing
    count = int(rng.integers(4, 8))
    kind = rng.random()
    if kind < 0.55:
        painted = np.sin(math.pi * (band * count + 0.001))
    elif kind < 0.75:
        painted = np.sin(math.pi * band * count * 0.8 + np.arcsin(w) * float(rng.choice([-1.0, 1.0])))
    else:
        painted = (0.09 - np.abs(band - 0.06)) * 4 - 0.05
    trim = pick(rng, ["c8202a", "c8202a", "b52a20", "22262e", "1f4f8e"])
    grain = noise.fractal(rng, part.shape, (26, 8), octaves=2, gain=0.7)
    color = mix(pick(rng, ["f7f4ea", "f3efe6"], 0.01), trim, smoothstep(-0.03, 0.03, painted))
    course = smoothstep(0.1, 0.0, np.abs((band * 30) % 1.0 - 0.5))
    light = np.clip(0.52 + 0.3 * facing * 0.8 + 0.5 * side * w, 0.05, 1.1) - 0.06 * course + 0.06 * grain
    part.blend(
        color * mix(mix(sky.shadow, rgb("8088a0"), 0.25), sky.light * 1.1, light),
        part.cover(np.abs(part.x - x) - half) * part.cover(top - part.y),
    )
    lit = float(sky.night[0]) > 0.2
    for down in np.linspace(0.2, 0.85, int(rng.integers(2, 5))).tolist():
        wy = top + down * (foot - top)
        hole = canvas.around(x, wy, 0.02, 0.03)
        u, v = hole.local(x - side * broad * 0.15, wy)
        distance = box(u, v, narrow * 0.13, narrow * 0.24, narrow * 0.1)
        hole.blend(rgb("efe6d0") * sky.light * 0.8, hole.cover(distance - 0.004) * 0.7)
        hole.blend(rgb("ffd27a") if lit else rgb("27303e"), hole.cover(distance))


def _lantern(
    canvas: Canvas,
    rng: np.random.Generator,
    sky: Sky,
    side: float,
    at: tuple[float, float],
    r: float,
    dark: float,
) -> None:
    x, top = at
    part = canvas.around(x, top - r, r * 2.2, r * 2.6)
    u, v = part.local(x, top, r)
    metal = mix(pick(rng, ["2a2f38", "c0262c", "3a3f48", "8e2a24"]), sky.shadow, 0.25)
    lit = np.minimum(metal * 1.5 * sky.light + 0.04, 1)
    rounded = mix(metal * 0.55, lit, np.clip(0.5 + 0.5 * side * u, 0, 1))
    glass = mix(mix(sky.middle, rgb("d8ecef"), 0.4), rgb("fff2b0"), 0.35 + 0.65 * min(1.0, dark * 2.5))
    part.blend(glass, part.cover(box(u, v + 0.85, 0.62, 0.62) * r))
    part.glow(rgb("fff3b8"), bell(u / 0.3, (v + 0.85) / 0.35) * (0.5 + 0.5 * dark))
    # Glazing bars and the gallery's rails: across from, up to.
    lines = [(a, 0.0, a, -1.45) for a in (-0.6, -0.24, 0.24, 0.6)] + [(-0.62, -0.85, 0.62, -0.85)]
    lines += [(-1.42, -h, 1.42, -h) for h in (0.26, 0.5)]
    lines += [(a, 0.0, a, -0.5) for a in np.linspace(-1.42, 1.42, 9).tolist()]
    bars: list[Stroke] = [(place(points((a, b), (c, d)), x, top, r), 0.065 * r, 1.0) for a, b, c, d in lines]
    canvas.draw(bars, metal * 0.7)
    dome = np.maximum(ellipse(u, v + 1.42, 0.78, 0.62), v + 1.42)
    part.blend(rounded, part.cover(np.minimum(dome, box(u, v + 1.42, 0.84, 0.07)) * r))
    finial = np.minimum(box(u, v + 2.15, 0.04, 0.3), ellipse(u, v + 2.08, 0.12, 0.12))
    part.blend(rounded, part.cover(np.minimum(finial, box(u, v - 0.02, 1.5, 0.1)) * r))
    bracket = np.asarray(u * (1 + 0.9 * np.maximum(v, 0)), np.float32)
    part.blend(rounded * 0.8, part.cover(box(bracket, v - 0.2, 1.25, 0.14) * r))


def _house(canvas: Canvas, rng: np.random.Generator, sky: Sky, x: float, foot: float, r: float) -> None:
    wall, roof = rgb("f2ede0") * mix(sky.shadow, sky.light, 0.8), pick(rng, ["b5402c", "8a4a3a", "5a5f6b"])
    canvas.fill(place(points((-1.3, 0.8), (-1.3, -1), (1.3, -1), (1.3, 0.8)), x, foot, r), wall)
    gable = place(points((-1.5, -1), (-1, -1.7), (1, -1.7), (1.5, -1)), x, foot, r)
    canvas.fill(gable, roof * mix(sky.shadow, sky.light, 0.75))
    pane = rgb("ffd27a") if float(sky.night[0]) > 0.2 else rgb("3a4656")
    for a in (-0.7, 0.0, 0.7):
        window = points((a - 0.14, -0.7), (a + 0.14, -0.7), (a + 0.14, -0.3), (a - 0.14, -0.3))
        canvas.fill(place(window, x, foot, r), pane)


def _rocks(canvas: Canvas, rng: np.random.Generator, sky: Sky, side: float, x: float, foot: float) -> None:
    width = canvas.shape[1]
    part = canvas.crop(0, foot - 0.08, 1, 1)
    across = part.x[0] - x
    fall = np.where(across * side > 0, between(rng, 0.22, 0.34), between(rng, 0.35, 0.8))
    jag = np.abs(noise.line(rng, width, 9, octaves=5, gain=0.62))
    off = np.abs(across)
    mound = foot + 0.005 + 0.24 * np.maximum(off - 0.1, 0) ** 1.15 / fall
    mound = np.asarray(mound - 0.05 * jag * smoothstep(0.06, 0.2, off), np.float32)
    shore = 0.93 + 0.012 * noise.line(rng, width, 6)
    cells = noise.fractal(rng, part.shape, (7, 13), octaves=4, gain=0.7)
    # Facets: the slope of a folded field, lit from the sun's side.
    folded = np.abs(cells)
    rise = (noise.shifted(folded, 0, int(side) * 2) - folded) * 2.2 + (folded - noise.shifted(folded, 2, 0)) * 1.4
    lit = np.asarray(np.clip(0.5 + rise, 0, 1), np.float32)
    dull, bright = pick(rng, ["6a5a50", "5a5f68", "7a6a58", "4f4a4c"]), pick(rng, ["8f8070", "9a948a"])
    stone = mix(dull, bright, 0.5 + 0.5 * cells)
    grass = smoothstep(0.05, 0.0, part.y - mound[None, :] + 0.02 * cells) * float(rng.random() < 0.5)
    stone = mix(stone, rgb("6f8f45"), grass * 0.8)
    wet = np.asarray(1.1 - 0.5 * smoothstep(foot, 1.0, part.y), np.float32)
    color = stone * mix(sky.shadow * 0.7, sky.light * 1.1, lit) * wet[..., None]
    inside = np.maximum(mound[None, :] - part.y, part.y - shore[None, :])
    part.blend(color, part.cover(inside))
    # Surf lies only along the rock, and thins out where the rock has sunk.
    surf = 0.01 * (0.6 + cells) * smoothstep(-0.004, 0.012, shore - mound)
    foam = np.abs(part.y - shore[None, :] - 0.004) - surf + 0.003
    part.blend(mix(sky.cloud, rgb("ffffff"), 0.4), part.cover(foam, 0.008) * 0.75)
    if float(sky.night[0]) < 0.3:
        gulls: list[Stroke] = []
        for gx, gy in rng.uniform((0.05, 0.08), (0.95, 0.5), (int(rng.integers(0, 6)), 2)):
            s = between(rng, 0.008, 0.02)
            wing = points((-1, -0.4), (-0.5, -0.6), (0, 0), (0.5, -0.6), (1, -0.3))
            gulls.append((spline(place(wing, float(gx), float(gy), s), closed=False), 0.003, 1.0))
        canvas.draw(gulls, rgb("f4f4f2") if rng.random() < 0.5 else mix(sky.shadow, rgb("30343c"), 0.5))
