"""Arguments that both training commands share, and how they become settings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

from var_core.errors import TrainingError
from var_core.training.settings import OptimizerName
from var_core.training.training_data import ENDLESS, FolderSource, TrainingData
from var_core.validation import real_number, whole_number


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """--data and what belongs to it."""
    group = parser.add_argument_group("your own pictures")
    group.add_argument("--data", type=Path, help="folder of class folders; default: pictures drawn by code")
    group.add_argument("--validation", type=Path, help="such a folder to validate with; default: part of --data")
    group.add_argument("--validation-share", type=float, default=0.05, help="of --data to hold back; default: 0.05")
    group.add_argument("--bad-pictures", choices=["refuse", "skip"], default="refuse",
                       help="stop at unreadable or tiny pictures, or leave them out; both name them")  # fmt: skip
    group.add_argument("--flip", action="store_true", help="mirror half of the crops")


def add_loop_arguments(parser: argparse.ArgumentParser) -> None:
    """--out, --steps and the other settings of any run."""
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; goes on from what lies there")
    parser.add_argument("--steps", type=int, help="optimiser steps in all; default: the preset's")
    parser.add_argument("--minutes", type=float, help="stop, resumably, after so long")
    parser.add_argument("--batch", type=int, help="pictures a step, over all processes; default: the preset's")
    parser.add_argument("--accumulate", type=int, default=1, help="cut a step's batch into so many rounds")
    parser.add_argument("--learning-rate", type=float, help="peak; default: the preset's")
    parser.add_argument("--optimizer", choices=get_args(OptimizerName),
                        help="muon: it for matrices, adamw for the rest; default: the preset's")  # fmt: skip
    parser.add_argument("--ema", type=float, help="decay of the averaged weights, 0 for none; default: the preset's")
    parser.add_argument("--precision", choices=["no", "bf16", "fp16"], default="bf16", help="mixed precision")
    parser.add_argument("--cpu", action="store_true", help="use no GPU even if there is one")
    parser.add_argument("--workers", type=int, default=1, help="processes that prepare pictures")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--log-every", type=int, default=25, metavar="STEPS", help="default: 25")
    parser.add_argument("--save-every", type=int, default=500, metavar="STEPS", help="default: 500")
    parser.add_argument("--validate-every", type=int, default=500, metavar="STEPS",
                        help="also draws samples and curves; 0 for never; default: 500")  # fmt: skip
    parser.add_argument("--keep", type=int, default=2, help="checkpoints to keep; default: 2")


def loop_values(
    options: argparse.Namespace, *, steps: int, batch: int, rate: float, ema: float, optimizer: OptimizerName
) -> dict[str, Any]:
    """The shared settings, checked; the keyword values stand where an option was not given."""

    def whole(name: str, default: int | None, low: int, high: int) -> int:
        value = getattr(options, name)
        return whole_number(
            default if value is None else value, f"--{name.replace('_', '-')}", low, high, error=TrainingError
        )

    return {
        "out": options.out,
        "steps": whole("steps", steps, 1, 10**9),
        "batch": whole("batch", batch, 1, 2**20),
        "accumulate": whole("accumulate", 1, 1, 2**16),
        "learning_rate": real_number(
            rate if options.learning_rate is None else options.learning_rate, "--learning-rate", 0, 10,
            low_open=True, error=TrainingError,
        ),
        "ema_decay": real_number(
            ema if options.ema is None else options.ema, "--ema", 0, 0.999999, error=TrainingError
        ),
        "minutes": None if options.minutes is None
        else real_number(options.minutes, "--minutes", 0, 10**6, error=TrainingError),
        "mixed_precision": options.precision,
        "cpu": options.cpu,
        "optimizer": options.optimizer or optimizer,
        "workers": whole("workers", 1, 0, 256),
        "seed": whole("seed", 0, 0, 2**31 - 1),
        "log_every": whole("log_every", 25, 0, 10**9),
        "save_every": whole("save_every", 500, 0, 10**9),
        "validate_every": whole("validate_every", 500, 0, 10**9),
        "keep": whole("keep", 2, 1, 10**6),
    }  # fmt: skip


def folder_source(options: argparse.Namespace, *, one_class: bool) -> FolderSource | None:
    """The folder that the arguments name, or None for procedural pictures."""
    if options.data is None:
        if options.validation is not None:
            raise TrainingError("--validation needs --data.")
        return None
    share = real_number(options.validation_share, "--validation-share", 0, 0.9, error=TrainingError)
    return FolderSource(
        root=options.data, validation=options.validation, share=share, bad=options.bad_pictures,
        flip=options.flip, one_class=one_class,
    )  # fmt: skip


def found(data: TrainingData) -> str:
    """What there is to learn from, for people: "60 pictures in 3 classes, 3 held back"."""
    held = 0 if data.held_out is None else len(data.held_out)
    pictures, classes = len(data.pictures) + data.held_back, len(data.classes)
    count = "pictures drawn without end" if pictures >= ENDLESS else f"{pictures} picture{'' if pictures == 1 else 's'}"
    text = f"{count} in {classes} class{'' if classes == 1 else 'es'}"
    if not data.held_back:
        return f"{text}, {held} others to validate with" if held else f"{text}, none to validate with"
    return f"{text}, {data.held_back} held back" + (f" ({held} are looked at)" if held < data.held_back else "")
