"""Jack-o'-lantern: a carved pumpkin, lit from within, by night or in the last light."""

from __future__ import annotations

import math

import numpy as np

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke, tinted
from var_core.training.pictures.closeup import soft_focus, soften
from var_core.training.pictures.light import ball_light, mix, pick, ramp, rgb
from var_core.training.pictures.noise import between
from var_core.training.pictures.shapes import DOT, bell, norm, place, points, ribbon, smoothstep, spline
from var_core.training.pictures.sky import mood, paint_sky

DUSKS = [
    ["1a1430", "2a1a3a", "120c1c"],
    ["0c1830", "182a40", "0a1018"],
    ["3a2440", "6a3a48", "2a1820"],
    ["24200c", "3a2a14", "140e08"],
    ["4a5a48", "7a6a3a", "3a2c1a"],
    ["0e2420", "1c3a34", "0a1614"],
]


def paint_jack_o_lantern(canvas: Canvas, rng: np.random.Generator) -> None:
    """One pumpkin, or a large one and a small, grinning on boards or among leaves."""
    floor = between(rng, 0.66, 0.82)
    night = rng.random() < 0.8
    outside = rng.random() < 0.5
    if outside:
        _evening(canvas, rng, floor, night)
    else:
        codes = DUSKS[int(rng.integers(4 if night else len(DUSKS)))]
        lights = [rgb("ffb050"), rgb("ff7a30"), pick(rng, ["a070ff", "ffd890", "60c0a0"])]
        soft_focus(canvas, rng, [pick(rng, [code], 0.015) for code in codes], lights)
    ambient = between(rng, 0.14, 0.4) if night else between(rng, 0.6, 0.85)
    if outside or rng.random() < 0.4:
        _leaves(canvas, rng, floor, ambient)
    else:
        _boards(canvas, rng, floor, ambient)
    light = between(rng, -2.6, -0.55)
    size = between(rng, 0.26, 0.38)
    x = between(rng, 0.44, 0.56)
    if rng.random() < 0.3:
        side = -1 if rng.random() < 0.5 else 1
        small = size * between(rng, 0.4, 0.55)
        x -= side * 0.1
        _pumpkin(canvas, rng, x + side * (size + small * 0.7), floor + 0.04, small, light, ambient)
    _pumpkin(canvas, rng, x, floor + between(rng, 0.05, 0.12), size, light, ambient)


def _evening(canvas: Canvas, rng: np.random.Generator, floor: float, night: bool) -> None:
    sky = mood(rng, ["night", "night", "dusk", "ember"] if night else ["dusk", "ember", "gold"])
    moon = (between(rng, 0.1, 0.9), between(rng, 0.1, 0.3))
    paint_sky(canvas, rng, sky, horizon=floor, sun=moon if rng.random() < 0.7 else None, clouds=between(rng, 0.1, 0.6))
    dark = mix(sky.shadow, rgb("0a0810"), 0.7)
    branches: list[Stroke] = []
    for _ in range(int(rng.integers(0, 3))):
        root = between(rng, 0.02, 0.22)
        root = root if rng.random() < 0.5 else 1 - root
        _branch(rng, branches, (root, floor + 0.05), -math.pi / 2, between(rng, 0.16, 0.26), 0.028, 5)
    canvas.draw(branches, dark)
    for _ in range(int(rng.integers(0, 5))):
        size = between(rng, 0.015, 0.035)
        wing = points((0, -0.15), (0.12, -0.35), (0.2, -0.1), (0.6, -0.5), (1.0, -0.1), (0.75, -0.12), (0.55, 0.12),
                      (0.35, 0.0), (0.15, 0.25), (0, 0.3))  # fmt: skip
        bat = np.concatenate([wing, wing[::-1] * points((-1, 1))])
        spot = place(bat, between(rng, 0.1, 0.9), between(rng, 0.05, 0.4), size, between(rng, -0.4, 0.4))
        canvas.fill(spot, dark)
    ridge = floor - 0.02 - 0.05 * np.abs(noise.line(rng, canvas.shape[1], 5, octaves=4))
    part = canvas.crop(0, floor - 0.15, 1, 1)
    part.blend(dark * 1.2, part.cover(ridge[None, :] - part.y))


def _branch(
    rng: np.random.Generator, out: list[Stroke], at: tuple[float, float], heading: float, long: float, thick: float,
    levels: int,
) -> None:  # fmt: skip
    x, y = at
    bend = heading + between(rng, -0.25, 0.25)
    mid = (x + 0.5 * long * math.cos(heading), y + 0.5 * long * math.sin(heading))
    end = (mid[0] + 0.5 * long * math.cos(bend), mid[1] + 0.5 * long * math.sin(bend))
    out.append((points(at, mid, end), thick, 1.0))
    if levels > 1:
        for turn in (-1, 1):
            lean = bend + turn * between(rng, 0.2, 0.75)
            _branch(rng, out, end, lean, long * between(rng, 0.6, 0.82), thick * 0.62, levels - 1)


def _boards(canvas: Canvas, rng: np.random.Generator, floor: float, ambient: float) -> None:
    part = canvas.crop(0, floor - 0.02, 1, 1)
    wood = pick(rng, ["6a4a34", "5a4438", "7a6a5c", "4a3a34", "8a6040"])
    depth = np.maximum(part.y - floor + 0.12, 0.02)
    lane = (part.x - 0.5) / depth * between(rng, 0.35, 0.6) + 20.0
    plank = lane - np.floor(lane)
    grain = noise.fractal(rng, part.shape, (8, 44), octaves=2, gain=0.8)
    tones = rng.uniform(0.7, 1.1, 64).astype(np.float32)
    tone = tones[np.floor(lane).astype(np.int32) % 64] + 0.16 * grain
    seam = smoothstep(0.0, 0.05, np.minimum(plank, 1 - plank))
    tone = tone * (0.35 + 0.65 * seam) * np.float32(0.3 + 0.8 * ambient)
    part.blend(tinted(wood, np.asarray(tone, np.float32)), part.cover(floor - part.y, 0.004) + 0.0 * part.x)


def _leaves(canvas: Canvas, rng: np.random.Generator, floor: float, ambient: float) -> None:
    part = canvas.crop(0, floor - 0.02, 1, 1)
    grain = noise.fractal(rng, part.shape, (14, 30), octaves=3, gain=0.8)
    soil = pick(rng, ["3f4a2a", "4a3a28", "35402c", "5a4a30"])
    tone = np.asarray((0.75 + 0.5 * grain) * (0.35 + 0.75 * ambient), np.float32)
    part.blend(tinted(soil, tone), part.cover(floor + 0.012 * grain - part.y, 0.003))
    angles = np.linspace(0, math.tau, 20, endpoint=False, dtype=np.float32)
    lobes = 0.62 + 0.38 * np.cos(angles * 5)
    leaf = np.stack([lobes * np.cos(angles), lobes * np.sin(angles)], axis=1).astype(np.float32)
    for tone_at in (0.6, 0.8, 1.0):
        heap = []
        for x, y, turn in rng.uniform((0, floor + 0.01, 0), (1, 1.03, 6.3), (11, 3)).tolist():
            size = between(rng, 0.02, 0.045) * (0.6 + 1.4 * (y - floor))
            heap.append(place(place(leaf, 0, 0, size, turn) * points((1.0, 0.6)), x, y))
        hue = pick(rng, ["c8641a", "b5401a", "d8952a", "8a4a1e", "a87a2a"])
        part.blend(hue * tone_at * (0.35 + 0.7 * ambient), part.polygons(heap))


def _face(rng: np.random.Generator) -> list[Array]:
    """Eyes, nose and mouth (n, 2) in the pumpkin's frame, x rightwards and y down."""
    kind = int(rng.integers(4))
    wide, tall, slant = between(rng, 0.17, 0.25), between(rng, 0.13, 0.22), between(rng, -0.12, 0.16)
    apart, high = between(rng, 0.32, 0.42), between(rng, -0.32, -0.2)
    if kind == 0:
        eye = points((-wide, tall * 0.6), (0.02, -tall), (wide, tall * 0.6))
    elif kind == 1:
        eye = points(
            (-wide, -tall * 0.75 + slant), (wide, tall * 0.1), (wide * 0.7, tall * 0.8), (-wide * 0.5, tall * 0.7)
        )
        eye = eye * points((-1, 1))
    elif kind == 2:
        eye = DOT * points((wide * 0.75, tall))
    else:
        eye = spline(
            points((-wide, 0.1), (-wide * 0.4, -tall), (wide * 0.7, -tall * 0.5), (wide, tall * 0.5), (0, 0.05))
        )
    left, right = eye * points((-1, 1)) + points((-apart, high)), eye + points((apart, high))
    n = between(rng, 0.07, 0.11)
    nose = [points((-n, n), (0, -n), (n, n)), DOT * points((n * 0.6, n)), points((0, n), (-n, -n * 0.6), (n, -n * 0.6))]
    # The mouth: two arcs between its corners; teeth stand in them as square notches.
    half, smile, open_ = between(rng, 0.5, 0.66), between(rng, 0.1, 0.3), between(rng, 0.16, 0.3)
    if rng.random() < 0.12:
        smile = -0.12
    t = np.linspace(-1, 1, 65, dtype=np.float32)
    upper = 0.3 - smile * 0.6 * t * t
    lower = upper + open_ * np.sqrt(np.maximum(1 - t * t, 0))
    jagged = rng.random() < 0.35
    teeth = int(rng.integers(2, 4))
    if jagged:
        saw = np.abs((t * 4.5) % 1.0 - 0.5) * 2
        upper = upper + open_ * 0.4 * saw * (1 - t * t)
        lower = lower - open_ * 0.45 * (1 - saw) * (1 - t * t)
    else:
        for spot in np.linspace(-0.55, 0.55, teeth).tolist():
            upper = upper + np.where(np.abs(t - spot - 0.05) < 0.085, open_ * 0.42, 0.0)
        for spot in np.linspace(-0.3, 0.35, teeth - 1).tolist():
            lower = lower - np.where(np.abs(t - spot) < 0.09, open_ * 0.42, 0.0)
    mouth = np.concatenate([np.stack([half * t, upper], axis=1), np.stack([half * t, lower], axis=1)[::-1]])
    return [left, right, nose[int(rng.integers(3))] + points((0, 0.04)), mouth.astype(np.float32)]


def _pumpkin(
    canvas: Canvas, rng: np.random.Generator, x: float, foot: float, size: float, light: float, ambient: float
) -> None:
    tall = between(rng, 0.74, 0.95)
    y = foot - 0.9 * tall * size
    part = canvas.around(x, foot, size * 2.0, size * 0.5)
    u, v = part.local(x, foot - 0.03, size)
    part.shade(1.0 - 0.7 * smoothstep(1.25, 0.3, norm(u, v / 0.26)))
    part.glow(rgb("ff8a2a"), bell(u / 0.9, (v - 0.1) / 0.2) * (0.75 - 0.6 * ambient))
    part = canvas.around(x, y, size * 1.08)
    u, v = part.local(x, y, size, between(rng, -0.06, 0.06))
    w = v / tall
    row = np.sqrt(np.maximum(1.0 - np.minimum(w * w, 1.0), 0.0))
    # Ribs are meridians; the outline dips where each of them ends, most at the crown.
    count = int(rng.integers(9, 14))
    meridian = np.arcsin(np.clip(u / np.maximum(0.35 + 0.65 * row, 1e-3), -1, 1)) * (count / math.pi)
    groove = np.abs(np.cos(meridian * math.pi))
    swell = groove**0.6
    outline = norm(u, w * (1.0 + 0.10 * bell(u / 0.3))) - 0.955 - 0.05 * swell * smoothstep(0.4, 1.0, np.abs(w))
    cover = part.cover(outline * size)
    shrink = np.minimum(0.995 / np.maximum(norm(u, w), 1e-3), 1.0)
    lit = ball_light(u * shrink, w * shrink, light, 0.18)
    skin = noise.fractal(rng, part.shape, (6, 40), octaves=2, gain=0.7)
    lit = lit * (0.55 + 0.45 * swell) + 0.05 * skin
    hue = between(rng, -0.03, 0.04)
    oranges = [rgb("3a1206"), rgb("a8400a") + hue, rgb("e87414") + hue, rgb("ff9c35"), rgb("ffc878")]
    part.blend(ramp([np.clip(c, 0, 1) for c in oranges], np.asarray(lit * (0.25 + 0.75 * ambient), np.float32)), cover)
    face = [place(f * points((0.86, tall * 0.92)), x, y + 0.04 * size, size) for f in _face(rng)]
    cut = part.polygons(face) * cover
    # The flesh glows round what is cut out of it.
    halo = soften(cut, 0.1 * size / part.pixel)
    part.glow(rgb("ff6a10"), halo * cover * (0.75 - 0.4 * ambient))
    # We see the thickness of the wall on the side away from us, then the candle's light.
    wall = tinted(rgb("d8802a"), np.asarray(np.clip(1.0 - 0.5 * np.abs(u) - 0.2 * w, 0.3, 1.2), np.float32))
    part.blend(wall, cut)
    inward = [f + (points((x, y + 0.1 * size)) - f.mean(axis=0)) * 0.07 + points((0, -0.028 * size)) for f in face]
    inner = part.polygons(inward) * cut
    flame = 0.28 + 0.72 * bell(u / 0.6, (w - 0.35) / 0.75) + 0.1 * noise.smooth(rng, part.shape, (5, 5))
    hot = ramp(
        [rgb("d85a08"), rgb("ff9418"), rgb("ffc23a"), rgb("ffe88a"), rgb("fff8d8")], np.asarray(flame, np.float32)
    )
    part.blend(hot, inner)
    whole = canvas.around(x, y, size * 1.8)
    whole.glow(rgb("ff8020"), bell((whole.x - x) / size, (whole.y - y - 0.1 * size) / size) * (0.3 - 0.3 * ambient))
    _stalk(canvas, rng, x, y - 0.86 * tall * size, size, ambient, light)


def _stalk(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, ambient: float, light: float
) -> None:
    lean, tall = between(rng, -0.3, 0.3), between(rng, 0.2, 0.36)
    axis = spline(points((0, 0.04), (lean * 0.2, -tall * 0.6), (lean, -tall)), closed=False)
    wide = np.linspace(0.15, 0.07, len(axis), dtype=np.float32) ** np.float32(1.1)
    green = pick(rng, ["5a6a30", "6a5a34", "4a5a2c", "7a7040"]) * (0.3 + 0.7 * ambient)
    canvas.fill(place(ribbon(axis, wide), x, y, size), green * 0.7)
    toward = math.cos(light)
    lines: list[Stroke] = []
    for k in (-0.6, -0.1, 0.4, 0.75):
        edge = axis + points((1, 0)) * (wide * k)[:, None]
        lines.append((place(edge.astype(np.float32), x, y, size), 0.025 * size, 0.5 + 0.45 * k * toward))
    canvas.draw(lines, np.minimum(green * 1.6, 1), 0.9)
