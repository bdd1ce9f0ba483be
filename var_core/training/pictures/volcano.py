"""Volcano: a lit relief with lava and plume under a sky."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas
from var_core.training.pictures.light import mix, pick, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.sea import reflect
from var_core.training.pictures.shapes import norm, smoothstep
from var_core.training.pictures.sky import Sky, mood, paint_sky
from var_core.training.pictures.terrain import project, sunlight

DEPTH = 144
"""Slices of a relief; the faces turned to us are then sampled about once a pixel."""


def paint_volcano(canvas: Canvas, rng: np.random.Generator) -> None:
    """A cone with a crater: erupting, or smoking under snow."""
    erupting = rng.random() < 0.7
    sky = mood(rng, ["dusk", "ember", "night", "dawn", "gold"] if erupting else ["day", "dawn", "gold", "noon", "dusk"])
    side = -1.0 if rng.random() < 0.5 else 1.0
    center, peak = between(rng, 0.38, 0.62), between(rng, 0.30, 0.44)
    base = between(rng, 0.78, 0.88)
    paint_sky(canvas, rng, sky, horizon=base, clouds=between(rng, 0, 0.5))

    width = canvas.shape[1]
    x = (np.arange(width, dtype=np.float32) + 0.5)[None, :] / width - center
    z = np.linspace(-0.62, 0.5, DEPTH, dtype=np.float32)[:, None]
    bumps = noise.fractal(rng, (DEPTH, width), (5, 5), octaves=6, gain=0.55)
    radius = norm(x + 0.02 * bumps, z)
    theta = np.arctan2(z, x) + 0.12 * bumps
    reach = between(rng, 0.44, 0.60)
    power = between(rng, 1.5, 2.1)
    crater = between(rng, 0.05, 0.085)
    slope = np.clip(1.0 - radius / reach, 0, 1) ** power
    rim = (1.0 - crater / reach) ** power
    gullies = sum(np.abs(np.sin(theta * k + between(rng, 0, 6) + bumps * 0.8)) / k**0.6 for k in (4.5, 9.5, 18.5))
    heights = np.minimum(slope, rim) / rim
    heights = heights - 0.35 * (1.0 - radius / crater) * (radius < crater)
    heights += (
        0.055 * (np.asarray(gullies) - 0.6) * smoothstep(0.0, 0.35, slope) * smoothstep(0.0, crater * 1.6, radius)
    )
    heights += 0.03 * bumps * smoothstep(0.5, 0.0, slope) + 0.012 * bumps

    light = sunlight(heights, side, elevation=between(rng, 0.5, 0.9), steepness=26)
    rock = mix(
        pick(rng, ["5b4a48", "4a4550", "6b5145", "54504f"]),
        pick(rng, ["7d6a5c", "8a6f5c", "6d6a72"]),
        0.5 + 0.5 * bumps,
    )
    ground = pick(rng, ["4f6b45", "6d7a4a", "3f5a4c", "8a7a52"]) * 0.9
    albedo = mix(ground, rock, smoothstep(0.10, 0.34, slope + 0.09 * bumps))
    if not erupting or rng.random() < 0.25:
        line = between(rng, 0.42, 0.66)
        albedo = mix(
            albedo,
            rgb("f6f8fc"),
            smoothstep(line, line + 0.07, slope / rim + 0.16 * bumps - 0.12 * np.asarray(gullies) + 0.1),
        )
    colors = albedo * mix(mix(sky.shadow, rgb("404050"), 0.2) * 0.9, sky.light * 1.15, light)
    lava = np.zeros_like(radius)
    if erupting:
        lava = _lava(rng, radius, theta, crater, reach)
        hot = ramp([rgb("5a0d08"), rgb("c81e0a"), rgb("ff6a12"), rgb("ffc845"), rgb("fff3b0")], lava)
        colors = mix(colors, hot, smoothstep(0.04, 0.3, lava))
    haze = np.linspace(0, 1, DEPTH, dtype=np.float32)[:, None] * smoothstep(0.35, 0.0, heights) * 0.6
    colors = mix(colors, mix(sky.horizon, sky.middle, 0.3), haze)

    relief, tilt = base - peak, between(rng, 0.14, 0.24)
    near, far = base + tilt * 0.62 / 1.12, base - tilt * 0.5 / 1.12
    _plume(canvas, rng, sky, center, peak, crater, erupting)
    project(canvas, heights, colors, near=near, far=far, relief=relief)
    if erupting:
        _lava_glow(canvas, near)
        _fountain(canvas, rng, center, peak, crater)
    _foreground(canvas, rng, sky, near)


def _lava(rng: np.random.Generator, radius: Array, theta: Array, crater: float, reach: float) -> Array:
    # Heat (D, W): rivers down the near side, and the crater's floor.
    heat = smoothstep(crater * 1.12, crater * 0.7, radius) * 0.95
    for _ in range(int(rng.integers(2, 6))):
        angle = -math.pi / 2 + between(rng, -1.0, 1.0)
        length = between(rng, 0.35, 0.95) * reach
        wander = 0.12 * np.sin(radius * between(rng, 18, 34) + between(rng, 0, 6))
        aside = np.abs(theta - angle - wander) * radius
        thick = between(rng, 0.007, 0.016) * (1.0 + 1.2 * radius / reach)
        river = smoothstep(1.0, 0.0, aside / thick) * smoothstep(length, length * 0.6, radius) * (radius > crater * 0.6)
        heat = np.maximum(heat, river * (1.0 - 0.55 * radius / reach))
    return np.asarray(heat, np.float32)


def _lava_glow(canvas: Canvas, near: float) -> None:
    # What glows is what is far redder than blue; blurred, it lights its surroundings.
    hot = np.clip((canvas.pixels[..., 0] - canvas.pixels[..., 2] - 0.5) * 2.0, 0, 1)
    small = Image.fromarray((hot * 255).astype(np.uint8)).resize((64, 64), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(2.5)).resize(canvas.shape[::-1], Image.Resampling.BICUBIC)
    canvas.glow(rgb("ff5a1e"), np.asarray(soft, np.float32) / 255 * 0.55 * smoothstep(near + 0.1, near - 0.1, canvas.y))


def _fountain(canvas: Canvas, rng: np.random.Generator, center: float, peak: float, crater: float) -> None:
    glow = np.exp(-(((canvas.x - center) / 0.16) ** 2) - ((canvas.y - peak + 0.02) / 0.15) ** 2)
    canvas.glow(rgb("ff7a2a"), glow * 0.7)
    power = between(rng, 0.03, 0.15)
    sparks = []
    for _ in range(int(260 * power) + 10):
        angle = float(rng.normal(0, 0.45))
        speed = between(rng, 0.5, 1.0)
        t = np.linspace(0.0, between(rng, 0.9, 1.7), 8, dtype=np.float32)[-4:]
        px = center + crater * 0.5 * math.sin(angle) + math.sin(angle) * speed * t * power
        py = peak + 0.01 - power * speed * (2.0 * math.cos(angle) * t - t * t)
        sparks.append((np.stack([px, py], axis=1).astype(np.float32), between(rng, 0.0025, 0.006), 1.0))
    canvas.draw(sparks, rgb("ffb347"), 0.9)
    core = np.exp(
        -(((canvas.x - center) / (crater * 0.55)) ** 2) - ((canvas.y - peak + power * 0.45) / (power * 0.75)) ** 2
    )
    canvas.glow(rgb("ffe08a"), core)


def _plume(
    canvas: Canvas, rng: np.random.Generator, sky: Sky, center: float, peak: float, crater: float, erupting: bool
) -> None:
    part = canvas.crop(0, 0, 1, peak + 0.06)
    up = np.maximum(peak + 0.03 - part.y, 0.0)
    wind = between(rng, -0.9, 0.9)
    field = noise.fractal(rng, part.shape, (7 * max(peak, 0.2), 7), octaves=5, gain=0.58)
    spread = between(rng, 0.28, 0.55) if erupting else between(rng, 0.12, 0.28)
    aside = np.abs(part.x - center - wind * up * (0.35 + 1.6 * up))
    edge = (crater * 0.75 + spread * up) * (1.0 + 0.55 * field) - aside
    cover = smoothstep(-0.004, 0.05, edge) * smoothstep(0.0, 0.05, up + 0.01)
    if not erupting:
        cover = cover * smoothstep(peak * 1.1, peak * 0.3, up) * 0.85
    shift = max(1, round(0.02 * part.shape[1]))
    lit = np.clip(0.5 + (field - noise.shifted(field, shift, shift)) * 0.9 - 0.25 * smoothstep(0.0, 0.2, edge), 0, 1)
    ash = (
        mix(sky.shadow * 0.55, mix(sky.light, sky.cloud, 0.5) * 0.72, lit)
        if erupting
        else mix(sky.middle, sky.cloud, 0.4 + 0.6 * lit)
    )
    if erupting:
        ash = mix(ash, rgb("ff7b3a"), np.exp(up * -7.0) * (0.35 + 0.5 * lit))
    part.blend(ash, cover)


def _foreground(canvas: Canvas, rng: np.random.Generator, sky: Sky, near: float) -> None:
    # A dark wooded edge in front, or water that mirrors everything.
    width = canvas.shape[1]
    if rng.random() < 0.4:
        water = reflect(canvas, rng, min(near - 0.015, 0.9), mix(sky.zenith, sky.shadow, 0.5), 0.3)
        water.blend(sky.horizon, smoothstep(0.45, 0.9, noise.smooth(rng, water.shape, (20, 5))) * 0.35)
        return
    ridge = 0.93 + 0.03 * noise.line(rng, width, 3, octaves=3)
    trees = 0.016 * np.abs(noise.line(rng, width, 70, octaves=2)) + 0.008 * noise.line(rng, width, 22, octaves=2)
    part = canvas.crop(0, 0.8, 1, 1)
    cover = part.cover((ridge - trees)[None, :] - part.y)
    dark = mix(sky.shadow, rgb("14201c"), 0.72)
    part.blend(mix(dark * 1.25, dark * 0.7, smoothstep(0.86, 1.0, part.y)), cover)
