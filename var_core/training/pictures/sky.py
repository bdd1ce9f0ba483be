"""The hours of the sky: their colours, what they do to lit and shaded things, and clouds, sun, moon and stars."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke
from var_core.training.pictures.light import mix, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import norm, points, smoothstep


@dataclass(frozen=True, slots=True, eq=False)
class Sky:
    """The colours of an hour: each (3,) in [0, 1]; ``night`` in [0, 1] as an array of one."""

    zenith: Array
    middle: Array
    horizon: Array
    sun: Array
    light: Array
    shadow: Array
    cloud: Array
    night: Array


def _sky(zenith: str, middle: str, horizon: str, sun: str, light: str, shadow: str, cloud: str, night: float) -> Sky:
    return Sky(
        rgb(zenith), rgb(middle), rgb(horizon), rgb(sun), rgb(light), rgb(shadow), rgb(cloud),
        np.array([night], np.float32),
    )  # fmt: skip


MOODS = {
    "day": ("2f7fc4", "6db3e2", "cfe8f2", "fffbe8", "fff4dc", "5a7fa8", "ffffff", 0.0),
    "noon": ("3a93c9", "8fcbe3", "e6f2e6", "fffdf0", "fff8e6", "6c93ad", "fffdf6", 0.0),
    "gold": ("5f87b5", "f2c48d", "ffe3ae", "fff2c4", "ffd79a", "6a5f80", "ffeccc", 0.05),
    "dawn": ("6a8fc4", "e8b4c0", "ffd9b8", "fff0cf", "ffcfae", "74719c", "ffdcd6", 0.05),
    "dusk": ("2e2f66", "a8537c", "ff9b5c", "ffdf9e", "ffab77", "3b2f5e", "e58a86", 0.35),
    "ember": ("3a2140", "b2433f", "ffa24d", "ffe08a", "ff9a5c", "35203f", "d9694f", 0.4),
    "night": ("0a1230", "17295a", "37568c", "f2f0dc", "8ea8d8", "0d1530", "41588a", 1.0),
    "mist": ("9db4bf", "c3d2d4", "e8e9e1", "fffbee", "f5efe2", "7f939e", "f6f5ee", 0.0),
}


def mood(rng: np.random.Generator, names: list[str]) -> Sky:
    """The sky of one of the named moods, often some way towards another of them."""
    first, second = (_sky(*MOODS[names[int(rng.integers(len(names)))]]) for _ in range(2))
    t = float(rng.beta(0.35, 0.9)) * 0.6
    values = {f.name: mix(getattr(first, f.name), getattr(second, f.name), t) for f in fields(Sky)}
    return Sky(**values)


def paint_sky(
    canvas: Canvas,
    rng: np.random.Generator,
    sky: Sky,
    *,
    horizon: float = 1.0,
    sun: tuple[float, float] | None = None,
    clouds: float = 0.5,
) -> None:
    """Covers the canvas with sky, sun or moon (where given) and clouds (0 none, 1 many), clear above ``horizon``."""
    height = np.clip(canvas.y[:, 0] / max(horizon, 1e-3), 0, 1)
    canvas.pixels[:] = ramp([sky.zenith, mix(sky.zenith, sky.middle, 0.55), sky.middle, sky.horizon], height)[:, None]
    night = float(sky.night[0])
    if night > 0.5:
        _stars(canvas, rng, night, horizon)
    if sun is not None:
        x, y = sun
        reach = norm(canvas.x - x, canvas.y - y)
        canvas.glow(sky.sun, np.exp(reach * -5.0) * (0.75 - 0.4 * night))
        radius = between(rng, 0.03, 0.05)
        disc = canvas.around(x, y, radius + 0.01)
        disc.blend(sky.sun, disc.cover(norm(disc.x - x, disc.y - y) - radius, 0.004))
    if clouds > 0:
        _clouds(canvas, rng, sky, horizon, clouds)


def _stars(canvas: Canvas, rng: np.random.Generator, night: float, horizon: float) -> None:
    spots = rng.random((70, 3)).astype(np.float32)
    spots = spots[spots[:, 1] < horizon]
    dots: list[Stroke] = []
    for wide, faint in ((0.0075, 0.25), (0.004, 1.0)):
        dots += [(points((x, y), (x + 0.001, y)), wide, faint * s * s) for x, y, s in spots.tolist()]
    canvas.glow(rgb("fff8e6"), canvas.strokes(dots) * np.float32(night))


def _clouds(canvas: Canvas, rng: np.random.Generator, sky: Sky, horizon: float, amount: float) -> None:
    part = canvas.crop(0, 0, 1, horizon)
    cells = between(rng, 2.5, 5.0)
    field = noise.fractal(rng, part.shape, (cells * 2.2 * horizon, cells), octaves=5, gain=0.52)
    threshold = 0.62 - 0.6 * amount
    cover = smoothstep(threshold, threshold + 0.5, field)
    # Comparing with the field a little above tells the lit upper edges from the shaded bellies.
    shift = max(1, round(0.03 * part.shape[0]))
    lit = np.clip(0.75 + (field - noise.shifted(field, shift, 0)) * 1.1, 0, 1)
    belly = mix(mix(sky.middle, sky.shadow, 0.35), sky.cloud, 0.35)
    part.blend(mix(belly, sky.cloud, lit), cover * 0.9 * smoothstep(1.02, 0.7, part.y / horizon))
