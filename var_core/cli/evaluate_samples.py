"""``evaluate-samples``: are samples of the class that was asked for, and are they more than copies?"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

import torch

from var_core.cli.common import add_sampling_arguments, sampling_options
from var_core.cli.outputs import Kind
from var_core.cli.progress import progress
from var_core.errors import ConfigError
from var_core.evaluation.classifier import train_judge
from var_core.evaluation.samples import sample_report
from var_core.evaluation.sheets import neighbour_sheet, poster
from var_core.images import save_png
from var_core.pipeline import VARPipeline
from var_core.precision import usable_threads
from var_core.training.data import ProceduralPictures, class_names
from var_core.validation import whole_number

WRITES: dict[str, Kind] = {"out": "folder"}
HELP = "Train a small classifier on drawn pictures and let it judge a model's samples; show their nearest neighbours."
EXAMPLES = """examples:
  python -m var_core evaluate-samples --out sheets
  python -m var_core evaluate-samples --model runs/model --per-class 100 --temperature 0.8 --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("--model", default="mini", help="a model whose classes can be drawn; default: mini")
    parser.add_argument("--device", help="cuda, mps or cpu; default: cuda if there is one, else cpu")
    parser.add_argument("--per-class", type=int, default=50, help="samples of each class; default: 50")
    parser.add_argument("--training", type=int, default=300, help="training pictures of each class for the judge")
    parser.add_argument("--held-out", type=int, default=50, help="held-out pictures of each class to check the judge")
    parser.add_argument("--neighbours", type=int, default=750,
                        help="training pictures of each class to look for copies among; default: 750, which is what "
                        "`train` draws of each (--pictures over the number of classes)")  # fmt: skip
    add_sampling_arguments(parser)
    parser.add_argument("--out", type=Path, help="folder for poster.png and neighbours.png; default: none are drawn")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(options: argparse.Namespace) -> None:
    """Trains the judge, samples, prints."""
    counts = {name: whole_number(getattr(options, name), f"--{name.replace('_', '-')}", 1, 10**5)
              for name in ("per_class", "training", "held_out", "neighbours")}  # fmt: skip
    torch.set_num_threads(usable_threads())
    pipe = VARPipeline.from_pretrained(options.model, device=options.device)
    sampling = sampling_options(options, pipe.default_options())
    sampling.check_codebook(pipe.config.tokenizer.codebook_size)
    ids = [label.class_id for label in pipe.config.classes if label.class_id in class_names()]
    if len(ids) < 2:
        raise ConfigError(f"--model must have two classes or more that can be drawn, {options.model} has {len(ids)}.")
    with progress() as shown:
        judge = train_judge(
            ids, per_class=counts["training"], held_out=counts["held_out"], progress=shown.part("drawing")
        )  # fmt: skip
    held_out = {
        class_id: torch.stack([data[index][0] for index in range(len(data))]).float().div(255)
        for class_id in ids
        for data in [ProceduralPictures((class_id,), min(10, counts["held_out"]), split="heldout")]
    }
    with progress() as shown:
        report = sample_report(
            pipe, judge, held_out, per_class=counts["per_class"], neighbours=counts["neighbours"], options=sampling,
            progress=shown.part("sampling"), searched=shown.part("looking for copies"),
        )  # fmt: skip
    figures = {
        "judge_held_out_accuracy": round(judge.held_out_accuracy, 4),
        "sample_accuracy": round(report.accuracy, 4),
        "sample_accuracy_by_class": {str(key): round(value, 3) for key, value in report.accuracy_by_class.items()},
        "samples": len(report.class_ids),
        "sampling": sampling.to_dict(),
        "training_pictures_of_each_class": report.looked_at,
        "nearest_rms": round(statistics.median(report.distances), 2),
        "nearest_rms_least": round(min(report.distances), 2),
        "held_out_nearest_rms": round(statistics.median(report.held_out_distances), 2),
        "held_out_nearest_rms_least": round(min(report.held_out_distances), 2),
    }
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        save_png(options.out / "neighbours.png", neighbour_sheet(report, judge))
        save_png(
            options.out / "poster.png",
            poster(pipe, ids, [0] * len(ids), side=pipe.config.image_side // 2, options=sampling),
        )
    if options.json:
        print(json.dumps(figures))
        return
    names = class_names()
    print(f"judge: {100 * judge.held_out_accuracy:.1f} % of held-out pictures named rightly")
    print(f"samples: {100 * report.accuracy:.1f} % of {len(report.class_ids)} are of the class that was asked for")
    for class_id, share in report.accuracy_by_class.items():
        print(f"  {class_id:>4} {names[class_id]:<20} {100 * share:.0f} %")
    print(f"nearest of {report.looked_at} training pictures of the class, RMS of 255 at 64 pixels, median (least): "
          f"samples {figures['nearest_rms']} ({figures['nearest_rms_least']}), held-out pictures "
          f"{figures['held_out_nearest_rms']} ({figures['held_out_nearest_rms_least']})")  # fmt: skip
