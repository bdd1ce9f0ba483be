"""``train``: train the transformer on a tokenizer's tokens, or fine-tune one, and save the whole model."""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from accelerate import Accelerator

from var_core.cli.outputs import Kind
from var_core.cli.progress import Progress, progress
from var_core.cli.training_options import add_data_arguments, add_loop_arguments, folder_source, found, loop_values
from var_core.config import ClassLabel
from var_core.errors import TrainingError
from var_core.saving import save_model
from var_core.training.data import Pictures, class_names
from var_core.training.earlier import check_earlier_transformer
from var_core.training.folders import scan
from var_core.training.model_source import (
    StartingPoint,
    check_sizes,
    expected_schedule,
    fresh_model,
    read_model,
    trained_model,
)
from var_core.training.order import PictureBatches, Source, micro_batch
from var_core.training.processes import only_run, start_accelerator
from var_core.training.recipes import (
    TRANSFORMER_RECIPES,
    TransformerRecipe,
    fine_tuning,
    recipe_of_sizes,
    transformer_recipe,
)
from var_core.training.settings import TransformerTraining
from var_core.training.stopping import Stopped, StopRequest
from var_core.training.token_cache import EncodedPictures, encode_pictures
from var_core.training.tokenizer_source import read_tokenizer
from var_core.training.training_data import TrainingData, folder_data, procedural_data
from var_core.training.transformer_loop import coarse_scales, train_transformer
from var_core.validation import real_number, whole_number

logger = logging.getLogger(__name__)

WRITES: dict[str, Kind] = {"out": "folder"}
HELP = "Train the transformer on your pictures or on drawn ones and save the model; resumes from the folder."
EXAMPLES = """examples:
  python -m var_core train --tokenizer runs/tokenizer --out runs/model --steps 5000
  python -m var_core train --init-from mini --data my_photos --out runs/my-model --steps 2000
  python -m var_core train --init-from var_d16.pth --tokenizer vae_ch160v4096z32.pth --data my_photos --out runs/d16
  accelerate launch --num_processes 8 -m var_core train --preset d16 --tokenizer vae_ch160v4096z32.pth \\
      --data imagenet/train --validation imagenet/val --out runs/d16
"""
SAVED_AS = {"float16": torch.float16, "bfloat16": torch.bfloat16, "float32": torch.float32}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments; the preset decides what is not given."""
    parser.add_argument("--preset", choices=list(TRANSFORMER_RECIPES), help="default: mini, or the start's own")
    parser.add_argument("--tokenizer", help="a train-tokenizer run, a model, or an official .pth")
    parser.add_argument(
        "--init-from", metavar="MODEL", help="fine-tune: a model, a run, or an official .pth with --tokenizer"
    )
    parser.add_argument("--name", help="what the model calls itself; default: mini, or the name of OUT with --data")
    add_loop_arguments(parser)
    parser.add_argument("--epochs", type=int, help="length of the run, instead of --steps")
    parser.add_argument("--pictures", type=int, default=12000, help="without --data: how many to draw")
    add_data_arguments(parser)
    parser.add_argument("--allow-one-class", action="store_true", help="train on a folder with a single class")
    parser.add_argument("--views", type=int, help="crops of each picture to encode beforehand; 0: one at each step")
    sizes = parser.add_argument_group("sizes, if not the preset's")
    sizes.add_argument("--depth", type=int)
    sizes.add_argument("--width", type=int)
    sizes.add_argument("--heads", type=int)
    sizes.add_argument("--separate-adaln", action="store_true", help="one AdaLN a block instead of a shared one")
    recipe = parser.add_argument_group("recipe, if not the preset's")
    recipe.add_argument("--drop-path", type=float, help="stochastic depth of the last block")
    recipe.add_argument(
        "--coarse-share",
        type=float,
        metavar="SHARE",
        help="of the steps, taken on the first scales only: cheap, and they decide most of a picture",
    )
    recipe.add_argument("--coarse-scales", type=int, metavar="N", help="in those; default: all but the last two")
    recipe.add_argument("--label-dropout", type=float, default=0.1, help="share shown the null class; default: 0.1")
    recipe.add_argument("--weight-decay", type=float)
    parser.add_argument("--save-as", choices=list(SAVED_AS), default="float16", help="weights of OUT/model")


def run(options: argparse.Namespace) -> None:
    """Checks, encodes, trains, saves."""
    epochs = _epochs(options)
    accelerator = start_accelerator(options.precision, cpu=options.cpu)
    classes = _classes(options)
    start, recipe = _start(options, classes)
    folder = folder_source(options, one_class=options.allow_one_class)
    batch = recipe.batch if options.batch is None else options.batch
    shared = loop_values(
        options, steps=1, batch=batch, rate=recipe.peak(batch), ema=recipe.ema_decay, optimizer=recipe.optimizer
    )
    micro_batch(shared["batch"], shared["accumulate"], accelerator.num_processes)
    settings = TransformerTraining(
        **shared, final_rate=recipe.final_rate, alng=recipe.alng,
        weight_decay=_share(options.weight_decay, recipe.weight_decay, "--weight-decay"),
        final_weight_decay=_share(options.weight_decay, recipe.final_weight_decay, "--weight-decay"),
        label_dropout=_share(options.label_dropout, 0.1, "--label-dropout"),
        drop_path=_share(options.drop_path, recipe.drop_path, "--drop-path"),
        coarse_share=_share(options.coarse_share, recipe.coarse_share, "--coarse-share"),
        coarse_scales=options.coarse_scales,
    )  # fmt: skip
    if settings.coarse_share:
        coarse_scales(settings.coarse_scales, start.config.schedule)
    check_earlier_transformer(start.config, start.tokenizer, settings)
    views = whole_number(_views(options, recipe), "--views", 0, 1000, error=TrainingError)
    side = start.config.image_side
    count = whole_number(options.pictures, "--pictures", 1, 10**8, error=TrainingError)
    with only_run(settings.out, accelerator), progress(quiet=not accelerator.is_main_process) as shown:
        if folder is None:
            data = procedural_data(side=side, count=count, held_out=min(settings.validation_pictures, count // 10))
        else:
            with accelerator.main_process_first():
                data = folder_data(
                    folder, side=side, seed=settings.seed, out=settings.out,
                    held_out=settings.validation_pictures, progress=shown.part("reading"),
                )  # fmt: skip
        shown.say(found(data))
        if options.steps is None:
            settings = replace(settings, steps=_steps(epochs, recipe, len(data.pictures), settings.batch))
        start.tokenizer.to(accelerator.device)
        began = time.monotonic()
        try:
            with StopRequest(settings.minutes) as stop:
                source, held_out = _sources(data, start, views, settings, accelerator, shown, stop.wanted)
        except Stopped as stopped:
            logger.info("%s", stopped)
            return
        if settings.minutes is not None:  # encoding took its part of them
            left = settings.minutes - (time.monotonic() - began) / 60
            settings = replace(settings, minutes=max(0.0, left))
        shown.steps(settings.steps, "train")
        average = train_transformer(
            start.config, start.transformer, start.tokenizer, source, held_out, settings, accelerator, shown.step
        )
        if accelerator.is_main_process:
            save_model(settings.out / "model", start.config, start.tokenizer, average, SAVED_AS[options.save_as])
    accelerator.end_training()


def _classes(options: argparse.Namespace) -> tuple[ClassLabel, ...]:
    """The classes to train, before any picture is read."""
    if options.data is None:
        return tuple(ClassLabel(class_id, name) for class_id, name in class_names().items())
    return scan(options.data, min_classes=1 if options.allow_one_class else 2).classes


def _start(options: argparse.Namespace, classes: tuple[ClassLabel, ...]) -> tuple[StartingPoint, TransformerRecipe]:
    """The networks to start from and the recipe to go by."""
    asked: dict[str, Any] = {
        name: value for name, value in
        (("depth", options.depth), ("embed_dim", options.width), ("num_heads", options.heads)) if value is not None
    }  # fmt: skip
    if options.separate_adaln:
        asked["shared_adaln"] = False
    name = options.name or ("mini" if options.data is None else options.out.resolve().name)
    if options.init_from is not None:
        loaded, tokenizer = read_model(options.init_from, options.tokenizer)
        if options.preset is not None:
            sizes = TRANSFORMER_RECIPES[options.preset].sizes
            asked = {key: getattr(sizes, key) for key in ("depth", "embed_dim", "num_heads", "shared_adaln")} | asked
        check_sizes(asked, loaded.config.transformer, options.init_from)
        recipe = fine_tuning(TRANSFORMER_RECIPES[options.preset or recipe_of_sizes(loaded.config.transformer)])
        return trained_model(loaded, tokenizer, classes, name=name, seed=options.seed), recipe
    if options.tokenizer is None:
        raise TrainingError("Give --tokenizer (a train-tokenizer run, a model or an official .pth), or --init-from.")
    preset = options.preset or "mini"
    recipe = transformer_recipe(preset)
    tokenizer = read_tokenizer(options.tokenizer, expected_schedule(preset, recipe.schedule, options.tokenizer))
    sizes = replace(recipe.sizes, **asked)
    return fresh_model(sizes, tokenizer, classes, name=name, alng=recipe.alng, seed=options.seed), recipe


def _epochs(options: argparse.Namespace) -> int | None:
    """The length of the run in epochs, or None if it is given otherwise."""
    if options.epochs is None:
        return None
    if options.steps is not None:
        raise TrainingError(f"--epochs {options.epochs} and --steps {options.steps} are two lengths; leave one out.")
    return whole_number(options.epochs, "--epochs", 1, 10**6, error=TrainingError)


def _steps(epochs: int | None, recipe: TransformerRecipe, pictures: int, batch: int) -> int:
    return recipe.steps_for(pictures, batch) if epochs is None else max(1, epochs * pictures // batch)


def _views(options: argparse.Namespace, recipe: TransformerRecipe) -> int:
    if options.views is not None:
        return int(options.views)
    return recipe.views if options.data is not None else 1  # a drawn picture looks the same on every visit


def _sources(
    data: TrainingData, start: StartingPoint, views: int, settings: TransformerTraining, accelerator: Accelerator,
    shown: Progress, wanted: Callable[[], bool],
) -> tuple[Source, EncodedPictures | None]:  # fmt: skip
    """Encoded pictures to train on (or pictures to encode at each step) and to validate with."""

    def encoded(pictures: Pictures, count: int, description: str) -> EncodedPictures:
        return encode_pictures(
            start.tokenizer, pictures, settings.out, views=count, workers=settings.workers, accelerator=accelerator,
            progress=shown.part(description), wanted=wanted,
        )  # fmt: skip

    source = encoded(data.pictures, views, "encoding") if views else PictureBatches(data.pictures)
    held = data.held_out
    return source, None if held is None else encoded(held, 1, "encoding to validate")


def _share(value: float | None, default: float, name: str) -> float:
    return real_number(default if value is None else value, name, 0, 0.99, error=TrainingError)
