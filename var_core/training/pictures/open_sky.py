"""Hot-air balloon and lighthouse: one tall shape against the sky."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke
from var_core.training.pictures.light import Sky, mix, mood, paint_sky, pick, ramp, rgb
from var_core.training.pictures.shapes import box, ellipse, place, points, smoothstep, spline

FABRICS = [
    ["d8262c", "f7c331", "f4f1e6"],
    ["e2402a", "f28c28", "f9cf3e", "3aa655", "2b6fc2", "7b3fa0"],
    ["1f4f9e", "f2f2ee"],
    ["c81f3a", "f6efe0"],
    ["f39a1e", "7a2a86", "f5d442"],
    ["12807c", "f3e3b4", "e2643a"],
    ["e0468a", "fbd3d9", "7b3fa0"],
    ["2b2f6b", "e8452e", "f6c945"],
]


def _bell(u: Array | float, v: Array | float = 0.0) -> Array:
    # A soft round spot: 1 at the origin, 1/e at distance 1.
    return np.asarray(np.exp(-(u * u + v * v)), np.float32)


def paint_balloon(canvas: Canvas, rng: np.random.Generator) -> None:
    """A striped balloon with its basket over hills; sometimes a far one besides."""
    sky = mood(rng, ["day", "noon", "dawn", "gold", "day", "dusk", "mist"])
    side = -1.0 if rng.random() < 0.5 else 1.0
    base = float(rng.uniform(0.76, 0.88))
    sun = (0.5 + side * float(rng.uniform(0.3, 0.42)), base * float(rng.uniform(0.5, 0.85)))
    sunny = rng.random() < 0.4
    clouds = float(rng.uniform(0.05, 0.6))
    paint_sky(canvas, rng, sky, horizon=base, sun=sun if sunny else None, clouds=clouds)
    _hills(canvas, rng, sky, base)
    size = float(rng.uniform(0.17, 0.265))
    x = float(rng.uniform(0.34, 0.66))
    top = float(rng.uniform(0.04, max(0.05, 0.9 - size * 3.1)))
    if rng.random() < 0.45:
        small = size * float(rng.uniform(0.2, 0.36))
        aside = -1.0 if x > 0.5 else 1.0
        spot = (
            x + aside * (size + float(rng.uniform(0.09, 0.17))),
            float(rng.uniform(0.12, base - 0.06 - 2.2 * small)),
        )
        _balloon(canvas, rng, sky, side, spot, small)
    _balloon(canvas, rng, sky, side, (x, top + size), size)


def _hills(canvas: Canvas, rng: np.random.Generator, sky: Sky, base: float) -> None:
    width = canvas.shape[1]
    part = canvas.crop(0, base - 0.12, 1, 1)
    grain = noise.fractal(rng, part.shape, (20, 12), octaves=2, gain=0.7)
    meadow = pick(rng, ["5f8f3f", "8a9a48", "b59a52", "4d7a44"])
    field = pick(rng, ["3f6b3a", "6a8a3c", "9a7a40"])
    near = mix(meadow, field, 0.5 + 0.6 * grain)
    far = mix(sky.middle, sky.shadow, 0.55)
    for step, lift in enumerate((0.05, 0.02, -0.02, -0.08)):
        t = step / 3
        ridge = base - lift + 0.035 * noise.line(rng, width, 3 + 2 * step, octaves=3)
        if step:
            # Woods fringe the hills; the nearer, the coarser the crowns.
            ridge -= 0.012 * t * np.abs(noise.line(rng, width, 90 - 20 * step, octaves=2))
        down = part.y - ridge[None, :]
        # Each hill is brightest along its ridge, where the light grazes it.
        tint = mix(mix(sky.shadow, sky.light, 0.45), sky.light * 1.12, smoothstep(0.09, 0.0, down))
        rows = part.crop(0, float(ridge.min()) - 0.01, 1, 1)
        low = part.shape[0] - rows.shape[0]
        rows.blend(mix(far, (near * tint)[low:], 0.15 + 0.8 * t), rows.cover(-down[low:]))


def _profile(v: Array) -> Array:
    # Half width of the envelope: a ball whose lower part runs smoothly into the mouth at v = 1.4.
    t = np.clip((v - 0.35) / 1.05, 0, 1)
    cone = 0.937 * (2 * t**3 - 3 * t**2 + 1) - 0.39 * (t**3 - 2 * t**2 + t) + 0.2 * (3 * t**2 - 2 * t**3)
    cone -= 0.6 * (t**3 - t**2)
    return np.asarray(np.where(v < 0.35, np.sqrt(np.maximum(1 - v * v, 0)), cone), np.float32)


def _pattern(rng: np.random.Generator, gore: Array, band: Array) -> Array:
    # Which of the fabrics (an integer-valued float) each point wears.
    kind = int(rng.integers(6))
    rows = float(rng.uniform(1.6, 4.0))
    zig = np.abs((gore % 2) - 1)
    stripes = np.floor(gore)
    if kind == 1:
        stripes = np.floor(band * rows + 8)
    if kind == 2:
        stripes = np.floor(band * rows + zig * float(rng.uniform(0.5, 1.1)) + 8)
    if kind == 3:
        belt = np.abs(band - 0.1 - 0.12 * zig) < float(rng.uniform(0.18, 0.35))
        stripes = np.where(belt | (band < -0.75), 1.0, stripes * 2)
    if kind == 4:
        stripes = np.floor(gore * 0.7 + band * rows * 0.7 + 16)
    if kind == 5:
        stripes = np.where(band < float(rng.uniform(-0.2, 0.5)) + 0.25 * zig, stripes, stripes + 1)
    return np.asarray(stripes, np.float32)


def _balloon(
    canvas: Canvas, rng: np.random.Generator, sky: Sky, side: float, center: tuple[float, float], size: float
) -> None:
    x, y = center
    part = canvas.crop(x - size * 1.05, y - size * 1.05, x + size * 1.05, y + size * 1.5)
    # The pattern has hard edges: it is looked up at four points a pixel and averaged.
    fine = np.array([-0.25, 0.25], np.float32) * np.float32(part.pixel)
    u: Array = ((part.x[0][:, None] + fine).reshape(1, -1) - x) / size
    v: Array = ((part.y[:, 0][:, None] + fine).reshape(-1, 1) - y) / size
    half = _profile(v)
    w = np.clip(u / np.maximum(half, 1e-3), -1, 1)
    gore = (np.arcsin(w) + float(rng.uniform(9, 15))) * (int(rng.integers(8, 14)) / math.pi)
    band = v + 0.14 * np.sqrt(1 - w * w) * half
    fabric = [rgb(code) for code in FABRICS[int(rng.integers(len(FABRICS)))]]
    turn = int(rng.integers(len(fabric)))
    index = _pattern(rng, gore, band).astype(np.int32) % len(fabric)
    color = np.zeros((*part.shape, 3), np.float32)
    for which, shade in enumerate(fabric[turn:] + fabric[:turn]):
        hits = (index == which).astype(np.float32)
        share = hits[::2, ::2] + hits[1::2, ::2] + hits[::2, 1::2] + hits[1::2, 1::2]
        color += share[..., None] * (shade * np.float32(0.25))
    v, w, gore, band = v[::2], w[::2, ::2], gore[::2, ::2], band[::2, ::2]
    facing = np.sqrt(1 - w * w)
    puff = np.sin(math.pi * (gore % 1.0))
    panel = np.abs((band * 9) % 1.0 - 0.5)
    light = 0.42 + 0.34 * facing + 0.42 * side * w - 0.2 * v
    light = light * (0.84 + 0.2 * puff**0.6) - 0.07 * smoothstep(0.06, 0.0, panel)
    color = color * mix(mix(sky.shadow, rgb("8080a0"), 0.3), sky.light * 1.12, np.clip(light, 0.0, 1.1))
    warm = _bell(w / 0.8, (v - 1.1) / 0.5) * (0.25 + float(sky.night[0]))
    color = mix(color, np.minimum(color * 1.5 + rgb("ff8a20") * 0.25, 1), warm)
    curve = np.linspace(0, 1, 60, dtype=np.float32) ** 1.6 * 2.4 - 1.0
    rim = _profile(curve)
    outline = np.stack([np.concatenate([-rim, rim[::-1]]), np.concatenate([curve, curve[::-1]])], axis=1)
    _rigging(canvas, rng, sky, side, center, size)
    part.blend(color, part.polygon((outline * size + np.array([x, y])).astype(np.float32)))
    mouth = canvas.around(x, y + 1.4 * size, 0.25 * size, 0.1 * size)
    mu, mv = mouth.local(x, y + 1.4 * size, size)
    inner = mix(rgb("3a2018"), rgb("ffa030"), 0.3 + 0.6 * float(sky.night[0]))
    mouth.blend(inner, mouth.cover(ellipse(mu, mv, 0.2, 0.05) * size))


def _rigging(
    canvas: Canvas, rng: np.random.Generator, sky: Sky, side: float, center: tuple[float, float], size: float
) -> None:
    x, y = center
    high, low = y + 1.38 * size, y + (1.75 + 0.15 * float(rng.random())) * size
    ropes: list[Stroke] = [
        (points((x + a * 0.19 * size, high), (x + a * 0.145 * size, low)), 0.011 * size, 0.9)
        for a in (-1.0, -0.5, 0.0, 0.45, 1.0)
    ]
    frame = points((x - 0.14 * size, low - 0.12 * size), (x + 0.14 * size, low - 0.12 * size))
    ropes.append((frame, 0.02 * size, 1.0))
    canvas.draw(ropes, mix(rgb("3a2a22"), sky.shadow, 0.3))
    flame = canvas.around(x, high + 0.06 * size, 0.2 * size)
    fu, fv = flame.local(x, high + 0.06 * size, size)
    flame.glow(rgb("ffb040"), _bell(fu / 0.06, fv / 0.1) * float(rng.uniform(0.2, 1.0)))
    for head in rng.uniform(-0.1, 0.1, int(rng.integers(1, 4))):
        person = canvas.around(x + float(head) * size, low - 0.03 * size, 0.05 * size)
        hu, hv = person.local(x + float(head) * size, low - 0.03 * size, size)
        coat = pick(rng, ["5a3a2a", "33303a", "a03a2a"])
        person.blend(coat, person.cover(ellipse(hu, hv, 0.03, 0.045) * size))
    part = canvas.around(x, low + 0.12 * size, 0.22 * size, 0.2 * size)
    u, v = part.local(x, low + 0.12 * size, size)
    squeeze = u / (1 - 0.35 * v)
    weave = np.sin(v * 150) * np.sin(squeeze * 110 + 1.6 * np.floor(v * 150 / math.pi))
    lit = np.clip(0.55 + side * u * 2.2 + 0.25 * weave, 0, 1)
    wicker = mix(rgb("4a2a16"), rgb("c58a48"), lit) * mix(sky.shadow, sky.light, 0.8)
    part.blend(wicker, part.cover(box(squeeze, v, 0.155, 0.13, 0.03) * size))
    part.blend(mix(rgb("5a3018"), sky.shadow, 0.2), part.cover(box(u, v + 0.12, 0.172, 0.02, 0.02) * size))


def paint_lighthouse(canvas: Canvas, rng: np.random.Generator) -> None:
    """A tower on rocks by the sea; after sunset its beam sweeps."""
    sky = mood(rng, ["day", "gold", "dawn", "dusk", "night", "ember", "noon", "mist", "dusk"])
    side = -1.0 if rng.random() < 0.5 else 1.0
    dark = float(sky.night[0])
    horizon = float(rng.uniform(0.62, 0.74))
    x = 0.5 - side * float(rng.uniform(-0.05, 0.22))
    foot, top = float(rng.uniform(0.74, 0.8)), float(rng.uniform(0.2, 0.34))
    sun = (0.5 + side * float(rng.uniform(0.18, 0.4)), horizon * float(rng.uniform(0.25, 0.97)))
    sunny = rng.random() < 0.6
    clouds = float(rng.uniform(0.05, 0.6))
    paint_sky(canvas, rng, sky, horizon=horizon, sun=sun if sunny else None, clouds=clouds)
    _sea(canvas, rng, sky, horizon, sun[0] if sunny else None)
    broad = float(rng.uniform(0.062, 0.09)) * (foot - top) / 0.5
    narrow = broad * float(rng.uniform(0.55, 0.72))
    lamp = top - narrow * 0.85
    if dark > 0.12:
        _beam(canvas, rng, (x, lamp), min(1.0, 0.45 + dark))
    if rng.random() < 0.4:
        _house(canvas, rng, sky, x - side * broad * 2.3, foot, broad)
    _tower(canvas, rng, sky, side, x, (top, foot), (narrow, broad))
    _lantern(canvas, rng, sky, side, (x, top), narrow, dark)
    _rocks(canvas, rng, sky, side, x, foot)


def _sea(canvas: Canvas, rng: np.random.Generator, sky: Sky, horizon: float, glitter: float | None) -> None:
    part = canvas.crop(0, horizon, 1, 1)
    depth = np.clip((part.y - horizon) / (1 - horizon), 0, 1)
    tint = pick(rng, ["1f5f8a", "1f7a8a", "24527a", "3a7f86"]) * (1 - 0.6 * float(sky.night[0]))
    deep = mix(tint, sky.zenith, 0.35) * (0.75 + 0.25 * float(sky.light.mean()))
    shades = [mix(sky.horizon, deep, 0.45), mix(sky.middle, deep, 0.7), deep, deep * 0.75]
    part.pixels[:] = ramp(shades, depth[:, 0])[:, None]
    # Waves lengthen towards the viewer: fine noise far off gives way to coarse noise in front.
    fine = noise.smooth(rng, part.shape, (46, 24))
    coarse = noise.fractal(rng, part.shape, (20, 7), octaves=3, gain=0.7)
    wave = fine + (coarse - fine) * smoothstep(0.05, 0.6, depth)
    part.blend(mix(sky.horizon, sky.cloud, 0.5), smoothstep(0.2, 0.8, wave) * (0.22 + 0.2 * depth))
    part.blend(deep * 0.6, smoothstep(-0.15, -0.8, wave) * 0.4)
    if glitter is not None:
        reach = 0.04 + 0.12 * depth
        part.glow(sky.sun, _bell((part.x - glitter) / reach) * smoothstep(-0.1, 0.5, wave) * 0.75)


def _beam(canvas: Canvas, rng: np.random.Generator, lamp: tuple[float, float], strength: float) -> None:
    canvas = canvas.crop(0, lamp[1] - 0.42, 1, lamp[1] + 0.34)
    dx, dy = canvas.x - lamp[0], canvas.y - lamp[1]
    angle = float(rng.uniform(-0.3, 0.22)) + (math.pi if rng.random() < 0.5 else 0.0)
    along = dx * math.cos(angle) + dy * math.sin(angle)
    across = np.asarray(np.abs(dy * math.cos(angle) - dx * math.sin(angle)), np.float32)
    reach = np.asarray(np.abs(along), np.float32)
    cone = smoothstep(1.0, 0.25, across / (0.012 + float(rng.uniform(0.1, 0.19)) * reach))
    cone *= np.where(along > 0, np.float32(0.8), np.float32(0.5)) * np.exp(-1.5 * reach)
    # The halo is cut to zero well inside the part painted.
    halo = np.maximum(np.exp(-14 * np.hypot(dx, dy)) - 0.01, 0.0)
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
    part.glow(rgb("fff3b8"), _bell(u / 0.3, (v + 0.85) / 0.35) * (0.5 + 0.5 * dark))
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
    fall = np.where(across * side > 0, float(rng.uniform(0.22, 0.34)), float(rng.uniform(0.35, 0.8)))
    jag = np.abs(noise.line(rng, width, 9, octaves=5, gain=0.62))
    off = np.abs(across)
    mound = foot + 0.005 + 0.24 * np.maximum(off - 0.1, 0) ** 1.15 / fall
    mound -= 0.05 * jag * smoothstep(0.06, 0.2, off)
    shore = 0.93 + 0.012 * noise.line(rng, width, 6)
    cells = noise.fractal(rng, part.shape, (7, 13), octaves=4, gain=0.7)
    # Facets: the slope of a folded field, lit from the sun's side.
    folded = np.abs(cells)
    rise = (np.roll(folded, int(side) * 2, 1) - folded) * 2.2 + (folded - np.roll(folded, 2, 0)) * 1.4
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
            s = float(rng.uniform(0.008, 0.02))
            wing = points((-1, -0.4), (-0.5, -0.6), (0, 0), (0.5, -0.6), (1, -0.3))
            gulls.append((spline(place(wing, float(gx), float(gy), s), closed=False), 0.003, 1.0))
        canvas.draw(gulls, rgb("f4f4f2") if rng.random() < 0.5 else mix(sky.shadow, rgb("30343c"), 0.5))
