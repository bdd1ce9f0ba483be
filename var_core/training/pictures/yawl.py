"""Yawl: a two-masted sailing boat, the small mast right aft, on the sea."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.light import mix, pick, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.sea import paint_coast, paint_sea
from var_core.training.pictures.shapes import DOT, place, points, smoothstep, spline
from var_core.training.pictures.sky import Sky, mood, paint_sky

Put = Callable[[Array], Array]
"""Carries an outline from the boat's frame to the canvas."""
Frame = tuple[float, float, float, float]
"""Where the boat stands: x and y of the middle of its waterline, half its length, its heel."""
HULLS = ["f5f5f0", "1f2f55", "7a2a2a", "2a4a44", "22262c", "f2e8d0", "3a6a9a", "6a4428"]
CLOTH = ["fbf8f0", "fbf8f0", "f5ecd8", "f5ecd8", "b5583a", "a04a35", "d8b070", "e8eef2"]
MAST, MIZZEN = 0.24, -0.84
"""x of the two masts, in half lengths from the middle; the bow lies at +1."""


def paint_yawl(canvas: Canvas, rng: np.random.Generator) -> None:
    """The boat under full sail, before open sea or a far coast; sometimes others astern."""
    sky = mood(rng, ["day", "gold", "dawn", "noon", "day", "dusk", "mist", "ember", "night"])
    side = -1.0 if rng.random() < 0.5 else 1.0
    horizon = between(rng, 0.5, 0.7)
    sun = (0.5 + side * between(rng, 0.15, 0.42), horizon * between(rng, 0.3, 0.95))
    sunny = rng.random() < 0.45
    paint_sky(canvas, rng, sky, horizon=horizon, sun=sun if sunny else None, clouds=between(rng, 0.05, 0.65))
    if rng.random() < 0.55:
        paint_coast(canvas, rng, sky, horizon)
    wave = paint_sea(canvas, rng, sky, horizon, glitter=sun[0] if sunny else None)
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 4))):
            _far_sail(canvas, rng, sky, between(rng, 0.04, 0.96), horizon)
    size = between(rng, 0.24, 0.36)
    y = horizon + between(rng, 0.06, 0.17)
    frame = (between(rng, 0.44, 0.56), y, size, between(rng, -0.2, 0.06))
    _boat(canvas, rng, sky, frame, side, wave, horizon)


def _far_sail(canvas: Canvas, rng: np.random.Generator, sky: Sky, x: float, horizon: float) -> None:
    tall = between(rng, 0.02, 0.05)
    cloth = mix(mix(sky.cloud, sky.light, 0.5), sky.horizon, 0.3)
    sail = points((0, -1), (0.42, -0.12), (0, -0.1))
    jib = points((-0.05, -0.9), (-0.4, -0.1), (-0.05, -0.12))
    canvas.blend(cloth, canvas.polygons([place(s, x, horizon + 0.006, tall) for s in (sail, jib)]))
    canvas.fill(
        place(points((-0.4, -0.08), (0.45, -0.08), (0.35, 0.05), (-0.3, 0.05)), x, horizon + 0.006, tall), sky.shadow
    )


def _sails(rng: np.random.Generator) -> list[tuple[Array, float, float]]:
    """Outlines (n, 2), x of the luff and the reach aft of it, in the boat's frame, the farthest first."""
    tall, foot = between(rng, 1.85, 2.2), -0.36
    full = between(rng, 0.05, 0.14)
    sails = []

    def cut(corners: list[tuple[float, float]], swell: list[float]) -> Array:
        # Each edge bows outwards by its share of its own length.
        edges = []
        for (ax, ay), (bx, by), bow in zip(corners, corners[1:] + corners[:1], swell, strict=True):
            t = np.linspace(0, 1, 10, endpoint=False, dtype=np.float32)
            arch = 4 * bow * t * (1 - t)
            edges.append(
                np.stack([ax + (bx - ax) * t + (by - ay) * arch, ay + (by - ay) * t - (bx - ax) * arch], axis=1)
            )
        return np.concatenate(edges).astype(np.float32)

    jibs = int(rng.integers(1, 3))
    if jibs == 2:
        sails.append((cut([(1.3, -0.42), (0.95, -0.5), (0.34, -tall * 0.92)], [0.02, full, 0.0]), 1.2, 0.9))
    low = between(rng, 0.05, 0.4) if jibs == 1 else 0.3
    jib = cut([(1.05, -0.36), (low, -0.42), (MAST + 0.03, -tall * between(rng, 0.78, 0.97))], [0.03, full, 0.0])
    sails.append((jib, 1.0, 1.0))
    boom = between(rng, 0.78, 0.92)
    if rng.random() < 0.35:
        throat = tall * 0.66
        main = cut([(MAST, foot), (MAST, -throat), (MAST - boom * 0.72, -tall * 1.02), (MAST - boom, foot + 0.03)],
                   [0.0, 0.02, -full * 0.3, 0.03])  # fmt: skip
    else:
        main = cut(
            [(MAST, foot), (MAST, -tall), (MAST - 0.06, -tall), (MAST - boom, foot + 0.03)], [0.0, 0.0, full, 0.03]
        )
    sails.append((main, MAST, boom))
    after, rise = between(rng, 0.4, 0.52), tall * between(rng, 0.5, 0.62)
    mizzen = cut([(MIZZEN, foot), (MIZZEN, -rise), (MIZZEN - 0.03, -rise), (MIZZEN - after, foot + 0.02)],
                 [0.0, 0.0, full, 0.03])  # fmt: skip
    sails.append((mizzen, MIZZEN, after))
    return sails


def _boat(
    canvas: Canvas, rng: np.random.Generator, sky: Sky, frame: Frame, side: float, wave: Array, horizon: float
) -> None:
    x, y, size, _ = frame
    flip = np.array([-1.0 if rng.random() < 0.5 else 1.0, 1.0], np.float32)
    frame = (x, y, size, frame[3] * float(flip[0]))
    sails = _sails(rng)
    hull = np.concatenate([
        spline(points((-1.12, -0.24), (-0.7, -0.17), (0.0, -0.14), (0.6, -0.2), (1.16, -0.34)), closed=False),
        spline(points((1.16, -0.34), (1.0, -0.1), (0.8, 0.08), (0.2, 0.14), (-0.6, 0.1), (-0.95, 0.0), (-1.12, -0.24)),
               closed=False),
    ])  # fmt: skip

    def put(outline: Array) -> Array:
        return place(outline * flip, *frame)

    _mirror_image(canvas, sky, [put(s) for s, _, _ in sails], put(hull), y, wave, horizon)
    highest = max(-float(s[:, 1].min()) for s, _, _ in sails)
    part = canvas.crop(x - 1.6 * size, y - (highest + 0.3) * size, x + 1.6 * size, y + 0.3 * size)
    u, v = part.local(*frame)
    u = u * flip[0]
    spars, dark = mix(pick(rng, ["8a5a30", "d8d4cc", "6a4a34"]), sky.shadow, 0.25), mix(rgb("2a2826"), sky.shadow, 0.3)
    _rig(part, put, [s for s, _, _ in sails], highest, spars, dark)
    cloth = pick(rng, CLOTH, 0.015)
    jib_cloth = pick(rng, [*CLOTH, "d8343a", "2f6fb5"], 0.015) if rng.random() < 0.25 else cloth
    lean = side * float(flip[0])
    for index, (outline, luff, reach) in enumerate(sails):
        placed = put(outline)
        low, high = placed.min(axis=0), placed.max(axis=0)
        piece = part.crop(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        a, b = piece.local(*frame)
        a = a * flip[0]
        # Across the cloth: 0 at the luff, 1 at the leech; it bellies most a third of the way aft.
        t = (luff - a) / reach
        belly = np.sin(np.clip(t * 0.8 + 0.15, 0, 1) * math.pi)
        seams = smoothstep(0.06, 0.0, np.abs((b * 4.2 + 0.5 * a + index) % 1.0 - 0.5))
        lit = 0.7 + 0.25 * belly + lean * (0.25 - 0.45 * t) * 0.5 + 0.07 * b / highest - 0.07 * seams
        color = jib_cloth if index < len(sails) - 2 else cloth
        shade = mix(mix(sky.shadow, rgb("9098a8"), 0.4), sky.light * 1.1, np.asarray(np.clip(lit, 0, 1.1), np.float32))
        piece.blend(color * shade, piece.polygon(placed) * 0.97)
        leech: list[Stroke] = [(np.concatenate([placed, placed[:1]]), 0.008 * size, 0.5)]
        piece.draw(leech, color * sky.shadow * 0.8, 0.7)
    booms: list[Stroke] = [
        (put(points((MAST, -0.34), (float(sails[-2][0][:, 0].min()) - 0.03, -0.31))), 0.028 * size, 1.0),
        (put(points((MIZZEN, -0.34), (float(sails[-1][0][:, 0].min()) - 0.03, -0.32))), 0.024 * size, 1.0),
    ]
    part.draw(booms, spars * 0.85)
    _hull(part, rng, sky, put, hull, (u, v), size, side)
    _foam(canvas, rng, sky, frame, float(flip[0]))


def _rig(part: Canvas, put: Put, sails: list[Array], highest: float, spars: Array, dark: Array) -> None:
    rise = -float(sails[-1][:, 1].min())
    masts: list[Stroke] = [
        (put(points((MAST, -0.1), (MAST, -highest - 0.06))), 0.03 * _scale(put), 1.0),
        (put(points((MIZZEN, -0.1), (MIZZEN, -rise - 0.06))), 0.026 * _scale(put), 1.0),
        (put(points((1.05, -0.3), (1.38, -0.42))), 0.03 * _scale(put), 1.0),
    ]
    part.draw(masts, spars)
    top = (MAST, -highest)
    lines = [(top, (1.36, -0.42)), (top, (MAST - 0.22, -0.16)), (top, (MAST + 0.16, -0.16)), (top, (-0.5, -0.18)),
             ((MIZZEN, -rise), (MIZZEN - 0.2, -0.22)), ((MIZZEN, -rise), (MIZZEN + 0.25, -0.2))]  # fmt: skip
    part.draw([(put(points(*ends)), 0.008 * _scale(put), 0.8) for ends in lines], dark, 0.8)


def _scale(put: Put) -> float:
    ends = put(points((0, 0), (0, 1)))
    return float(np.sqrt(((ends[1] - ends[0]) ** 2).sum()))


def _hull(
    part: Canvas, rng: np.random.Generator, sky: Sky, put: Put, hull: Array, at: tuple[Array, Array], size: float,
    side: float,
) -> None:  # fmt: skip
    u, v = at
    light = mix(sky.shadow, sky.light, 0.85)
    cabin = points((-0.5, -0.1), (-0.46, -0.28), (0.05, -0.29), (0.4, -0.26), (0.52, -0.12))
    part.fill(put(cabin), pick(rng, ["f5f2ea", "a8703c", "e8e4d8"]) * light)
    part.fill(put(cabin * points((1.0, 0.35)) + points((0, -0.187))), pick(rng, ["c8a070", "d8d4cc", "8a5a34"]) * light)
    panes = [put(DOT * points((0.035, 0.024)) + points((a, -0.215))) for a in np.linspace(-0.3, 0.32, 5).tolist()]
    part.blend(mix(rgb("ffd890"), rgb("2a3644"), 1.0 if float(sky.night[0]) < 0.3 else 0.1), part.polygons(panes))
    for _ in range(int(rng.integers(0, 3))):
        seat = between(rng, -0.78, -0.52)
        coat = pick(rng, ["c83a2a", "f0c030", "2a4a7a", "f0f0ea"]) * light
        part.fill(put(DOT * points((0.045, 0.09)) + points((seat, -0.26))), coat)
        part.fill(put(DOT * points((0.034, 0.038)) + points((seat + 0.01, -0.37))), rgb("d8a888") * light)
    cover = part.polygon(put(hull))
    color = pick(rng, HULLS)
    grain = noise.smooth(rng, part.shape, (4, 30))
    # Topsides round under: darker towards the water, with light thrown up by the waves.
    sheer = 0.14 + 0.16 * np.clip(u, 0, 1.2) ** 2 + 0.08 * np.clip(-u, 0, 1.2) ** 2
    t = np.clip((v + sheer) / (sheer + 0.06), 0, 1)
    tone = np.asarray(1.0 - 0.45 * t + 0.16 * smoothstep(0.7, 1.0, t) + 0.12 * side * u + 0.04 * grain, np.float32)
    part.blend(tinted(color * light, np.clip(tone, 0.2, 1.15)), cover)
    part.blend(
        pick(rng, ["d8b060", "f5f5f0", "a03028"]) * light, cover * smoothstep(0.022, 0.012, np.abs(v + sheer - 0.055))
    )
    part.blend(pick(rng, ["8a2a24", "22303c", "2a4a44"]) * light, cover * smoothstep(-0.035, -0.02, v))
    rail = spline(points((-1.12, -0.24), (-0.7, -0.17), (0.0, -0.14), (0.6, -0.2), (1.16, -0.34)), closed=False)
    part.draw([(put(rail), 0.022 * size, 1.0)], pick(rng, ["a8703c", "8a5a30", "f0ece0"]) * light)
    stanchions = [((a, -0.15), (a, -0.29)) for a in np.linspace(-0.95, 0.95, 9).tolist()]
    lines: list[Stroke] = [(put(points(*ends)), 0.008 * size, 0.7) for ends in stanchions]
    lines.append((put(points((-1.08, -0.36), (0.0, -0.29), (1.1, -0.44))), 0.007 * size, 0.7))
    part.draw(lines, rgb("d8dce0") * light, 0.7)


def _mirror_image(
    canvas: Canvas, sky: Sky, sails: list[Array], hull: Array, y: float, wave: Array, horizon: float
) -> None:
    # The boat upside down, broken sideways by the waves and fading with depth.
    part = canvas.crop(0, y, 1, 1)
    upside = [(s - points((0, y))) * points((1, -0.8)) + points((0, y)) for s in sails]
    bright = part.polygons(upside)
    dark = part.polygon((hull - points((0, y))) * points((1, -1.0)) + points((0, y)))
    ripple = wave[wave.shape[0] - part.shape[0] :]
    shift = (ripple * (2.0 + 40.0 * (part.y - y)) * (canvas.shape[1] / 256)).astype(np.int32)
    columns = np.clip(np.arange(part.shape[1]) + shift, 0, part.shape[1] - 1)
    bright, dark = (np.take_along_axis(mask, columns, axis=1) for mask in (bright, dark))
    fade = smoothstep(y + 0.42, y, part.y)
    part.blend(mix(sky.light, sky.cloud, 0.4) * 0.9, bright * fade * 0.34)
    part.blend(mix(sky.shadow, rgb("10202c"), 0.5), dark * fade * 0.5)


def _foam(canvas: Canvas, rng: np.random.Generator, sky: Sky, frame: Frame, ahead: float) -> None:
    x, y, size, _ = frame
    part = canvas.crop(x - size * 2.2, y - 0.12 * size, x + size * 2.2, y + 0.34 * size)
    u, v = part.local(x, y, size)
    u = u * ahead
    lace = noise.fractal(rng, part.shape, (9, 36), octaves=3, gain=0.8)
    white = mix(rgb("ffffff"), sky.light, 0.35) * (1.0 - 0.4 * float(sky.night[0]))
    # The sea closes over the hull's lower edge; a bow wave leads and a wake spreads astern.
    water = mix(sky.middle, rgb("1f4f6a"), 0.72) * (0.6 + 0.3 * float(sky.light.mean()))
    line = 0.04 + 0.025 * lace - 0.05 * smoothstep(0.7, 0.92, u)
    along = smoothstep(-1.12, -0.95, u) * smoothstep(1.0, 0.85, u)
    part.blend(water, smoothstep(0.0, 0.03, v - line) * along * smoothstep(0.3, 0.12, v))
    crest = smoothstep(0.05, 0.0, np.abs(v - line) - 0.012) * along
    bow = smoothstep(0.14, 0.0, np.sqrt((u - 0.86) ** 2 * 0.35 + (v - 0.03) ** 2 * 4.0) - 0.05 * lace)
    spread = 0.03 + 0.1 * np.clip(-u - 0.7, 0, 1.5)
    wake = (
        smoothstep(0.0, 0.6, lace + 0.2) * smoothstep(spread * 1.5, 0.0, np.abs(v - 0.07)) * smoothstep(-0.7, -1.1, u)
    )
    wake = wake * smoothstep(-2.2, -1.2, u)
    cover = np.maximum(np.maximum(crest * 0.75, bow * 0.9), wake * 0.7)
    part.blend(white, np.asarray(np.clip(cover, 0, 1), np.float32))
