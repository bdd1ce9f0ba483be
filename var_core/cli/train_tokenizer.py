"""``train-tokenizer``: train the multi-scale tokenizer on drawn pictures."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from var_core.config import TokenizerConfig
from var_core.scales import SCHEDULE_256
from var_core.training.data import class_names
from var_core.training.tokenizer_loop import TokenizerTraining, train_tokenizer
from var_core.validation import whole_number

HELP = "Train the tokenizer on the procedural pictures; resumes from the folder if it holds a run."
EXAMPLES = """examples:
  python -m var_core train-tokenizer --out runs/tokenizer --steps 8000
  python -m var_core train-tokenizer --out runs/tokenizer --steps 8000 --minutes 50     (and again, to go on)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments; the sizes default to those of the embedded model."""
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--steps", type=int, default=8000, help="optimiser steps in all")
    parser.add_argument("--minutes", type=float, help="stop, resumably, after so long")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument("--channels", type=int, default=16, help="at full resolution")
    parser.add_argument("--multipliers", type=int, nargs=5, default=[1, 1, 2, 3, 5], help="per level")
    parser.add_argument("--residual-blocks", type=int, default=1, help="per level")
    parser.add_argument("--codes", type=int, default=1024, help="codebook size")
    parser.add_argument("--norm-groups", type=int, default=8)
    parser.add_argument("--precision", choices=["no", "bf16", "fp16"], default="bf16", help="mixed precision")
    parser.add_argument("--workers", type=int, default=1, help="processes that draw pictures")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> None:
    """Trains."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    config = TokenizerConfig(
        channels=options.channels, multipliers=tuple(options.multipliers),
        num_residual_blocks=options.residual_blocks, codebook_size=options.codes, norm_groups=options.norm_groups,
    )  # fmt: skip
    settings = TokenizerTraining(
        out=options.out, class_ids=tuple(class_names()),
        steps=whole_number(options.steps, "--steps", 1, 10**9), batch=whole_number(options.batch, "--batch", 1, 4096),
        learning_rate=options.learning_rate, minutes=options.minutes, mixed_precision=options.precision,
        workers=whole_number(options.workers, "--workers", 0, 256), seed=options.seed,
    )  # fmt: skip
    train_tokenizer(config, SCHEDULE_256, settings)
