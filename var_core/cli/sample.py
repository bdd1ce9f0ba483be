"""``sample``: pictures of classes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from var_core.cli.common import (
    add_model_arguments,
    add_sampling_arguments,
    class_id_of,
    load,
    parent_exists,
    sampling_options,
)
from var_core.errors import SamplingError
from var_core.images import (
    SETTINGS_FORMAT,
    Pixels,
    contact_sheet,
    read_settings,
    save_animation,
    save_png,
    to_pixels,
)
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.steps import ScaleStep
from var_core.trace import record

HELP = "Draw pictures of classes; several classes and seeds make a grid."
EXAMPLES = """examples:
  python -m var_core sample --class-id 980 --seed 0 --out volcano.png
  python -m var_core sample --class-id 980 417 --seed 0 1 2 --out grid.png       six pictures: a row a class
  python -m var_core sample --class-id 985 --out a.png --strip s.png --animation a.webp --trace run/
  python -m var_core sample --like a.png --out again.png                         the same picture again
  python -m var_core sample --class-id none --guidance 0 --json                  no class; settings on standard output
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_model_arguments(parser)
    parser.add_argument("--class-id", nargs="+", help="ids of the model's classes, or none for no class")
    parser.add_argument("--seed", nargs="+", type=int, default=[0], help="0 … 4294967295; default: 0")
    add_sampling_arguments(parser)
    parser.add_argument(
        "--like", type=Path, metavar="PNG", help="take all settings from a picture made by this command"
    )
    parser.add_argument("--out", type=Path, default=Path("sample.png"), help="PNG to write; default: sample.png")
    parser.add_argument("--strip", type=Path, metavar="PNG", help="also write all scales, a row a picture")
    parser.add_argument("--animation", type=Path, metavar="WEBP", help="also write the scales as an animation")
    parser.add_argument("--trace", type=Path, metavar="DIR", help="also record the whole run into a folder")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run(options: argparse.Namespace) -> None:
    """Draws and writes."""
    if options.like is not None:
        settings = read_settings(options.like)
        options.model, options.precision = str(settings.get("model")), settings.get("precision")
        pipe = load(options)
    else:
        classes = _classes(options)
        pipe = load(options)
        settings = {
            "format": SETTINGS_FORMAT,
            "classes": classes,
            "seeds": options.seed,
            "options": sampling_options(options, pipe).to_dict(),
        }
    class_ids, seeds, sampling, columns = _parsed(settings)
    steps, decoded = _draw(pipe, class_ids, seeds, sampling, options)
    settings = {**settings, "model": options.model, "precision": pipe.precision.name}
    save_png(parent_exists(options.out), contact_sheet(decoded[-1], columns=columns), settings)
    written = {"out": str(options.out)}
    if options.strip is not None:
        scales = [contact_sheet(pixels, columns=1) for pixels in decoded]
        save_png(parent_exists(options.strip), np.concatenate(scales, axis=1), settings)
        written["strip"] = str(options.strip)
    if options.animation is not None:
        save_animation(parent_exists(options.animation), [contact_sheet(pixels, columns) for pixels in decoded])
        written["animation"] = str(options.animation)
    if options.trace is not None:
        record(pipe.settings_of(class_ids, seeds, sampling), steps).save(options.trace)
        written["trace"] = str(options.trace)
    if options.json:
        print(json.dumps({**settings, "written": written}, ensure_ascii=False))
    else:
        print("\n".join(f"{kind}: {path}" for kind, path in written.items()))


def _classes(options: argparse.Namespace) -> list[int | None]:
    if not options.class_id:
        raise SamplingError("Give --class-id (an id of the model's classes, or none), or --like a picture.")
    return [class_id_of(text) for text in options.class_id]


def _parsed(settings: dict[str, Any]) -> tuple[list[int | None], list[int], SamplingOptions, int]:
    """Class and seed of every picture, the options, and the columns of the grid: every class with every seed."""
    if settings.get("format") != SETTINGS_FORMAT:
        raise SamplingError(f"Settings of format {SETTINGS_FORMAT} are read, got {settings.get('format')!r}.")
    try:
        classes, seeds = list(settings["classes"]), list(settings["seeds"])
        sampling = SamplingOptions(**settings["options"])
    except (KeyError, TypeError) as error:
        raise SamplingError(f"The settings lack or misname an entry: {error}.") from error
    pairs = [(class_id, seed) for class_id in classes for seed in seeds]
    return [class_id for class_id, _ in pairs], [seed for _, seed in pairs], sampling, len(seeds)


def _draw(
    pipe: VARPipeline,
    class_ids: list[int | None],
    seeds: list[int],
    sampling: SamplingOptions,
    options: argparse.Namespace,
) -> tuple[list[ScaleStep], list[Pixels]]:
    """The steps, and their pictures (B, H, W, 3): of every scale if all are to be shown, else of the last."""
    stream = pipe.stream(class_ids, seeds=seeds, options=sampling, statistics=options.trace is not None)
    total = pipe.config.schedule.num_scales
    steps, decoded = [], []
    for step in tqdm(stream, total=total, unit="scale", leave=False, disable=options.json):
        steps.append(step)
        if options.animation is not None or options.strip is not None or step.scale == total - 1:
            decoded.append(to_pixels(pipe.decode(step.latent)))
    return steps, decoded
