"""Soap bubbles: thin films whose colours run with their thickness, floating before soft backgrounds."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas
from var_core.training.pictures.closeup import soft_focus
from var_core.training.pictures.light import mix, pick, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import bell, ellipse, norm, smoothstep
from var_core.training.pictures.sky import mood, paint_sky

GROUNDS = [
    ["2a4a6a", "1a2f48", "0c1626"],
    ["7fb8e6", "a8d4ee", "d4ecf2"],
    ["8fbf6a", "4f8a48", "234f32"],
    ["f0c89a", "d88a78", "6a4a78"],
    ["20202c", "2c2438", "101018"],
    ["c8d8ea", "e8d0dc", "d8c0e0"],
    ["3a6a70", "1f4a4f", "102a30"],
    ["9ac8d8", "7aa878", "3f6a48"],
    ["5a4a8a", "8a4f80", "2a2048"],
]


def paint_bubble(canvas: Canvas, rng: np.random.Generator) -> None:
    """One large bubble, or a large one among smaller, in a garden, in the sky or before the dark."""
    if rng.random() < 0.22:
        paint_sky(canvas, rng, mood(rng, ["day", "noon", "dawn", "gold", "dusk"]), horizon=1.0,
                  clouds=between(rng, 0.1, 0.6))  # fmt: skip
    else:
        codes = GROUNDS[int(rng.integers(len(GROUNDS)))]
        lights = [rgb("ffffff"), pick(rng, ["ffe6a8", "c8e08a", "a8d8f5", "f5b8d8"])]
        soft_focus(canvas, rng, [pick(rng, [code]) for code in codes], lights)
    light = between(rng, -2.6, -0.55)
    count = int(rng.choice([1, 1, 2, 3, 5, 8]))
    size = between(rng, 0.25, 0.4) if count < 4 else between(rng, 0.17, 0.26)
    x, y = between(rng, 0.42, 0.58), between(rng, 0.42, 0.58)
    taken = [(x, y, size)]
    for _ in range(40):
        if len(taken) == count:
            break
        r = size * between(rng, 0.12, 0.62)
        x, y = between(rng, 0.02, 0.98), between(rng, 0.02, 0.98)
        if all(math.hypot(x - a, y - b) > 0.92 * (r + c) for a, b, c in taken):
            taken.append((x, y, r))
    for x, y, r in reversed(taken):
        _film(canvas, rng, x, y, r, light)


def _film(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, light: float) -> None:
    part = canvas.around(x, y, size * 1.02)
    u, v = part.local(x, y, size)
    radius = np.minimum(norm(u, v), 1.0)
    square = radius * radius
    cover = part.cover((norm(u, v) - 1.0) * size)
    facing = np.sqrt(np.maximum(1.0 - square, 0.0))
    # The film drains: it is thicker below, swirls where it flows, and looks thicker where we see it at a slant.
    swirl = noise.fractal(rng, part.shape, (3, 3), octaves=3, gain=0.5)
    drift = noise.smooth(rng, part.shape, (7, 2))
    bands = between(rng, 0.5, 1.5)
    turn = between(rng, -0.7, 0.7)
    down = v * math.cos(turn) + u * math.sin(turn)
    phase = bands * (0.5 * down + 0.45 * swirl + 0.12 * drift) + 1.5 / (0.55 + facing) + float(rng.random())
    planes = np.empty((3, *part.shape), np.float32)
    for channel, (pace, start) in enumerate(((1.0, 0.0), (1.18, 0.3), (1.38, 0.62))):
        np.cos((phase * pace + start) * np.float32(math.tau), out=planes[channel])
    planes *= 0.45
    planes += 0.6
    hues = np.moveaxis(planes, 0, -1)
    vivid = between(rng, 0.55, 1.0)
    hues = mix(np.broadcast_to(rgb("d8dcf0"), hues.shape), hues, np.full(part.shape, vivid, np.float32))
    fourth = square * square
    rim = fourth * fourth * square
    part.blend(mix(rgb("101830"), rgb("ffffff"), 0.25), cover * (0.05 + 0.25 * fourth) * (1.0 - rim))
    weight = 0.07 + 0.1 * np.clip(swirl + 0.3, 0, 1) + 0.42 * fourth + 0.3 * rim
    part.blend(hues, cover * np.asarray(weight, np.float32))
    part.glow(hues, cover * (0.12 + 0.5 * rim))
    part.blend(rgb("ffffff"), cover * smoothstep(0.965, 0.995, radius) * 0.5)
    _gleams(part, rng, u, v, cover, size, light)


def _gleams(
    part: Canvas, rng: np.random.Generator, u: Array, v: Array, cover: Array, size: float, light: float
) -> None:
    # The near wall mirrors the sky upright, the far wall upside down and smaller.
    cos, sin = math.cos(light), math.sin(light)
    along, across = u * cos + v * sin, v * cos - u * sin
    panes = rng.random() < 0.55
    for sign, far, strength in ((1.0, 0.66, 0.95), (-1.0, 0.72, 0.5)):
        bent = sign * along - far + 0.42 * across * across
        wide = between(rng, 0.24, 0.34) if sign > 0 else 0.2
        pane = ellipse(bent, across, 0.09, wide)
        shine = part.cover(pane * size, 0.03 * size)
        if panes:
            bars = np.minimum(np.abs(across - 0.02), np.abs(bent) * 1.3)
            shine = shine * smoothstep(0.008, 0.024, bars)
        part.blend(rgb("ffffff"), shine * cover * np.float32(strength * 0.85))
    arc = bell((norm(u, v) - 0.86) / 0.05) * bell((along - 0.8) / 0.45)
    part.glow(rgb("ffffff"), arc * cover * 0.6)
    spot = bell((along - 0.42) / 0.035, (across - 0.32) / 0.035)
    part.glow(rgb("ffffff"), spot * cover)
    low = bell((norm(u, v) - 0.9) / 0.04) * bell((along + 0.85) / 0.3)
    part.glow(rgb("ffe8f4"), low * cover * 0.5)
