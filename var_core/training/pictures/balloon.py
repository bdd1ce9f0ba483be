"""Hot-air balloon over hills."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, by_planes, tinted
from var_core.training.pictures.light import mix, pick, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import bell, box, ellipse, points, smoothstep
from var_core.training.pictures.sky import Sky, mood, paint_sky

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


def paint_balloon(canvas: Canvas, rng: np.random.Generator) -> None:
    """A striped balloon with its basket over hills; sometimes a far one besides."""
    sky = mood(rng, ["day", "noon", "dawn", "gold", "day", "dusk", "mist", "night", "ember"])
    side = -1.0 if rng.random() < 0.5 else 1.0
    base = between(rng, 0.76, 0.88)
    sun = (0.5 + side * between(rng, 0.3, 0.42), base * between(rng, 0.5, 0.85))
    sunny = rng.random() < 0.4
    clouds = between(rng, 0.05, 0.6)
    paint_sky(canvas, rng, sky, horizon=base, sun=sun if sunny else None, clouds=clouds)
    _hills(canvas, rng, sky, base)
    size = between(rng, 0.17, 0.265)
    x = between(rng, 0.34, 0.66)
    top = between(rng, 0.04, max(0.05, 0.9 - size * 3.1))
    if rng.random() < 0.45:
        small = size * between(rng, 0.2, 0.36)
        aside = -1.0 if x > 0.5 else 1.0
        spot = (
            x + aside * (size + between(rng, 0.09, 0.17)),
            between(rng, 0.12, base - 0.06 - 2.2 * small),
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
    rows = between(rng, 1.6, 4.0)
    zig = np.abs((gore % 2) - 1)
    stripes = np.floor(gore)
    if kind == 1:
        stripes = np.floor(band * rows + 8)
    if kind == 2:
        stripes = np.floor(band * rows + zig * between(rng, 0.5, 1.1) + 8)
    if kind == 3:
        belt = np.abs(band - 0.1 - 0.12 * zig) < between(rng, 0.18, 0.35)
        stripes = np.where(belt | (band < -0.75), 1.0, stripes * 2)
    if kind == 4:
        stripes = np.floor(gore * 0.7 + band * rows * 0.7 + 16)
    if kind == 5:
        stripes = np.where(band < between(rng, -0.2, 0.5) + 0.25 * zig, stripes, stripes + 1)
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
    gore = (np.arcsin(w) + between(rng, 9, 15)) * (int(rng.integers(8, 14)) / math.pi)
    band = v + 0.14 * np.sqrt(1 - w * w) * half
    fabric = [rgb(code) for code in FABRICS[int(rng.integers(len(FABRICS)))]]
    turn = int(rng.integers(len(fabric)))
    index = _pattern(rng, gore, band).astype(np.int32) % len(fabric)
    color = by_planes(part.shape, 0.0)
    for which, shade in enumerate(fabric[turn:] + fabric[:turn]):
        hits = (index == which).astype(np.float32)
        share = hits[::2, ::2] + hits[1::2, ::2] + hits[::2, 1::2] + hits[1::2, 1::2]
        color += tinted(shade * np.float32(0.25), share)
    v, w, gore, band = v[::2], w[::2, ::2], gore[::2, ::2], band[::2, ::2]
    facing = np.sqrt(1 - w * w)
    puff = np.sin(math.pi * (gore % 1.0))
    panel = np.abs((band * 9) % 1.0 - 0.5)
    light = 0.42 + 0.34 * facing + 0.42 * side * w - 0.2 * v
    light = light * (0.84 + 0.2 * puff**0.6) - 0.07 * smoothstep(0.06, 0.0, panel)
    color = color * mix(mix(sky.shadow, rgb("8080a0"), 0.3), sky.light * 1.12, np.clip(light, 0.0, 1.1))
    warm = bell(w / 0.8, (v - 1.1) / 0.5) * (0.25 + 1.1 * float(sky.night[0]))
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
    flame.glow(rgb("ffb040"), bell(fu / 0.06, fv / 0.1) * between(rng, 0.2, 1.0))
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
