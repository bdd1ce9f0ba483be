"""Relief seen from afar: a height field lit, shadowed and projected by parallel rays that look slightly down.

Slice ``d`` of a height field (0 nearest) at column ``x`` projects to
``y = near + (far - near) d / (D - 1) - relief * h``. Running minima over ``d`` give what each slice leaves visible, and
counting them per row finds, without a loop, the slice that every pixel sees.
"""

from __future__ import annotations

import numpy as np

from var_core.training.pictures.canvas import Array, Canvas
from var_core.training.pictures.light import mix
from var_core.training.pictures.shapes import smoothstep


def sunlight(heights: Array, side: float, *, elevation: float = 0.7, steepness: float = 30.0) -> Array:
    """Light (D, W) in [0, 1] from the left (side < 0) or the right (side > 0), with the shadows cast along x.

    Args:
        heights: (D, W), nominally in [0, 1].
        side: -1 to 1, how far the sun stands aside.
        elevation: the light's vertical part; less is lower.
        steepness: how strongly slopes turn away.
    """
    slope_d, slope_x = np.gradient(heights)
    width = heights.shape[1]
    steep = steepness * width / 256
    normal_x, normal_d = -slope_x * steep, -slope_d * steep
    lambert = (normal_x * side - normal_d * 0.45 + elevation) / np.sqrt(normal_x**2 + normal_d**2 + 1.0)
    light = np.clip(lambert / (0.8 + elevation * 0.4), 0, 1)
    ray = np.arange(width, dtype=np.float32) * np.float32(elevation * 2.6 / width)
    seen = heights if side < 0 else heights[:, ::-1]
    blocked = np.maximum.accumulate(seen + ray, axis=1) - ray - seen
    shade = smoothstep(0.0, 0.05, blocked)
    return np.asarray(light * (1.0 - 0.7 * (shade if side < 0 else shade[:, ::-1])), np.float32)


def project(
    canvas: Canvas, heights: Array, colors: Array, *, near: float, far: float, relief: float
) -> tuple[Array, Array]:
    """Paints the relief over a full canvas.

    Args:
        canvas: a whole square canvas, W pixels wide.
        heights: (D, W) slices, the nearest first.
        colors: (D, W, 3), the relief's finished colours.
        near: y of height zero in the nearest slice.
        far: the same in the farthest.
        relief: y covered by a height of one.

    Returns:
        The coverage (h, w), and the skyline's y per column (W,).
    """
    depth, width = heights.shape
    rows = np.linspace(near, far, depth, dtype=np.float32)[:, None] - relief * heights
    tops = np.minimum.accumulate(rows, axis=0)
    height = canvas.shape[0]
    first_row = np.clip(np.ceil(tops * height - 0.5), 0, height).astype(np.int32)
    cells = first_row * width + np.arange(width, dtype=np.int32)
    counts = np.bincount(cells.ravel(), minlength=(height + 1) * width).reshape(height + 1, width)
    behind = np.cumsum(counts[:height], axis=0, dtype=np.int32)
    index = np.clip(depth - behind, 1, depth - 1)
    flat = index * width + np.arange(width, dtype=np.int32)
    row, row_before = rows.ravel()[flat], rows.ravel()[flat - width]
    t = np.clip((row_before - canvas.y) / np.maximum(row_before - row, 1e-5), 0, 1)
    table = colors.reshape(-1, 3)
    skyline = tops[-1]
    cover = canvas.cover(skyline[None, :] - canvas.y)
    canvas.blend(mix(table[flat - width], table[flat], t), cover)
    return cover, skyline
