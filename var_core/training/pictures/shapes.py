"""Signed distances, outlines and steps: geometry without colour.

Distances are in the unit of the coordinates given, negative inside; outlines are (n, 2) points, x before y.
"""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures.canvas import Array

DOT = np.stack([np.cos(np.arange(10) * math.pi / 5), np.sin(np.arange(10) * math.pi / 5)], axis=1).astype(np.float32)
"""A unit disc's outline: at the sizes of seeds and specks ten corners pass for round."""


def smoothstep(low: Array | float, high: Array | float, value: Array) -> Array:
    """Rises smoothly from 0 at ``low`` to 1 at ``high`` (or falls, where low > high)."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def ellipse(u: Array, v: Array, radius_u: float, radius_v: float) -> Array:
    """Distance to an ellipse round the origin; exact to first order near the edge."""
    k = np.sqrt((u / radius_u) ** 2 + (v / radius_v) ** 2)
    slope = np.sqrt((u / radius_u**2) ** 2 + (v / radius_v**2) ** 2)
    return k * (k - 1.0) / np.maximum(slope, 1e-6)


def box(u: Array, v: Array, half_u: float, half_v: float, corner: float = 0.0) -> Array:
    """Distance to a rectangle round the origin, its corners rounded by ``corner``."""
    du, dv = np.abs(u) - (half_u - corner), np.abs(v) - (half_v - corner)
    return np.hypot(np.maximum(du, 0.0), np.maximum(dv, 0.0)) + np.minimum(np.maximum(du, dv), 0.0) - corner


def points(*pairs: tuple[float, float]) -> Array:
    """An outline (n, 2) from its corners."""
    return np.array(pairs, np.float32)


def place(outline: Array, x: float, y: float, size: float = 1.0, angle: float = 0.0) -> Array:
    """An outline in a frame's units carried to the canvas; the inverse of ``Canvas.local``."""
    cos, sin = math.cos(angle) * size, math.sin(angle) * size
    u, v = outline[:, 0], outline[:, 1]
    placed = np.empty(outline.shape, np.float32)
    placed[:, 0] = u * cos - v * sin + x
    placed[:, 1] = u * sin + v * cos + y
    return placed


def spline(corners: Array, *, closed: bool = True, steps: int = 8) -> Array:
    """A Catmull-Rom curve (n * steps, 2) through the corners (n, 2)."""
    if closed:
        knots = np.concatenate([corners[-1:], corners, corners[:2]])
    else:
        knots = np.concatenate([2 * corners[:1] - corners[1:2], corners, 2 * corners[-1:] - corners[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[None, :, None]
    a, b, c, d = (knots[i : len(knots) - 3 + i, None] for i in range(4))
    curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return np.asarray(curve.reshape(-1, 2), np.float32)


def ribbon(axis: Array, widths: Array) -> Array:
    """The outline of a band along an axis (n, 2) with half widths (n,)."""
    along = np.gradient(axis, axis=0)
    along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-6)
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1) * widths[:, None]
    return np.concatenate([axis + aside, (axis - aside)[::-1]]).astype(np.float32)


def norm(u: Array, v: Array) -> Array:
    """The length of vectors; numpy's own ``hypot`` guards against overflow and is five times slower."""
    return np.asarray(np.sqrt(u * u + v * v), np.float32)


def bell(u: Array | float, v: Array | float = 0.0) -> Array:
    """A soft round spot: 1 at the origin, 1/e at distance 1."""
    return np.asarray(np.exp(-(u * u + v * v)), np.float32)
