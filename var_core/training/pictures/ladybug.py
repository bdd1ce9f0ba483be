"""Ladybug: a small beetle, close to, on a leaf."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.closeup import paint_meadow
from var_core.training.pictures.light import ball_light, mix, pick, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import ellipse, norm, place, points, smoothstep, spline


def paint_ladybug(canvas: Canvas, rng: np.random.Generator) -> None:
    """A red beetle with black spots on a leaf or a blade of grass, seen from above at a slant."""
    light = between(rng, -2.7, -0.45)
    paint_meadow(canvas, rng)
    _leaf(canvas, rng, light)
    x, y, size = between(rng, 0.4, 0.6), between(rng, 0.46, 0.6), between(rng, 0.2, 0.33)
    turn = between(rng, -1.3, 1.3)
    shade = canvas.around(x, y, size * 1.9)
    u, v = shade.local(x - 0.22 * size * math.cos(light), y - 0.22 * size * math.sin(light), size, turn)
    shade.shade(1.0 - 0.6 * smoothstep(1.2, 0.75, norm(u / 0.95, (v + 0.12) / 1.12)))
    _limbs(canvas, rng, x, y, size, turn)

    side = light - turn
    part = canvas.around(x + math.sin(turn) * 0.95 * size, y - math.cos(turn) * 0.95 * size, size * 0.68)
    u, v = part.local(x, y, size, turn)
    black = rgb("17141a")
    # Head, then the collar, then the wings, each over the one before.
    ball = (u / 0.36, (v + 1.12) / 0.27)
    lit = ball_light(np.clip(ball[0], -1, 1), np.clip(ball[1], -1, 1), side)
    part.blend(tinted(black, 0.6 + 1.3 * lit), part.cover(ellipse(u, v + 1.12, 0.36, 0.27) * size))
    for flank in (-1, 1):
        part.blend(rgb("f5f0dc"), part.cover(ellipse(u - flank * 0.2, v + 1.2, 0.07, 0.055) * size))
    ball = (u / 0.62, (v + 0.84) / 0.38)
    lit = ball_light(np.clip(ball[0], -1, 1), np.clip(ball[1], -1, 1), side)
    collar = part.cover(ellipse(u, v + 0.84, 0.62, 0.36) * size)
    part.blend(tinted(black, 0.5 + 1.5 * lit * lit), collar)
    for flank in (-1, 1):
        patch = part.cover(ellipse(u - flank * 0.44, v + 0.92, 0.15, 0.17) * size)
        part.blend(tinted(rgb("f7f2e0"), 0.4 + 0.6 * lit), patch * collar)
    part = canvas.around(x, y, size * 1.02)
    _wings(part, rng, *part.local(x, y, size, turn), size, side)


def _leaf(canvas: Canvas, rng: np.random.Generator, light: float) -> None:
    # A leaf, or a broad blade of grass, across the whole picture: (u along it, v across).
    turn = between(rng, -0.6, 0.6) + (math.pi if rng.random() < 0.5 else 0.0)
    blade = rng.random() < 0.3
    half = between(rng, 0.17, 0.26) if blade else between(rng, 0.34, 0.46)
    bend = between(rng, -0.25, 0.25)
    middle = between(rng, 0.52, 0.6)
    u, v = canvas.local(0.5, middle, 1.0, turn)
    v = v - bend * u * u
    edge = half if blade else half * np.sqrt(np.clip(1.0 - (u * 1.35 + 0.1) ** 2, 0, 1))
    distance = np.abs(v) - edge
    canvas.shade(1.0 - 0.4 * smoothstep(0.06, -0.02, distance - 0.03 * math.sin(light)))
    green = pick(rng, ["5f9f35", "4c8f3a", "7ab045", "3f8550", "8fb84a", "b5a23a", "c07a35", "a84a38", "8a9a7a"])
    across = v / half
    # Side veins leave the midrib at a slant; a blade's run along it.
    slant = u - 0.5 * np.abs(v) - 0.5 * v * v
    phase = across * between(rng, 4, 7) if blade else slant * between(rng, 5, 9)
    saw = phase - np.round(phase)
    wave = np.abs(saw)
    vein = smoothstep(0.07, 0.015, wave) * (0.3 if blade else 0.5)
    # Between its veins a leaf bulges: bright on one flank, dark on the other, flat on top.
    quilt = saw * (0.5 - wave) * (0.3 if blade else 1.6)
    fine = noise.fractal(rng, canvas.shape, (22, 22), octaves=2, gain=0.7)
    tilt = 0.16 * np.sign(v) * math.sin(turn - light)
    lit = 0.86 + tilt + quilt + 0.05 * fine + 0.1 - 0.3 * u * u
    ribs = np.maximum(vein, smoothstep(0.016, 0.007, np.abs(v)))
    pale = mix(green, rgb("e6f0b2"), 0.6)
    canvas.blend(mix(tinted(mix(green, rgb("1f4a28"), 0.25), lit), pale, ribs), canvas.cover(distance))
    for _ in range(int(rng.integers(0, 7))):
        along, size = between(rng, -0.42, 0.42), between(rng, 0.01, 0.03)
        spot = points((along, bend * along * along + half * between(rng, -0.6, 0.6)))
        x, y = (float(c) for c in place(spot, 0.5, middle, 1.0, turn)[0])
        part = canvas.around(x, y, size * 1.5)
        p, q = part.local(x, y, size)
        ball = norm(p, q)
        # A drop is dark towards the light and bright away from it, but for its glint.
        shine = 1.0 - 0.35 * (p * math.cos(light) + q * math.sin(light))
        glint = norm(p - 0.4 * math.cos(light), q - 0.4 * math.sin(light))
        part.shade(1.0 - (1.0 - shine) * part.cover((ball - 1) * size))
        part.blend(rgb("ffffff"), smoothstep(0.35, 0.15, glint))


def _wings(part: Canvas, rng: np.random.Generator, u: Array, v: Array, size: float, side: float) -> None:
    # A dome whose markings sit on the turned ball, so that they foreshorten with it.
    p, q = u / np.float32(0.9), v
    cover = part.cover(ellipse(u, v, 0.9, 1.0) * size) * part.cover((-0.86 - v) * size)
    w = np.sqrt(np.maximum(1.0 - p * p - q * q, 0.0))
    roll, pitch = between(rng, -0.55, 0.55), between(rng, -0.15, 0.3)
    a, w2 = p * math.cos(roll) + w * math.sin(roll), w * math.cos(roll) - p * math.sin(roll)
    b, c = q * math.cos(pitch) + w2 * math.sin(pitch), w2 * math.cos(pitch) - q * math.sin(pitch)
    lit = ball_light(p, q, side, 0.18)
    hue = between(rng, 0, 1)
    reds = [mix(rgb("4a0508"), rgb("5a1204"), hue), mix(rgb("a80f10"), rgb("b8330a"), hue),
            mix(rgb("e0201a"), rgb("ee5a14"), hue), mix(rgb("ff5a3c"), rgb("ff9238"), hue)]  # fmt: skip
    part.blend(ramp(reds, lit * 0.98 - 0.06), cover)
    black, marks = rgb("120d10"), np.zeros_like(u)
    rows = [(0.36, -0.48), (0.62, 0.02), (0.3, 0.30), (0.42, 0.70), (0.74, 0.45)]
    kept = [rows[i] for i in sorted(rng.permutation(5)[: int(rng.integers(3, 6))])]
    base = between(rng, 0.15, 0.215)
    for sx, sy in kept:
        sx, sy = sx + between(rng, -0.05, 0.05), sy + between(rng, -0.05, 0.05)
        sz = math.sqrt(max(0.05, 1 - sx * sx - sy * sy))
        radius = base * between(rng, 0.8, 1.2)
        for flank in (-1, 1):
            away = np.sqrt((a - flank * sx) ** 2 + (b - sy) ** 2 + (c - sz) ** 2)
            marks = np.maximum(marks, part.cover((away - radius) * size))
    crest = np.sqrt(a * a + ((b + 0.86) * 0.9) ** 2 + (c - 0.5) ** 2 * 0.4)
    marks = np.maximum(marks, part.cover((crest - base * 1.25) * size))
    part.blend(mix(black, black + 0.1, lit * lit), marks * cover)
    seam = part.cover((np.abs(a) - 0.014) * size)
    # The seam's dark groove, and beside it the lit edge of the other wing.
    edge = smoothstep(0.03, 0.0, np.abs(a - 0.045)) * 0.3 * (1.0 - marks)
    part.blend(ramp([rgb("2a0508"), rgb("ff9c80")], 1.0 - seam), np.maximum(seam * 0.9, edge) * cover)
    # The sky's light: a broad sheen, a window-like glint, and a cool rim on the far side.
    gx, gy = math.cos(side), math.sin(side)
    along, across = p * gx + q * gy, q * gx - p * gy
    sheen = np.exp(-(((along - 0.5) / 0.25) ** 2) - (across / 0.45) ** 2) * 0.45
    glint = ellipse(along - 0.56, across, between(rng, 0.07, 0.11), between(rng, 0.15, 0.26))
    window = part.cover(glint * size, 0.03 * size) * between(rng, 0.7, 0.95)
    part.blend(rgb("fff6f2"), np.maximum(sheen, window) * cover)
    rim = smoothstep(0.64, 1.0, p * p + q * q) * smoothstep(0.1, -0.8, along)
    part.glow(rgb("8fbf6a"), rim * cover * 0.4)


def _limbs(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, turn: float) -> None:
    lines: list[Stroke] = []
    for flank in (-1, 1):
        for root, knee, foot in ((-0.62, -0.95, -1.2), (-0.1, -0.1, 0.05), (0.4, 0.62, 0.98)):
            step = between(rng, -0.14, 0.14)
            leg = points((flank * 0.6, root), (flank * 1.02, knee + step), (flank * 1.16, foot + step * 1.5),
                         (flank * 1.27, foot + step * 1.5 + 0.02))  # fmt: skip
            lines.append((place(leg[:3], x, y, size, turn), 0.085 * size, 1.0))
            lines.append((place(leg[2:], x, y, size, turn), 0.05 * size, 1.0))
        out = between(rng, 0.4, 0.6)
        bow = points((flank * 0.18, -1.28), (flank * out * 0.85, -1.42), (flank * out, -1.62))
        feeler = spline(bow, closed=False)
        lines.append((place(feeler, x, y, size, turn), 0.04 * size, 1.0))
        lines.append((place(feeler[-9:-6], x, y, size, turn), 0.075 * size, 1.0))
    canvas.draw(lines, rgb("1a1416"))
