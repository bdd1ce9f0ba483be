"""Wheels of petals: what a daisy's flower and a garden aster have in common."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures.canvas import Array, Canvas, tinted
from var_core.training.pictures.light import mix
from var_core.training.pictures.shapes import norm


def petals(
    canvas: Canvas,
    rng: np.random.Generator,
    frame: tuple[Array, Array],
    count: int,
    width: float,
    color: Array,
    tip: Array,
    light: float,
    shade: float,
) -> None:
    """A wheel of strap-shaped petals in a frame whose unit is their length.

    Every pixel belongs to the petal of its sector, so the cost is the same however many there are.

    Args:
        canvas: what to paint on, cropped to the wheel.
        rng: the source of the petals' irregularity.
        frame: coordinates of the pixels, the wheel's centre at the origin.
        count: how many petals.
        width: a petal's half width.
        color: of the petals.
        tip: their colour at the ends.
        light: the direction the light comes from.
        shade: brightness of the whole wheel.
    """
    u, v = frame
    radius: Array = norm(u, v)
    turn: Array = (np.arctan2(v, u) * np.float32(0.5 / math.pi) + np.float32(1)) * np.float32(count)
    floor: Array = np.floor(turn)  # kept as float32: integers would turn what follows into float64
    which = floor.astype(np.int32) % count
    heading = (np.arange(count) + 0.5) * (2 * math.pi / count)
    traits = np.stack([rng.uniform(0.84, 1.0, count), rng.uniform(-0.2, 0.2, count) + 0.5,
                       rng.uniform(0.88, 1.05, count) * shade, np.sin(light - heading) * 0.16])  # fmt: skip
    length, middle, tone, bend = (row[which] for row in traits.astype(np.float32))
    aside_angle = (turn - floor - middle) * (2 * math.pi / count)
    along, aside = radius / length, radius * aside_angle / width
    mid, square = (along - 0.54) / 0.46, aside * aside
    # Between an ellipse and a box: straps with blunt, faintly notched ends.
    notch = np.maximum(1.0 - 5.0 * square, 0.0) * np.clip(mid - 0.6, 0.0, 0.4) * 0.25
    reach: Array = np.sqrt(np.abs(mid) * mid * mid + square) + notch
    slope = np.sqrt((mid * mid * 3.26) ** 2 + square / width**2) / np.maximum(reach, 0.2)
    # One pixel in the frame's units; a foreshortened frame's are between its two.
    step = math.hypot(float(u[0, -1] - u[0, 0]), float(v[0, -1] - v[0, 0])) / max(u.shape[1] - 1, 1)
    cover = np.clip(0.5 - (reach - 1.0) / (np.maximum(slope, 0.5) * step), 0.0, 1.0)
    # Where petals of a wheel touch, a thin gap stands between them.
    gap = (0.5 - np.abs(turn - floor - 0.5)) * radius * (2 * math.pi / count / step)
    cover = cover * np.clip(gap + 0.3, 0.0, 1.0)
    veins = np.cos(aside * 9.4) * np.clip(along * (1.0 - along), 0.0, 1.0) * 0.2
    lit = (0.94 + aside * bend + veins - 0.07 * square) * np.clip(along * 1.6 + 0.3, 0.0, 1.0) * tone
    # Shadows on white are blue: red goes first.
    dark = tinted(np.array([1.08, 0.98, 0.78], np.float32), np.clip(1.0 - lit, 0, 1))
    canvas.blend(mix(color, tip, np.clip(along * 3.0 - 2.1, 0.0, 1.0)) * (1.0 - dark), cover)
