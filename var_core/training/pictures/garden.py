"""Daisies and strawberries: one to three of them, close to, before a soft-focus garden."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from var_core.training.pictures import noise
from var_core.training.pictures.canvas import Array, Canvas, Stroke
from var_core.training.pictures.light import ball_light, mix, pick, ramp, rgb
from var_core.training.pictures.shapes import ellipse, place, points, ribbon, smoothstep, spline

GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
ROUND = np.linspace(0, 2 * math.pi, 10, endpoint=False, dtype=np.float32)
DOT = np.stack([np.cos(ROUND), np.sin(ROUND)], axis=1)
"""A unit disc's outline: at the sizes of florets and seeds ten corners pass for round."""


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A uniform draw as a plain float: numpy's scalars would turn float32 arrays into float64."""
    return float(rng.uniform(low, high))


def soften(mask: Array, radius: float) -> Array:
    """A mask blurred by ``radius`` pixels."""
    image = Image.fromarray((mask * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image, np.float32) * np.float32(1 / 255)


def scatter(outlines: Array, x: float, y: float, size: float, turn: float) -> list[Array]:
    """Many outlines (m, n, 2) of a frame carried to the canvas at once, as ``place`` does with one."""
    return list(place(outlines.reshape(-1, 2), x, y, size, turn).reshape(outlines.shape))


def soft_focus(canvas: Canvas, rng: np.random.Generator, colors: list[Array], lights: list[Array]) -> None:
    """Covers the canvas with blurred colours, from top to bottom, and out-of-focus discs of light."""
    # Nothing here is sharp, so a quarter of the resolution, enlarged, looks the same.
    rough = Canvas.blank(max(8, canvas.shape[0] // 4))
    field = noise.fractal(rng, rough.shape, (3, 3), octaves=3, gain=0.55)
    lean = between(rng, -0.3, 0.3)
    rough.pixels[:] = ramp(colors, rough.y * 0.9 + lean * (rough.x - 0.5) + 0.05 + 0.22 * field)
    for channel in range(3):
        canvas.pixels[..., channel] = noise.enlarge(rough.pixels[..., channel], canvas.shape)
    for _ in range(int(rng.integers(6, 20))):
        x, y = between(rng, 0, 1), between(rng, 0, 1)
        radius = between(rng, 0.015, 0.07)
        disc = canvas.around(x, y, radius * 1.3)
        distance: Array = np.hypot(disc.x - x, disc.y - y)
        distance = distance - radius
        # Real lenses leave a slightly brighter rim.
        rim = 0.75 + 0.25 * smoothstep(-0.5 * radius, 0.0, distance)
        color = lights[int(rng.integers(len(lights)))]
        disc.blend(color, disc.cover(distance, radius * 0.35) * rim * between(rng, 0.12, 0.5))


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
    radius: Array = np.hypot(u, v)
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
    dark = np.clip(1.0 - lit, 0, 1)[..., None] * np.array([1.08, 0.98, 0.78], np.float32)
    canvas.blend(mix(color, tip, np.clip(along * 3.0 - 2.1, 0.0, 1.0)) * (1.0 - dark), cover)


def _disc(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, squash: float,
          turn: float, light: float) -> None:  # fmt: skip
    part = canvas.around(x, y, size * 1.25)
    u, v = part.local(x, y, size, turn)
    v = v / (0.35 + 0.65 * squash)
    away = 0.12 * size
    shadow = part.local(x - away * math.cos(light), y - away * math.sin(light), size * 1.16, turn)
    part.shade(1.0 - 0.35 * smoothstep(1.06, 0.8, np.hypot(shadow[0], shadow[1] / (0.35 + 0.65 * squash))))
    lit = ball_light(np.clip(u, -1, 1), np.clip(v, -1, 1), light - turn, 0.42)
    cover = part.cover(ellipse(u, v, 1, 1) * size)
    warm = pick(rng, ["f7b500", "f2a900", "fdc51e", "eda312"])
    part.blend(mix(warm, rgb("a35a05"), 0.55) * lit[..., None], cover)
    count = int(rng.integers(90, 170))
    order = np.arange(count, dtype=np.float32)
    r, a = np.sqrt((order + 0.5) / count) * 0.97, order * np.float32(GOLDEN_ANGLE)
    heads = np.stack([r * np.cos(a), r * np.sin(a) * (0.35 + 0.65 * squash)], axis=1)
    bead = (1.05 / math.sqrt(count) * (0.55 + 0.45 * r))[:, None, None]
    toward = points((math.cos(light - turn), math.sin(light - turn)))
    florets = scatter(heads[:, None] + DOT * bead, x, y, size, turn)
    glints = scatter(heads[:, None] + (DOT * 0.42 + toward * 0.3) * bead, x, y, size, turn)
    lit = lit * 1.12
    part.blend(warm * lit[..., None], part.polygons(florets) * 0.9)
    part.blend(mix(warm, rgb("fff3a0"), 0.7), part.polygons(glints) * np.clip(lit - 0.25, 0, 0.9))
    # The young florets in the middle are still green.
    part.blend(rgb("b5a61c"), smoothstep(0.5, 0.05, np.hypot(u, v)) * between(rng, 0, 0.45))


def paint_daisy(canvas: Canvas, rng: np.random.Generator) -> None:
    """One to three white daisies with yellow discs over a blurred meadow."""
    greens = [pick(rng, ["9cc05a", "6fa03f", "86b35a"]), pick(rng, ["4f8a3a", "5f9440"]),
              pick(rng, ["2f6030", "3c6a2c", "24523a"])]  # fmt: skip
    if rng.random() < 0.4:
        greens.insert(0, pick(rng, ["a8d4ee", "8cc4e8", "d8ead8", "f2dca8"]))
    soft_focus(canvas, rng, greens, [rgb("f4f7ea"), rgb("cfe39a"), rgb("f7df72"), rgb("8fbf5a")])
    _blades(canvas, rng)
    count = int(rng.choice([1, 1, 1, 2, 2, 3]))
    light = between(rng, -math.pi, 0)
    flip = 1 if rng.random() < 0.5 else -1
    spots = [[(0.5, 0.46)], [(0.33, 0.38), (0.67, 0.62)], [(0.3, 0.32), (0.71, 0.36), (0.5, 0.7)]][count - 1]
    blooms = []
    for x, y in spots:
        x = 0.5 + flip * (x - 0.5) + between(rng, -0.06, 0.06)
        y += between(rng, -0.06, 0.06)
        blooms.append((x, y, between(rng, *[(0.32, 0.46), (0.23, 0.31), (0.2, 0.26)][count - 1])))
    green = pick(rng, ["5a8f35", "4a7d33", "6b9b45"])
    for x, y, size in blooms:
        t = np.linspace(0, 1, 12, dtype=np.float32)
        axis = np.stack([x + between(rng, -0.2, 0.2) * t * t, y + (1.15 - y) * t], axis=1)
        wide = np.full(12, size * 0.055, np.float32)
        canvas.fill(ribbon(axis, wide), green * 0.7)
        canvas.fill(ribbon(axis - points((wide[0] * 0.3, 0)), wide * 0.45), green * 1.15)
    white = pick(rng, ["fdfdfb", "fbf8f2", "f6f8ff"], 0.01)
    tip = mix(white, pick(rng, ["f0a8c8", "fffdf5", "e8ecff"]), between(rng, 0, 0.6))
    for x, y, size in blooms:
        squash, turn = between(rng, 0.62, 1.0), between(rng, -1.1, 1.1)
        cos, sin = math.cos(turn), math.sin(turn)
        part = canvas.around(x, y, size * math.hypot(cos, squash * sin), size * math.hypot(sin, squash * cos))
        core = between(rng, 0.27, 0.36)
        number = int(rng.integers(9, 15))
        width = between(rng, 0.88, 1.1) * 1.75 / number
        for layer, shade in enumerate((0.84, 1.0)):
            u, v = part.local(x, y, size * (1.0 - 0.05 * layer), turn)
            spin = between(rng, 0, math.pi)
            v = v / squash
            cos, sin = math.cos(spin), math.sin(spin)
            wheel = (u * cos + v * sin, v * cos - u * sin)
            petals(part, rng, wheel, number, width, white, tip, light - turn - spin, shade)
        # A tilted flower's disc stands out towards the viewer.
        lift = 0.22 * core * size * math.sqrt(1 - squash * squash)
        x, y = x + lift * math.sin(turn), y - lift * math.cos(turn)
        _disc(canvas, rng, x, y, size * core, squash, turn, light)


def _blades(canvas: Canvas, rng: np.random.Generator) -> None:
    # Out-of-focus grass: dim, wide lines that lean together.
    lean = between(rng, -0.3, 0.3)
    lines: list[Stroke] = []
    for _ in range(int(rng.integers(10, 30))):
        x, top = between(rng, -0.1, 1.1), between(rng, 0.45, 0.9)
        bend = lean + between(rng, -0.15, 0.15)
        stalk = points((x, 1.05), (x + bend * 0.3, 0.5 + top / 2), (x + bend, top))
        lines.append((spline(stalk, closed=False, steps=5), between(rng, 0.006, 0.018), between(rng, 0.3, 1)))
    canvas.blend(pick(rng, ["2c5a2a", "7fae4a", "3b6e30"]), soften(canvas.strokes(lines), 1.6) * 0.5)


def _berry(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, turn: float,
           light: float) -> None:  # fmt: skip
    part = canvas.around(x, y, size * 1.03)
    u, v = part.local(x, y, size, turn)
    broad, power, bulge = between(rng, 0.72, 0.9), between(rng, 0.6, 0.85), between(rng, 0.52, 0.68)

    def half(t: Array) -> Array:
        return np.asarray(broad * np.sin(math.pi * np.clip(t, 0, 1) ** bulge).clip(0) ** power, np.float32)

    t: Array = (0.5 - 0.5 * np.cos(np.linspace(0, math.pi, 40))).astype(np.float32)
    right: Array = np.stack([half(t), 2 * t - 1], axis=1)
    cover = part.polygon(place(np.concatenate([right, right[::-1] * points((-1, 1))]), x, y, size, turn))
    s = np.clip(u / np.maximum(half((v + 1) / 2), 0.05), -1, 1)
    rise = np.clip((v + 0.15) * 0.85, -0.99, 0.99)
    ball = (s * np.sqrt(1 - 0.6 * rise * rise), rise)
    lit = ball_light(ball[0], ball[1], light - turn, 0.2)
    spots, flats = [], []
    rows = int(rng.integers(8, 12))
    for row in range(rows):
        level = (row + 0.75) / (rows + 0.35)
        wide = float(half(np.array([level], np.float32))[0])
        ring = max(3, round(2.2 * wide * rows))
        for k in range(ring):
            phi = ((k + 0.5 * (row % 2) + between(rng, 0.15, 0.35)) / ring - 0.5) * math.pi
            flat = math.cos(phi)
            if flat < 0.18:
                continue
            # Seeds bend with the shoulders: rows sag in the middle as rings seen from above do.
            spots.append((wide * math.sin(phi), 2 * level - 1 + 0.09 * flat - 0.05))
            flats.append((0.25 / rows * flat, 0.4 / rows))
    at, seed = points(*spots)[:, None], DOT * points(*flats)[:, None]
    seeds, dimples = (scatter(o, x, y, size, turn) for o in (at + seed, at + seed * 1.9))
    tone = between(rng, -0.06, 0.06)
    reds = [rgb("4a0410"), rgb("9a0a16"), rgb("d8161c"), rgb("f03a2a"), rgb("ff7a58")]
    body = ramp(reds, lit * 0.88 - 0.04 + tone + 0.04 * noise.smooth(rng, part.shape, (5, 5)))
    shoulder = smoothstep(-0.45, -0.95, v) * between(rng, 0.0, 0.6)
    part.blend(mix(body, rgb("f2d79a") * lit[..., None], shoulder), cover)
    hollow = soften(part.polygons(dimples), 0.9)
    # Each dimple's wall away from the light faces it: the dimples again, shifted.
    shift = -0.03 * size / part.pixel
    rims = np.roll(hollow, (round(math.sin(light) * shift), round(math.cos(light) * shift)), (0, 1))
    part.blend(rgb("ff8f78"), rims * cover * lit * 0.5)
    part.blend(rgb("8a0812"), hollow * cover * 0.75)
    # The gloss breaks up where the surface dips.
    gx, gy = math.cos(light - turn) * 0.5, math.sin(light - turn) * 0.5
    spot = np.exp(-(((ball[0] - gx) / 0.28) ** 2) - ((ball[1] - gy) / 0.34) ** 2)
    part.blend(rgb("fff4ee"), spot * cover * (1.0 - 0.8 * hollow) * between(rng, 0.6, 0.95))
    part.blend(rgb("ff6a50"), smoothstep(0.75, 1.0, np.abs(s)) * (lit < 0.45) * cover * 0.22)
    seed_cover = part.polygons(seeds) * cover
    part.blend(pick(rng, ["f5d76a", "eec64e", "f0dc92"]) * (0.45 + 0.6 * lit[..., None]), seed_cover)
    _calyx(canvas, rng, x + math.sin(turn) * size * 0.9, y - math.cos(turn) * size * 0.9, size, turn)


def _calyx(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, turn: float) -> None:
    green = pick(rng, ["4f9a35", "5fa83f", "3f8a38"])
    count = int(rng.integers(6, 10))
    sag = between(rng, 0.05, 0.3)
    veins: list[Stroke] = []
    sepals: list[Array] = []
    for k in sorted(range(count), key=lambda k: abs(k - (count - 1) / 2), reverse=True):
        a = (k + 0.5) / count * 2 - 1 + between(rng, -0.08, 0.08)
        far = between(rng, 0.5, 0.68)
        ex, ey = far * math.sin(a * 1.75), far * (0.75 * math.cos(a * 1.75)) + sag * abs(a)
        mid = (ex * 0.5, ey * 0.5 - 0.08 * abs(a))
        axis = spline(points((0, 0), mid, (ex, ey)), closed=False, steps=5)
        wide = 0.13 * np.sin(math.pi * np.linspace(0.12, 1, len(axis), dtype=np.float32) ** 0.8)
        sepals.append(place(ribbon(axis, wide), x, y, size, turn))
        veins.append((place(axis, x, y, size, turn), 0.02 * size, 1.0))
    part = canvas.around(x, y, size * 0.85)
    part.shade(1.0 - 0.5 * soften(part.polygons([s + points((0, 0.03 * size)) for s in sepals]), 1.2))
    part.blend(green * between(rng, 0.66, 0.84), part.polygons(sepals[::2]))
    part.blend(green * between(rng, 0.95, 1.12), part.polygons(sepals[1::2]))
    canvas.draw(veins, mix(green, rgb("e6f2a8"), 0.5), 0.7)
    bend = between(rng, -0.25, 0.25)
    stem = spline(points((0, 0.03), (bend * 0.3, -0.25), (bend, between(rng, -0.8, -0.5))), closed=False)
    wide = np.full(len(stem), 0.05, np.float32)
    canvas.fill(place(ribbon(stem, wide), x, y, size, turn), green * 0.75)
    canvas.fill(place(ribbon(stem, wide * 0.4), x - 0.015 * size, y, size, turn), green * 1.2)


def _leaf(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, turn: float) -> None:
    # A toothed oval with feathered veins.
    green = pick(rng, ["3f7d35", "2f6b30", "4f8a3a"])
    a = np.linspace(0, 2 * math.pi, 88, endpoint=False, dtype=np.float32)
    r = 1.0 + 0.07 * (np.arange(88) % 4 - 1.5).astype(np.float32) / 1.5
    outline = np.stack([0.72 * r * np.sin(a), -r * np.cos(a)], axis=1)
    canvas.fill(place(outline, x, y, size, turn), green)
    lines: list[Stroke] = [(place(points((0, -0.9), (0, 1)), x, y, size, turn), 0.035 * size, 1.0)]
    for k in range(-4, 6):
        for side in (-1, 1):
            reach = 0.62 * math.sqrt(max(0.0, 1 - (k / 6.2) ** 2))
            vein = points((0, k / 6), (side * reach * 0.5, k / 6 - 0.14), (side * reach, k / 6 - 0.34))
            lines.append((place(vein, x, y, size, turn), 0.02 * size, 0.7))
    canvas.draw(lines, mix(green, rgb("d6e8a0"), 0.5), 0.6)


def paint_strawberry(canvas: Canvas, rng: np.random.Generator) -> None:
    """One to three strawberries: hanging among leaves, or laid on a plate or a table."""
    kind = float(rng.random())
    light = between(rng, -2.7, -0.45)
    count = int(rng.choice([1, 1, 2, 2, 3]))
    if kind < 0.5:
        greens = [pick(rng, codes) for codes in (["b8d488", "8fbb5c"], ["4f8a3f", "6aa04a"], ["28552f", "3a6a35"])]
        soft_focus(canvas, rng, greens, [rgb("f0f5d8"), rgb("c8e08a"), rgb("ffffff")])
        for _ in range(int(rng.integers(2, 5))):
            x, y = between(rng, 0, 1), between(rng, -0.1, 0.4)
            _leaf(canvas, rng, x, y, between(rng, 0.18, 0.34), between(rng, 0, 6))
    else:
        cloth = pick(rng, ["cfe3ea", "f3e3cf", "e8d6e2", "d9e6cf", "b98a62", "f4f1ea", "7fa8b8"])
        soft_focus(canvas, rng, [cloth * 0.85, cloth, cloth * 0.95], [cloth, mix(cloth, rgb("ffffff"), 0.6)])
        if kind < 0.78:
            x, y = between(rng, 0.42, 0.58), between(rng, 0.58, 0.68)
            u, v = canvas.local(x, y, between(rng, 0.44, 0.56))
            d = np.hypot(u, v / between(rng, 0.55, 0.9))
            canvas.shade(1.0 - 0.3 * smoothstep(1.16, 0.95, np.hypot(u, (v - 0.06) / 0.8)))
            plate = pick(rng, ["fbfbf8", "eef3f7", "f7efe0", "9fc4d4"])
            rim = 1.0 - 0.10 * smoothstep(0.03, 0.0, np.abs(d - 0.74)) - 0.05 * smoothstep(0.78, 0.6, d)
            canvas.blend(plate * rim[..., None], canvas.cover((d - 1.0) * 0.4))
    flip = 1 if rng.random() < 0.5 else -1
    spots = [[(0.5, 0.56)], [(0.31, 0.48), (0.68, 0.62)], [(0.27, 0.44), (0.72, 0.42), (0.5, 0.7)]][count - 1]
    for x, y in spots:
        x = 0.5 + flip * (x - 0.5) + between(rng, -0.05, 0.05)
        y += between(rng, -0.05, 0.05)
        size = between(rng, *[(0.27, 0.36), (0.2, 0.26), (0.17, 0.22)][count - 1])
        # They hang by the stem, or have rolled over.
        turn = between(rng, -0.4, 0.4) if kind < 0.5 else between(rng, 0.35, 1.5) * int(rng.choice([-1, 1]))
        if kind >= 0.5:
            part = canvas.around(x - 0.25 * size * math.cos(light), y + 0.45 * size, size * 1.16)
            u, v = part.local(x - 0.25 * size * math.cos(light), y + 0.45 * size, size)
            part.shade(1.0 - 0.5 * smoothstep(1.15, 0.3, np.hypot(u, v / 0.7)))
        _berry(canvas, rng, x, y, size, turn, light)
