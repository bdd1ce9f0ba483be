"""``evaluate``: what a model's tokenizer keeps, and what ``fast`` changes."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import torch
from tqdm import tqdm

from var_core.evaluation.agreement import agreement
from var_core.evaluation.reconstruction import reconstruction_report
from var_core.pipeline import VARPipeline
from var_core.precision import usable_threads
from var_core.validation import whole_number

HELP = "Measure a model on held-out procedural pictures, and its two precisions against each other."
EXAMPLES = """examples:
  python -m var_core evaluate
  python -m var_core evaluate --model runs/model/model --per-class 20 --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("--model", default="mini", help="a model whose classes can be drawn; default: mini")
    parser.add_argument("--device", help="cuda, mps or cpu; default: cuda if there is one, else cpu")
    parser.add_argument("--per-class", type=int, default=50, help="held-out pictures of each class")
    parser.add_argument("--textures", type=int, default=100, help="textures of no class")
    parser.add_argument("--seeds", type=int, default=2, help="samples a class to compare precisions with")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(options: argparse.Namespace) -> None:
    """Measures and prints."""
    counts = {name: whole_number(getattr(options, name), f"--{name.replace('_', '-')}", 1, 10**6)
              for name in ("per_class", "textures", "seeds")}  # fmt: skip
    torch.set_num_threads(usable_threads())
    exact, fast = (
        VARPipeline.from_pretrained(options.model, device=options.device, precision=precision)
        for precision in ("exact", "fast")
    )
    with tqdm(total=counts["per_class"] * len(exact.config.classes) + counts["textures"], file=sys.stderr) as bar:
        report = reconstruction_report(
            exact, per_class=counts["per_class"], textures=counts["textures"],
            progress=lambda done, total: _advance(bar, done),
        )  # fmt: skip
    same = agreement(exact, fast, seeds=counts["seeds"])
    figures = {
        "psnr_db": round(report.psnr, 2),
        "psnr_db_by_class": {str(key): round(value, 2) for key, value in report.psnr_by_class.items()},
        "psnr_db_textures": round(report.psnr_textures, 2),
        "pictures": report.pictures,
        "code_usage": round(report.code_usage, 3),
        "fast_equal_draws": round(same.tokens, 4),
        "fast_decode_psnr_db": round(same.psnr, 1),
    }
    if options.json:
        print(json.dumps(figures))
        return
    names = {str(label.class_id): label.name for label in exact.config.classes}
    print(f"tokenizer, {report.pictures} held-out pictures: PSNR {figures['psnr_db']} dB, textures "
          f"{figures['psnr_db_textures']} dB, {100 * report.code_usage:.0f} % of the codes used")  # fmt: skip
    for key, value in report.psnr_by_class.items():
        print(f"  {key:>4} {names[str(key)]:<20} {value:.2f} dB")
    print(f"fast against exact: {100 * same.tokens:.2f} % equal draws, decoded pictures {same.psnr:.1f} dB apart")


def _advance(bar: Any, done: int) -> None:
    bar.update(done - bar.n)
