"""Tennis ball: yellow felt with its white seam, on a court, on a racket, or in flight."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.closeup import soft_focus
from var_core.training.pictures.light import ball_light, mix, pick, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import norm, place, points, smoothstep

COURTS = [("3f7d4a", "35684a"), ("2f5f9e", "27508a"), ("b5623c", "a0502f"), ("5f9440", "4d7f38"), ("6a6f9e", "575c88"),
          ("c07848", "b0683c")]  # fmt: skip


def paint_tennis_ball(canvas: Canvas, rng: np.random.Generator) -> None:
    """One to three balls on a court beside its line, on a racket's strings, or in flight."""
    light = between(rng, -2.6, -0.55)
    kind = rng.random()
    count = int(rng.choice([1, 1, 1, 2, 3]))
    shadow = True
    if kind < 0.4:
        foot = _court(canvas, rng)
    elif kind < 0.62:
        foot = None
        _floor(canvas, rng, canvas, True)
    elif kind < 0.8:
        foot = None
        _floor(canvas, rng, canvas, rng.random() < 0.3)
        _racket(canvas, rng, light)
    else:
        foot, shadow, count = None, False, 1
        air = [["8cc4ec", "b8dcf2", "d8ecf4"], ["5f8fc8", "8fb8dc", "6f9a5a"], ["2f5a3a", "4f7f48", "7aa05a"],
               ["4a4f5c", "7a8088", "b0b0a8"], ["2a3f78", "3f5fa0", "3f7d5a"]]  # fmt: skip
        codes = air[int(rng.integers(len(air)))]
        soft_focus(canvas, rng, [pick(rng, [code]) for code in codes], [rgb("ffffff"), rgb("e8f2d0"), rgb("d8e6f5")])
    spots = [[(0.5, 0.55)], [(0.32, 0.48), (0.68, 0.64)], [(0.28, 0.46), (0.72, 0.48), (0.5, 0.72)]][count - 1]
    flip = 1 if rng.random() < 0.5 else -1
    for x, y in spots:
        x = 0.5 + flip * (x - 0.5) + between(rng, -0.07, 0.07)
        y += between(rng, -0.06, 0.06)
        size = between(rng, *[(0.17, 0.33), (0.14, 0.2), (0.12, 0.17)][count - 1])
        if foot is not None:
            y = max(y, foot - 0.4 * size)
        if shadow:
            # Lying on ground seen from the side the shadow is flat; from above it is round.
            away, flat = (0.75, 0.32) if foot is not None else (0.42, 0.9)
            sx, sy = x - away * size * math.cos(light), y + (0.86 * size if foot is not None else 0.36 * size)
            part = canvas.around(sx, sy, size * 1.6, size * 1.6 * flat + 0.02)
            u, v = part.local(sx, sy, size)
            part.shade(1.0 - 0.62 * smoothstep(1.35, 0.55, norm(u, v / flat)))
        _ball(canvas, rng, x, y, size, light)


def _floor(canvas: Canvas, rng: np.random.Generator, part: Canvas, lined: bool) -> None:
    # Rough ground seen from above.
    first, second = COURTS[int(rng.integers(len(COURTS)))]
    grain = noise.fractal(rng, part.shape, (60, 60), octaves=2, gain=0.9)
    broad = noise.smooth(rng, part.shape, (5, 5))
    ground = mix(pick(rng, [first]), pick(rng, [second]), 0.5 + 0.35 * broad + 0.45 * grain)
    part.pixels[:] = ground
    part.shade(1.0 + 0.14 * grain)
    if lined:
        u, v = canvas.local(between(rng, 0.2, 0.8), between(rng, 0.2, 0.8), 1.0, between(rng, -1.2, 1.2))
        edge = np.abs(u) - between(rng, 0.05, 0.1)
        if rng.random() < 0.35:
            edge = np.minimum(edge, np.maximum(np.abs(v) - 0.07, u))
        worn = 0.95 - 0.3 * smoothstep(0.1, 0.9, grain)
        canvas.blend(rgb("f2f2ea"), canvas.cover(edge + 0.006 * grain) * worn)


def _court(canvas: Canvas, rng: np.random.Generator) -> float:
    # A court seen from its own height: a blurred fence or trees above, the ground running off below.
    far = [["5f8a6a", "3f6a4a"], ["8fb0c8", "4a7a5a"], ["35506a", "24405a"], ["c8d8dc", "8aa090"], ["6a5a4a", "8a7a5a"]]
    codes = far[int(rng.integers(len(far)))]
    soft_focus(canvas, rng, [pick(rng, [code]) for code in codes], [rgb("ffffff"), rgb("e8f0c0"), rgb("c8e0f0")])
    horizon = between(rng, 0.26, 0.46)
    first, second = COURTS[int(rng.integers(len(COURTS)))]
    if rng.random() < 0.5:
        # The net: a pale band over a mesh.
        top, low = horizon - between(rng, 0.12, 0.2), horizon + 0.02
        net = canvas.crop(0, top, 1, low)
        mesh = np.maximum(np.abs(np.sin(net.x * 110)), np.abs(np.sin(net.y * 110)))
        net.blend(rgb("28302c"), smoothstep(0.8, 1.0, np.asarray(mesh, np.float32)) * 0.5)
        net.blend(rgb("eef0ec"), net.cover(np.abs(net.y - top - 0.014) - 0.012, 0.01) + 0.0 * net.x)
    part = canvas.crop(0, horizon, 1, 1)
    depth = np.maximum((part.y - horizon) / (1 - horizon), 0.02)
    fine, coarse = noise.smooth(rng, part.shape, (90, 60)), noise.fractal(rng, part.shape, (30, 26), octaves=2)
    grain = (fine + (coarse - fine) * depth) * (0.2 + 0.8 * depth)
    tone = 0.5 + 0.5 * grain - 0.25 * (depth - 0.5)
    part.blend(mix(pick(rng, [first]), pick(rng, [second]), tone), part.cover(horizon - part.y, 0.012) + 0.0 * part.x)
    part.shade(1.0 + 0.16 * grain)
    # Lines in perspective: one across, one running away.
    white = rgb("f0f0e6")
    across = between(rng, 0.1, 0.95)
    wide = 0.02 + 0.06 * across
    cover = part.cover((np.abs(depth - across) - wide) * (1 - horizon), 0.006) + 0.0 * part.x
    if rng.random() < 0.6:
        vanish, lean = between(rng, 0.2, 0.8), between(rng, -0.9, 0.9)
        ray = np.abs(part.x - vanish - lean * depth) - 0.05 * depth
        cover = np.maximum(cover, part.cover(np.asarray(ray, np.float32), 0.004))
    part.blend(white, cover * (0.92 - 0.3 * smoothstep(0.0, 0.8, grain)))
    return horizon + 0.14


def _racket(canvas: Canvas, rng: np.random.Generator, light: float) -> None:
    x, y, size = between(rng, 0.42, 0.58), between(rng, 0.4, 0.55), between(rng, 0.4, 0.5)
    turn = between(rng, -0.9, 0.9)
    color = pick(rng, ["22252c", "c8242c", "1f4f9e", "e8e8e4", "2f8a4a", "e0a020"])
    u, v = canvas.local(x, y, size, turn)
    oval = norm(u / 0.78, v)
    handle = np.maximum(np.abs(u) - 0.09, 1.0 - v)
    fork = np.maximum(np.abs(np.abs(u) - 0.24 * np.clip(1.55 - v, 0, 1)) - 0.05, np.abs(v - 1.2) - 0.35)
    frame = np.minimum(np.minimum(np.abs(oval - 1.0) - 0.065, handle), fork) * (size * 0.85)
    su, sv = canvas.local(x - 0.05 * math.cos(light), y + 0.05, size, turn)
    canvas.shade(1.0 - 0.4 * smoothstep(0.13, 0.02, np.abs(norm(su / 0.78, sv) - 1.0)))
    strings: list[Stroke] = []
    for a in np.linspace(-0.68, 0.68, 15).tolist():
        h = math.sqrt(1 - (a / 0.78) ** 2)
        strings.append((place(points((a, -h), (a, h)), x, y, size, turn), 0.016 * size, 1.0))
        b = a / 0.78
        w = 0.78 * math.sqrt(1 - b * b)
        strings.append((place(points((-w, b), (w, b)), x, y, size, turn), 0.016 * size, 1.0))
    mask = canvas.strokes(strings)
    canvas.shade(1.0 - 0.3 * noise.shifted(mask, 3, -2))
    canvas.blend(pick(rng, ["f4f2e4", "e8e0a0", "2a2c30"]), mask * 0.9)
    ridge = 1.0 - np.abs(oval - 1.0) / 0.065
    gleam = np.clip(
        0.75 + 0.3 * ridge - 0.25 * (u * math.cos(light - turn) + v * math.sin(light - turn)) * 0.6, 0.3, 1.5
    )
    canvas.blend(tinted(color, np.asarray(gleam, np.float32)), canvas.cover(np.asarray(frame, np.float32)))
    canvas.blend(rgb("2a2624"), canvas.cover(np.maximum(handle, 1.6 - v) * size))


def _turned(rng: np.random.Generator, curve: Array) -> Array:
    # The curve (n, 3) under a random rotation.
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return np.asarray(curve @ q, np.float32)


def _ball(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, light: float) -> None:
    part = canvas.around(x, y, size * 1.07)
    u, v = part.local(x, y, size)
    felt = pick(rng, ["d3e233", "cfe02a", "dde84a", "c4d838", "e2e650"])
    fluff = noise.fractal(rng, part.shape, (200 * size, 200 * size), octaves=2, gain=0.9)
    nap = noise.smooth(rng, part.shape, (28, 28))
    radius = norm(u, v)
    edge = (radius - 0.99 + 0.014 * fluff + 0.008 * nap) * size
    cover = part.cover(edge, 0.004)
    # Felt scatters: its light falls off slowly and its rim stays bright.
    shrink = np.minimum(0.995 / np.maximum(radius, 1e-3), 1.0)
    lit = ball_light(u * shrink, v * shrink, light, 0.22)
    lit = lit * 0.95 + 0.10 * smoothstep(0.75, 1.0, radius) - 0.02 + (0.09 * fluff + 0.07 * nap) * (0.4 + 0.6 * lit)
    shades = [felt * np.array([0.16, 0.24, 0.16], np.float32), felt * np.array([0.55, 0.62, 0.45], np.float32),
              felt * 0.93, np.minimum(felt * 1.06 + 0.06, 1)]  # fmt: skip
    part.blend(ramp(shades, lit), cover)
    # The seam: a closed curve on the ball, cut where it passes to the far side.
    t = np.linspace(0, math.tau, 97, dtype=np.float32)
    a, b = 0.72, 0.28
    curve = np.stack([a * np.cos(t) + b * np.cos(3 * t), a * np.sin(t) - b * np.sin(3 * t),
                      2 * math.sqrt(a * b) * np.sin(2 * t)], axis=1)  # fmt: skip
    turned = _turned(rng, curve / np.sqrt((curve**2).sum(axis=1, keepdims=True)))
    seam: list[Stroke] = []
    wide = between(rng, 0.085, 0.11)
    for i in range(96):
        z = float(turned[i, 2] + turned[i + 1, 2]) / 2
        if z > -0.05:
            # Short overlapping pieces, each as wide as its slant to us leaves it.
            piece = np.stack([turned[i, :2], 2.2 * turned[i + 1, :2] - 1.2 * turned[i, :2]])
            seam.append((place(piece, x, y, size * 0.985), wide * size * (0.45 + 0.55 * max(z, 0.0)), 1.0))
    groove = part.strokes([(line, thick * 1.45, 1.0) for line, thick, _ in seam])
    part.shade(1.0 - 0.26 * groove * cover)
    pale = ramp([rgb("6a7278"), rgb("c8ccc4"), rgb("fbfaf2")], lit * 1.05)
    part.blend(pale, part.strokes(seam) * cover * (0.9 + 0.1 * fluff))
    # Single fibres stand out from the outline.
    hairs: list[Stroke] = []
    for angle in rng.uniform(0, math.tau, 46).tolist():
        out, skew = between(rng, 1.01, 1.045), between(rng, -0.06, 0.06)
        hair = points((0.97 * math.cos(angle), 0.97 * math.sin(angle)),
                      (out * math.cos(angle + skew), out * math.sin(angle + skew)))  # fmt: skip
        hairs.append((place(hair, x, y, size), 0.009 * size, 0.8))
    part.draw(hairs, felt * (0.75 + 0.2 * float(rng.random())), 0.6)
