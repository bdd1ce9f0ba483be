"""``sample``: pictures of classes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from var_core.cli.common import (
    DEFAULT_MODEL,
    add_model_arguments,
    add_sampling_arguments,
    class_id_of,
    load,
    sampling_options,
)
from var_core.cli.outputs import Kind, parent_exists
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
from var_core.options import SamplingOptions, check_seed
from var_core.pipeline import VARPipeline
from var_core.requests import MAX_BATCH
from var_core.steps import ScaleStep
from var_core.trace import record
from var_core.validation import shown, whole_number

WRITES: dict[str, Kind] = {"out": "png", "strip": "png", "animation": "animation", "trace": "folder"}
HELP = "Draw pictures of classes; several classes and seeds make a grid."
EXAMPLES = """examples:
  python -m var_core sample --class-id 980 --seed 0 --out volcano.png
  python -m var_core sample --class-id 980 417 --seed 0 1 2 --out grid.png       six pictures: a row a class
  python -m var_core sample --class-id 985 --out a.png --strip s.png --animation a.webp --trace run/
  python -m var_core sample --like a.png --out again.png                         the same picture again
  python -m var_core sample --like a.png --seed 1 --out other.png                the same, but for the seed
  python -m var_core sample --class-id none --guidance 0 --json                  no class; settings on standard output
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_model_arguments(parser)
    parser.add_argument("--class-id", nargs="+", help="ids of the model's classes, or none for no class")
    parser.add_argument("--seed", nargs="+", type=int, help="0 … 4294967295; default: 0")
    add_sampling_arguments(parser)
    parser.add_argument("--like", type=Path, metavar="PNG",
                        help="take all settings from a picture made by this command, but for those given beside it"
                        )  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("sample.png"), help="PNG to write; default: sample.png")
    parser.add_argument("--strip", type=Path, metavar="PNG", help="also write all scales, a row a picture")
    parser.add_argument("--animation", type=Path, metavar="WEBP",
                        help="also write the scales as an animation: .webp, .gif or .png")  # fmt: skip
    parser.add_argument("--trace", type=Path, metavar="DIR", help="also record the whole run into a folder")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run(options: argparse.Namespace) -> None:
    """Draws and writes."""
    classes, seeds, sampling = _asked(options)
    whole_number(len(classes) * len(seeds), "the number of pictures", 1, MAX_BATCH, error=SamplingError)
    pipe = load(options)
    sampling = sampling_options(options, sampling or pipe.default_options())
    class_ids, columns = [class_id for class_id in classes for _ in seeds], len(seeds)
    seeds_of_all = list(seeds) * len(classes)
    steps, decoded = _draw(pipe, class_ids, seeds_of_all, sampling, options)
    settings = {
        "format": SETTINGS_FORMAT, "classes": classes, "seeds": seeds, "options": sampling.to_dict(),
        "model": options.model, "precision": pipe.precision.name,
    }  # fmt: skip
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
        record(pipe.settings_of(class_ids, seeds_of_all, sampling), steps).save(options.trace)
        written["trace"] = str(options.trace)
    if options.json:
        print(json.dumps({**settings, "written": written}, ensure_ascii=False))
    else:
        print("\n".join(f"{kind}: {path}" for kind, path in written.items()))


def _asked(options: argparse.Namespace) -> tuple[list[int | None], list[int], SamplingOptions | None]:
    """Classes, seeds and, from a picture, options; fills in the model. No model is loaded before this is sound."""
    given = None if options.class_id is None else [class_id_of(text) for text in options.class_id]
    if options.like is None:
        if given is None:
            raise SamplingError("Give --class-id (an id of the model's classes, or none), or --like a picture.")
        options.model = options.model or DEFAULT_MODEL
        return given, _seeds(options.seed or [0]), None
    classes, seeds, sampling, model, precision = _parsed(read_settings(options.like))
    options.model, options.precision = options.model or model, options.precision or precision
    return given or classes, _seeds(options.seed or seeds), sampling


def _seeds(seeds: list[Any]) -> list[int]:
    return [check_seed(seed) for seed in seeds]


def _parsed(settings: dict[str, Any]) -> tuple[list[int | None], list[int], SamplingOptions, str, str]:
    """What a picture's settings say: classes, seeds, options, model, precision."""
    if settings.get("format") != SETTINGS_FORMAT:
        raise SamplingError(f"Settings of format {SETTINGS_FORMAT} are read, got {shown(settings.get('format'))}.")
    try:
        for name, kind in (("classes", list), ("seeds", list), ("model", str), ("precision", str)):
            if not isinstance(settings[name], kind):
                raise TypeError(f"{name} is {shown(settings[name])}")
        sampling = SamplingOptions(**settings["options"])
    except (KeyError, TypeError) as error:
        raise SamplingError(f"The settings lack or misname an entry: {error}.") from error
    return settings["classes"], settings["seeds"], sampling, settings["model"], settings["precision"]


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
