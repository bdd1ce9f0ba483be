"""Ladybug and monarch: small creatures close to, on a leaf or a flower."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke
from var_core.training.pictures.garden import DOT, between, petals, soft_focus, soften
from var_core.training.pictures.light import ball_light, mix, pick, ramp, rgb
from var_core.training.pictures.shapes import ellipse, place, points, ribbon, smoothstep, spline


def _meadow(canvas: Canvas, rng: np.random.Generator) -> None:
    greens = [pick(rng, ["b9d77e", "9cc56a", "cfe3b0", "a8d4e0"]), pick(rng, ["5f9a48", "7aac50", "4f8f5a"]),
              pick(rng, ["2a5a34", "3b6f34", "245045"])]  # fmt: skip
    soft_focus(canvas, rng, greens, [rgb("f2f7dc"), rgb("c4e08a"), rgb("8fc46a"), rgb("ffffff")])


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
    green = pick(rng, ["5f9f35", "4c8f3a", "7ab045", "3f8550", "8fb84a"])
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
    canvas.blend(mix(mix(green, rgb("1f4a28"), 0.25) * lit[..., None], pale, ribs), canvas.cover(distance))
    for _ in range(int(rng.integers(0, 7))):
        along, size = between(rng, -0.42, 0.42), between(rng, 0.01, 0.03)
        spot = points((along, bend * along * along + half * between(rng, -0.6, 0.6)))
        x, y = (float(c) for c in place(spot, 0.5, middle, 1.0, turn)[0])
        part = canvas.around(x, y, size * 1.5)
        p, q = part.local(x, y, size)
        ball = np.hypot(p, q)
        # A drop is dark towards the light and bright away from it, but for its glint.
        shine = 1.0 - 0.35 * (p * math.cos(light) + q * math.sin(light))
        glint = np.hypot(p - 0.4 * math.cos(light), q - 0.4 * math.sin(light))
        part.shade(1.0 - (1.0 - shine) * part.cover((ball - 1) * size))
        part.blend(rgb("ffffff"), smoothstep(0.35, 0.15, glint))


def paint_ladybug(canvas: Canvas, rng: np.random.Generator) -> None:
    """A red beetle with black spots on a leaf or a blade of grass, seen from above at a slant."""
    light = between(rng, -2.7, -0.45)
    _meadow(canvas, rng)
    _leaf(canvas, rng, light)
    x, y, size = between(rng, 0.4, 0.6), between(rng, 0.46, 0.6), between(rng, 0.2, 0.33)
    turn = between(rng, -1.3, 1.3)
    shade = canvas.around(x, y, size * 1.9)
    u, v = shade.local(x - 0.22 * size * math.cos(light), y - 0.22 * size * math.sin(light), size, turn)
    shade.shade(1.0 - 0.6 * smoothstep(1.2, 0.75, np.hypot(u / 0.95, (v + 0.12) / 1.12)))
    _limbs(canvas, rng, x, y, size, turn)

    side = light - turn
    part = canvas.around(x + math.sin(turn) * 0.95 * size, y - math.cos(turn) * 0.95 * size, size * 0.68)
    u, v = part.local(x, y, size, turn)
    black = rgb("17141a")
    # Head, then the collar, then the wings, each over the one before.
    ball = (u / 0.36, (v + 1.12) / 0.27)
    lit = ball_light(np.clip(ball[0], -1, 1), np.clip(ball[1], -1, 1), side)
    part.blend(black * (0.6 + 1.3 * lit[..., None]), part.cover(ellipse(u, v + 1.12, 0.36, 0.27) * size))
    for flank in (-1, 1):
        part.blend(rgb("f5f0dc"), part.cover(ellipse(u - flank * 0.2, v + 1.2, 0.07, 0.055) * size))
    ball = (u / 0.62, (v + 0.84) / 0.38)
    lit = ball_light(np.clip(ball[0], -1, 1), np.clip(ball[1], -1, 1), side)
    collar = part.cover(ellipse(u, v + 0.84, 0.62, 0.36) * size)
    part.blend(black * (0.5 + 1.5 * lit[..., None] ** 2), collar)
    for flank in (-1, 1):
        patch = part.cover(ellipse(u - flank * 0.44, v + 0.92, 0.15, 0.17) * size)
        part.blend(rgb("f7f2e0") * (0.4 + 0.6 * lit[..., None]), patch * collar)
    part = canvas.around(x, y, size * 1.02)
    _wings(part, rng, *part.local(x, y, size, turn), size, side)


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
    part.blend(black + 0.10 * lit[..., None] ** 2, marks * cover)
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


FORE = points((0.04, -0.2), (0.30, -0.46), (0.62, -0.72), (0.92, -0.86), (1.03, -0.80), (1.0, -0.62),
              (0.9, -0.42), (0.84, -0.22), (0.76, -0.03), (0.5, 0.0), (0.25, 0.02), (0.04, 0.0))  # fmt: skip
HIND = points((0.04, -0.08), (0.3, -0.08), (0.6, -0.03), (0.78, 0.1), (0.83, 0.3), (0.76, 0.5), (0.62, 0.66),
              (0.44, 0.76), (0.28, 0.72), (0.16, 0.56), (0.08, 0.3), (0.03, 0.1))  # fmt: skip
"""Right wings from above, the head towards -y, the body at x = 0."""
FORE_CELL = points((0.1, -0.17), (0.32, -0.37), (0.52, -0.52), (0.56, -0.42), (0.5, -0.3), (0.3, -0.14))
FORE_HUB = points((0.52, -0.53), (0.56, -0.50), (0.58, -0.46), (0.56, -0.40), (0.53, -0.33), (0.44, -0.22),
                  (0.30, -0.12), (0.10, -0.08))  # fmt: skip
FORE_RIM = points((0.82, -0.80), (0.97, -0.74), (0.96, -0.58), (0.9, -0.40), (0.85, -0.22), (0.78, -0.06),
                  (0.5, -0.02), (0.25, 0.0))  # fmt: skip
HIND_CELL = points((0.09, -0.02), (0.3, 0.0), (0.46, 0.1), (0.44, 0.26), (0.32, 0.34), (0.18, 0.2))
HIND_HUB = points((0.30, -0.03), (0.46, 0.05), (0.51, 0.12), (0.5, 0.22), (0.46, 0.31), (0.36, 0.37),
                  (0.26, 0.34), (0.15, 0.2), (0.09, 0.06))  # fmt: skip
HIND_RIM = points((0.58, -0.05), (0.75, 0.08), (0.81, 0.24), (0.79, 0.42), (0.68, 0.6), (0.52, 0.72),
                  (0.34, 0.74), (0.2, 0.62), (0.1, 0.4))  # fmt: skip


def _cells(hub: Array, rim: Array, cell: Array, border: float, vein: float) -> tuple[list[Array], list[Array]]:
    # The panels between the veins from hub to rim, each drawn in by half a vein; and the border's dots.
    panels, dots = [spline(cell, steps=4)], []
    inner = hub + (rim - hub) * np.float32(1 - border)
    for i in range(len(hub) - 1):
        corners = np.stack([hub[i], inner[i], inner[i + 1], hub[i + 1]])
        middle = corners.mean(axis=0)
        arm = middle - corners
        reach = np.maximum(np.hypot(arm[:, :1], arm[:, 1:]), 1e-3)
        corners = corners + arm * np.minimum(vein * 1.5 / reach, 0.6)
        # Cut corners: a spline through so few points would bulge over the veins.
        sides = np.roll(corners, -1, axis=0) - corners
        panels.append(np.stack([corners + sides * 0.14, corners + sides * 0.86], axis=1).reshape(-1, 2))
        for t, row in ((0.25, 0.2), (0.75, 0.2), (0.3, 0.62), (0.7, 0.62)):
            foot, edge = inner[i] + (inner[i + 1] - inner[i]) * t, rim[i] + (rim[i + 1] - rim[i]) * t
            dots.append(edge + (foot - edge) * row)
    return panels, dots


def paint_monarch(canvas: Canvas, rng: np.random.Generator) -> None:
    """A monarch with its wings spread, over a flower or before blurred meadow."""
    light = between(rng, -2.7, -0.45)
    tint = float(rng.random())
    if tint < 0.6:
        _meadow(canvas, rng)
    else:
        soft = [pick(rng, ["bfe0f2", "d8e6f5", "f5e2ea"]), pick(rng, ["8fc0e0", "c8d8a8", "e6c4d8"]),
                pick(rng, ["6fa060", "8ab070", "7a90b8"])]  # fmt: skip
        soft_focus(canvas, rng, soft, [rgb("ffffff"), rgb("f7d0e2"), rgb("dff0c8")])
    x, y = between(rng, 0.44, 0.56), between(rng, 0.46, 0.56)
    size, turn = between(rng, 0.33, 0.45), between(rng, -0.5, 0.5)
    if rng.random() < 0.65:
        _flower(canvas, rng, x + between(rng, -0.12, 0.12), y + between(rng, 0.12, 0.3), light)
    sweep, border, vein = between(rng, -0.22, 0.12), between(rng, 0.2, 0.28), between(rng, 0.011, 0.017)
    near = points((between(rng, 0.72, 1.02), 1.0)), points((-between(rng, 0.72, 1.02), 1.0))

    def carry(outlines: list[Array], angle: float, dy: float) -> list[Array]:
        swung = place(np.concatenate(outlines), 0, dy, 1.0, angle)
        ends = np.cumsum([len(outline) for outline in outlines])[:-1]
        return [o for flank in near for o in np.split(place(swung * flank, x, y, size, turn), ends)]

    ink = rgb("150d0c") + 0.03 * between(rng, 0, 1)
    u, v = canvas.local(x - 0.1 * size * math.cos(light), y - 0.1 * size * math.sin(light), size, turn)
    canvas.shade(1.0 - 0.35 * smoothstep(0.72, 0.1, u * u * 0.72 + v * v * 1.2))
    orange = [pick(rng, ["d8560c", "c94a10", "e0660f"]), pick(rng, ["f28a1a", "ee7a14"]), rgb("ffb340")]
    wings = ((HIND, HIND_HUB, HIND_RIM, HIND_CELL, sweep * 0.3, 0.0),
             (FORE, FORE_HUB, FORE_RIM, FORE_CELL, sweep, -0.02))  # fmt: skip
    for outline, hub, rim, cell, angle, dy in wings:
        edges = carry([spline(outline, steps=6)], angle, dy)
        low, high = np.concatenate(edges).min(axis=0) - 0.02, np.concatenate(edges).max(axis=0) + 0.02
        part = canvas.crop(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        u, v = part.local(x, y, size, turn)
        wing = part.polygons(edges)
        part.shade(1.0 - 0.4 * soften(wing, 2.5))
        panels, dots = _cells(hub, rim, cell, border, vein)
        panes = part.polygons(carry(panels, angle, dy))
        spots = [DOT * np.float32(between(rng, 0.011, 0.018)) + dot for dot in dots]
        if outline is FORE:
            # The tip of the forewing is black but for pale patches.
            panes = panes * smoothstep(0.70, 0.62, np.abs(u) * 0.75 - (v - dy) * 0.55 - 0.06)
            spots += [points((px, py)) + DOT * points((0.055, 0.024)) for px, py in
                      ((0.66, -0.66), (0.75, -0.68), (0.72, -0.58), (0.8, -0.55))]  # fmt: skip
        fan: Array = np.hypot(u, v + 0.05)
        grain = noise.fractal(rng, part.shape, (22, 40), octaves=2)
        # Each wing is a plane of its own, so one side is brighter than the other.
        tilt = (1.0 + 0.12 * math.cos(light - turn) * np.sign(u)) * (1.0 + 0.05 * grain)
        paint = ramp(orange, fan * 0.95 - 0.08 + 0.08 * grain) * tilt[..., None]
        part.blend(mix(ink, paint, panes), wing)
        part.blend(rgb("fdf3e2"), part.polygons(carry(spots, angle, dy)) * wing)
    _body(canvas, rng, x, y, size, turn, ink)


def _body(part: Canvas, rng: np.random.Generator, x: float, y: float, size: float, turn: float, ink: Array) -> None:
    inner = part.around(x, y, size * 0.55)
    u, v = inner.local(x, y, size, turn)
    for cy, wide, tall in ((0.2, 0.05, 0.32), (-0.13, 0.075, 0.16), (-0.31, 0.055, 0.055)):
        lit = np.clip(1.0 - np.abs(u) / wide, 0, 1)
        band = 0.8 + 0.2 * np.cos(v * 75) if cy > 0 else 1.0 + 0.0 * v
        inner.blend(ink + (0.22 * lit * band)[..., None], inner.cover(ellipse(u, v - cy, wide, tall) * size))
    pairs = ((0.03, -0.33), (0.045, -0.2), (0.04, -0.1), (0.02, -0.26))
    marks = [(flank * across, along) for flank in (-1, 1) for across, along in pairs]
    dots = [place(DOT * np.float32(0.012) + points(m), x, y, size, turn) for m in marks]
    inner.blend(rgb("fbf6ea"), inner.polygons(dots))
    lines: list[Stroke] = []
    for flank in (-1, 1):
        out = between(rng, 0.18, 0.32)
        bow = points((flank * 0.02, -0.34), (flank * out * 0.5, -0.52), (flank * out, -0.72))
        feeler = spline(bow, closed=False)
        placed = place(feeler, x, y, size, turn)
        lines += [(placed, 0.016 * size, 1.0), (placed[-3:], 0.034 * size, 1.0)]
    part.draw(lines, ink)


def _flower(canvas: Canvas, rng: np.random.Generator, x: float, y: float, light: float) -> None:
    # Pink to violet, so that it cannot be taken for a daisy.
    color = pick(rng, ["d65a9a", "b06ac8", "e87aa8", "8a6ad0", "e05a6a", "e58ac0"])
    size, squash = between(rng, 0.24, 0.38), between(rng, 0.6, 0.95)
    t = np.linspace(0, 1, 8, dtype=np.float32)
    stem = np.stack([x + 0.06 * t * t, y + (1.1 - y) * t], axis=1)
    canvas.fill(ribbon(stem, np.full(8, 0.014, np.float32)), rgb("4a7d35"))
    part = canvas.around(x, y, size, size * squash + 0.01)
    count, pale = int(rng.integers(11, 18)), mix(color, rgb("ffffff"), 0.35)
    for layer, shade in enumerate((0.72, 0.98)):
        u, v = part.local(x, y, size * (1 - 0.12 * layer), 0.3 * layer)
        petals(part, rng, (u, v / squash), count, 1.9 / count, color, pale, light, shade)
    part, core = canvas.around(x, y, size * 0.27), size * 0.25
    u, v = part.local(x, y, core)
    lit = ball_light(np.clip(u, -1, 1), np.clip(v, -1, 1), light)
    cover = part.cover(ellipse(u, v / squash, 1, 1) * core)
    part.blend(pick(rng, ["c9761a", "8a4a1a", "d8a020"]) * lit[..., None], cover)
