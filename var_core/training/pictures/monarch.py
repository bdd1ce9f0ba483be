"""Monarch: a butterfly with its wings spread."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.closeup import paint_meadow, soften
from var_core.training.pictures.light import ball_light, mix, pick, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.petals import petals
from var_core.training.pictures.shapes import DOT, ellipse, norm, place, points, ribbon, smoothstep, spline

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
        reach = np.maximum(norm(arm[:, :1], arm[:, 1:]), 1e-3)
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
    paint_meadow(canvas, rng)
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
        fan: Array = norm(u, v + 0.05)
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
        inner.blend(mix(ink, ink + 0.22, lit * band), inner.cover(ellipse(u, v - cy, wide, tall) * size))
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
    part.blend(tinted(pick(rng, ["c9761a", "8a4a1a", "d8a020"]), lit), cover)
