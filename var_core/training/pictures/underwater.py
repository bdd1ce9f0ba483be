"""Jellyfish and goldfish: what glows and gleams in water."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke
from var_core.training.pictures.light import mix, pick, ramp, rgb
from var_core.training.pictures.shapes import ellipse, place, ribbon, smoothstep, spline

Frame = tuple[float, float, float, float]
"""Where a figure stands: x, y, size, angle."""

DEEP = [
    ["1f6fb0", "0f3f86", "071d4e", "030c26"],
    ["2a8fb0", "12608a", "083a5e", "041a30"],
    ["5a3fa0", "34237a", "1a124e", "0a0726"],
    ["0f7f8a", "0a5564", "063444", "031820"],
    ["16265a", "0e1a44", "080f2c", "040616"],
]
TANK = [
    ["bfe8e6", "7cc8cf", "3f9aac", "2a7286"],
    ["9fdcf0", "4fb0dc", "2a80b8", "1f5a8a"],
    ["cdeabf", "8fcf9f", "4f9f80", "2f7060"],
    ["3f8fa0", "1f6478", "124458", "0a2a3a"],
    ["e4f0e8", "b4dce0", "80bccb", "5a9ab0"],
]


def _bell(u: Array | float, v: Array | float = 0.0) -> Array:
    # A soft round spot: 1 at the origin, 1/e at distance 1.
    return np.asarray(np.exp(-(u * u + v * v)), np.float32)


def _mirrored(canvas: Canvas, flip: bool) -> Canvas:
    # A view that shares the pixels, left and right exchanged: painters then need draw one direction only.
    return Canvas(canvas.pixels[:, ::-1], canvas.x, canvas.y, canvas.pixel) if flip else canvas


def _water(canvas: Canvas, rng: np.random.Generator, codes: list[str], rays: float) -> None:
    shades = [np.clip(rgb(code) + rng.normal(0, 0.02, 3), 0, 1).astype(np.float32) for code in codes]
    murk = 1.0 + 0.11 * noise.smooth(rng, canvas.shape, (4, 5))
    np.multiply(ramp(shades, canvas.y[:, 0])[:, None], murk[..., None], out=canvas.pixels)
    # Rays fan out from a point above the surface; the profile over the angle makes the shafts.
    source_x, source_y = float(rng.uniform(0.1, 0.9)), -float(rng.uniform(0.25, 0.7))
    part = canvas.crop(0, 0, 1, 0.72)
    bearing = (part.x - source_x) / (part.y - source_y)
    shafts = noise.line(rng, 512, 26, octaves=3, gain=0.6)
    beam = shafts[np.clip((bearing + 1.5) * 170, 0, 511).astype(np.int32)]
    fade = smoothstep(0.72, -0.1, part.y) * rays
    part.glow(mix(shades[0], rgb("ffffff"), 0.35), smoothstep(-0.1, 0.9, beam) * fade)


def _motes(canvas: Canvas, rng: np.random.Generator, color: Array, count: int) -> None:
    specks: list[Stroke] = []
    for x, y, strength in rng.random((count, 3)).tolist():
        speck = np.array([[x, y], [x + 0.0025, y]], np.float32)
        specks.append((speck, 0.0015 + 0.003 * strength**3, 0.3 + 0.7 * strength))
    canvas.draw(specks, color, 0.65)


def paint_jellyfish(canvas: Canvas, rng: np.random.Generator) -> None:
    """A glowing bell trailing frilled arms and fine tentacles in deep water; sometimes others far off."""
    canvas = _mirrored(canvas, rng.random() < 0.5)
    _water(canvas, rng, DEEP[int(rng.integers(len(DEEP)))], float(rng.uniform(0.1, 0.6)))
    _motes(canvas, rng, rgb("cfe6ff"), int(rng.integers(20, 70)))
    body = pick(rng, ["ff5fa8", "f070e0", "60b8ff", "ff8a4a", "a070ff", "50e8d8", "ffb070", "ff5a70"], 0.05)
    for _ in range(int(rng.integers(0, 3))):
        small = float(rng.uniform(0.04, 0.075))
        # Far ones keep to the sides, clear of the large bell.
        spot = (float(rng.choice([0.1, 0.9])) + float(rng.normal(0, 0.05)), float(rng.uniform(0.1, 0.75)))
        _jelly(canvas, rng, body, spot, small, float(rng.normal(0, 0.35)), 0.5)
    size = float(rng.uniform(0.17, 0.26))
    spot = (float(rng.uniform(0.38, 0.62)), float(rng.uniform(0.08, 0.16)) + size)
    _jelly(canvas, rng, body, spot, size, float(rng.uniform(-0.1, 0.45)), 1.0)


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
    tall, flat = float(rng.uniform(0.72, 1.0)), float(rng.uniform(0.1, 0.22))
    pale = mix(body, rgb("ffffff"), 0.45)
    halo = canvas.around(x, y, size * 2.0)
    halo.glow(body, _bell((halo.x - x) / (1.1 * size), (halo.y - y) / (1.1 * size)) * (0.4 * strength))
    phase, drift = float(rng.uniform(0, 6)), float(rng.normal(0, 0.35))
    waves = float(rng.uniform(0.6, 1.3))
    reach = float(rng.uniform(1.9, 3.0))
    fine: list[Stroke] = []
    for root in np.linspace(-0.9, 0.9, int(rng.integers(11, 20)) if strength == 1.0 else 7).tolist():
        length = reach * float(rng.uniform(0.55, 1.1))
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
    core = _bell(u / 0.5, (v + 0.12 * tall) / 0.36)
    speck = noise.smooth(rng, part.shape, (40 * size / 0.2, 40 * size / 0.2))
    shine = _bell((u + 0.38) / 0.24, (v + 0.62 * tall) / 0.11) + 0.5 * smoothstep(0.6, 0.95, speck) * upper
    light = pale * (0.5 * rim + 0.26 * ribs)[..., None] + rgb("ffffff") * (0.6 * shine)[..., None]
    light += mix(body, rgb("ffe0b0"), 0.4) * (0.4 * gut + 0.5 * core)[..., None]
    part.glow(np.asarray(light, np.float32), cover)


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
        line = _trail(rng, (root, 0.0), float(rng.uniform(1.1, 2.0)), 0.16, gait)
        dense = spline(line, closed=False, steps=6)
        t = np.linspace(0, 1, len(dense), dtype=np.float32)
        # Frills: the band's width quivers faster than the arm bends.
        frill = 0.65 + 0.3 * np.sin(t * float(rng.uniform(60, 90)) + root * 9)
        frill += 0.3 * np.sin(t * 23 + root * 5)
        widths = (0.12 * (1 - t) ** 0.7 + 0.01) * np.maximum(frill, 0.15)
        placed = place(dense, x, y, size, tilt)
        outlines.append(ribbon(placed, widths * size))
        veins.append((placed, 0.025 * size, 1.0))
    low = np.min([o.min(axis=0) for o in outlines], axis=0)
    high = np.max([o.max(axis=0) for o in outlines], axis=0)
    part = canvas.crop(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    away = np.asarray(np.hypot(part.x - x, part.y - y), np.float32)
    fade = (0.2 + 0.5 * smoothstep(2.3 * size, 0.2 * size, away)) * np.float32(strength)
    part.blend(mix(body, rgb("ffffff"), 0.15), part.polygons(outlines) * fade)
    part.glow(mix(body, rgb("ffffff"), 0.4), part.strokes(veins) * fade)


def paint_goldfish(canvas: Canvas, rng: np.random.Generator) -> None:
    """An orange fish with flowing fins, among plants over pebbles."""
    canvas = _mirrored(canvas, rng.random() < 0.5)
    _water(canvas, rng, TANK[int(rng.integers(len(TANK)))], float(rng.uniform(0.15, 0.5)))
    floor = float(rng.uniform(0.84, 0.95))
    _plants(canvas, rng, floor)
    _pebbles(canvas, rng, floor)
    size = float(rng.uniform(0.19, 0.26))
    if rng.random() < 0.25:
        _fish(canvas, rng, (float(rng.uniform(0.12, 0.88)), float(rng.uniform(0.12, 0.2)), 0.075, 0.0))
    x, y = float(rng.uniform(0.54, 0.66)), float(rng.uniform(0.42, 0.58))
    _fish(canvas, rng, (x, y, size, float(rng.uniform(-0.25, 0.2))))
    _bubbles(canvas, rng)


def _plants(canvas: Canvas, rng: np.random.Generator, floor: float) -> None:
    for _ in range(2):
        blades = []
        for _ in range(int(rng.integers(3, 9))):
            root, tall = float(rng.beta(0.6, 0.6)), float(rng.uniform(0.2, 0.7))
            t = np.linspace(0, 1, 24, dtype=np.float32)
            bend = 0.035 * np.sin(t * float(rng.uniform(5, 9)) + float(rng.uniform(0, 6))) * (0.3 + t)
            axis = np.stack([root + bend + float(rng.normal(0, 0.05)) * t, floor + 0.03 - tall * t], axis=1)
            blades.append(ribbon(axis, float(rng.uniform(0.008, 0.018)) * (1 - t) ** 0.6 + 0.001))
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


def _bubbles(canvas: Canvas, rng: np.random.Generator) -> None:
    column = float(rng.uniform(0.05, 0.95))
    for _ in range(int(rng.integers(3, 12))):
        x, y = column + float(rng.normal(0, 0.05)), float(rng.uniform(0.03, 0.8))
        r = float(rng.uniform(0.005, 0.016))
        part = canvas.around(x, y, r * 1.4)
        u, v = part.local(x, y, r)
        d = np.asarray(np.hypot(u, v), np.float32)
        gleam = 0.12 + 0.6 * d * d * d * d + 0.9 * _bell((u + 0.4) * 3, (v + 0.4) * 3)
        part.glow(rgb("eafaff"), part.cover((d - 1) * r) * gleam)


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
    flutter = 0.16 * np.sin(t * float(rng.uniform(5, 11)) + float(rng.uniform(0, 6)))
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
    span = float(np.hypot(*(placed[:, -1] - root).T).max())
    t = np.clip(np.hypot(part.x - root[0], part.y - root[1]) / span, 0, 1)
    web = mix(base, tip, t)
    part.blend(web, part.polygon(outline) * (0.9 - 0.3 * t))
    lines: list[Stroke] = [(ray, 0.012 * size, 0.55) for ray in placed[1:-1]]
    part.blend(web * 0.78, part.strokes(lines) * (0.9 - 0.4 * t))


def _fish(canvas: Canvas, rng: np.random.Generator, frame: Frame) -> None:
    x, y, size, _ = frame
    body = pick(rng, ["f57a14", "f2661a", "ff8f1f", "ee5a1c", "f79a2a"], 0.02)
    tip = mix(body, pick(rng, ["ffd07a", "fff0dc", "ff9a4a"], 0.02), float(rng.uniform(0.4, 0.9)))
    long, droop = float(rng.uniform(0.85, 1.25)), float(rng.uniform(0.0, 0.35))
    t = np.linspace(-1, 1, 21, dtype=np.float32)
    a = np.abs(t)
    fork = np.asarray((0.46 + 0.62 * a * a - 0.5 * np.maximum(a - 0.8, 0)) * long, np.float32)
    spread = float(rng.uniform(0.75, 1.0))
    tail = _fan(rng, (-0.84, -0.1, -0.84, 0.12), (math.pi + spread, math.pi - spread), fork, -droop)
    _fin(canvas, tail, frame, body, tip)
    t = np.linspace(0, 1, 13, dtype=np.float32)
    sail = (0.32 + 0.42 * np.sin(math.pi * (0.15 + 0.75 * (1 - t)))) * float(rng.uniform(0.75, 1.05))
    dorsal = _fan(rng, (-0.52, -0.24, 0.28, -0.4), (math.pi + 0.5, math.pi + 1.25), sail[::-1], -0.35)
    _fin(canvas, dorsal, frame, body, tip)
    for start, far, span in ((-0.55, -0.35, 0.5), (0.0, 0.2, 0.48)):
        veil = (0.6 + 0.4 * np.sin(math.pi * t)) * span * long
        pelvic = _fan(rng, (start, 0.22, far, 0.34), (math.pi - 0.55, math.pi - 1.3), veil[:9], 0.3)
        _fin(canvas, pelvic, frame, body, tip)

    part = canvas.around(x, y, size * 1.12, size * 0.85)
    u, v = part.local(*frame)
    depth = float(rng.uniform(0.42, 0.52))
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
    arc = np.hypot(shifted % 1.0 - 0.75, (rows % 1.0 - 0.5) * 0.9)
    trunk = smoothstep(0.52, 0.44, u + 0.25 * v * v) * smoothstep(-0.95, -0.8, u)
    scale = smoothstep(0.28, 0.0, np.abs(arc - 0.6)) * trunk
    color = color * (0.72 + 0.42 * light - 0.2 * scale)[..., None]
    gleam = _bell((across + 0.42) / 0.22) * smoothstep(-0.9, -0.4, u) * smoothstep(0.95, 0.6, u)
    shimmer = np.clip(noise.smooth(rng, part.shape, (9, 9)), 0, 1) * trunk * smoothstep(0.5, 0.2, arc)
    color = mix(color, rgb("fff3cf"), np.clip(0.42 * gleam * (1 - 0.5 * scale) + 0.45 * shimmer, 0, 1))
    gill = np.abs(np.hypot(u - 0.72, v * 0.95 + 0.02) - 0.27)
    color = mix(color, body * 0.6, smoothstep(0.03, 0.0, gill) * (u < 0.6) * 0.8)
    mouth = np.abs(v - 0.07 - 0.25 * (1.0 - u)) + np.maximum(0.88 - u, 0)
    color = mix(color, body * 0.45, smoothstep(0.025, 0.0, mouth) * 0.9)
    part.blend(color, part.cover(distance * size))
    socket = place(np.array([[0.74, -0.12]], np.float32), *frame)[0]
    part = canvas.around(float(socket[0]), float(socket[1]), 0.12 * size)
    u, v = part.local(*frame)
    eye = np.hypot(u - 0.74, v + 0.12)
    part.blend(rgb("ffe6a0"), part.cover((eye - 0.085) * size))
    part.blend(rgb("14100e"), part.cover((eye - 0.056) * size))
    part.blend(rgb("ffffff"), part.cover((np.hypot(u - 0.76, v + 0.145) - 0.02) * size))
    length = 0.22 + 0.14 * np.sin(math.pi * t[:8])
    pectoral = _fan(rng, (0.36, 0.16, 0.4, 0.26), (math.pi - 0.1, math.pi - 1.0), length, 0.25)
    _fin(canvas, pectoral, frame, body * 0.95, tip)
