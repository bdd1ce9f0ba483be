"""``train``: train the transformer on a trained tokenizer's tokens and save the whole model."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import torch

from var_core.checkpoint import save_model
from var_core.config import ClassLabel, ModelConfig, TokenizerConfig, TransformerConfig
from var_core.errors import TrainingError
from var_core.scales import SCHEDULE_256
from var_core.tokenizer import Tokenizer
from var_core.training.checkpoints import load_state
from var_core.training.data import ProceduralPictures, class_names
from var_core.training.token_cache import encode_pictures
from var_core.training.transformer_loop import TransformerTraining, train_transformer
from var_core.transformer import Transformer
from var_core.validation import whole_number

HELP = "Train the transformer on the procedural pictures and save the model; resumes from the folder."
EXAMPLES = """examples:
  python -m var_core train --tokenizer runs/tokenizer --out runs/model --steps 5000
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments; the sizes default to those of the embedded model."""
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder of a train-tokenizer run")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; the model is saved in OUT/model")
    parser.add_argument("--name", default="mini", help="what the model calls itself")
    parser.add_argument("--pictures", type=int, default=12000, help="pictures to draw and encode once")
    parser.add_argument("--steps", type=int, default=5000, help="optimiser steps in all")
    parser.add_argument("--minutes", type=float, help="stop, resumably, after so long")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--depth", type=int, default=6)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--separate-adaln", action="store_true", help="one AdaLN a block instead of a shared one")
    parser.add_argument("--precision", choices=["no", "bf16", "fp16"], default="bf16", help="mixed precision")
    parser.add_argument("--workers", type=int, default=1, help="processes that draw pictures")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> None:
    """Encodes, trains, saves."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    tokenizer, token_config = _trained_tokenizer(options.tokenizer)
    names = class_names()
    sizes = TransformerConfig(
        num_classes=len(names), depth=options.depth, embed_dim=options.width, num_heads=options.heads,
        shared_adaln=not options.separate_adaln,
    )  # fmt: skip
    classes = tuple(ClassLabel(class_id, name) for class_id, name in names.items())
    config = ModelConfig(options.name, token_config, sizes, SCHEDULE_256, classes)
    settings = TransformerTraining(
        out=options.out, steps=whole_number(options.steps, "--steps", 1, 10**9),
        batch=whole_number(options.batch, "--batch", 1, 4096), learning_rate=options.learning_rate,
        minutes=options.minutes, mixed_precision=options.precision, seed=options.seed,
    )  # fmt: skip
    count = whole_number(options.pictures, "--pictures", settings.batch, 10**8)
    pictures = ProceduralPictures(tuple(names), count, side=config.image_side)
    token_ids, labels = encode_pictures(
        tokenizer, pictures, options.out / "tokens.pt", workers=whole_number(options.workers, "--workers", 0, 256)
    )
    transformer = Transformer(sizes, token_config, SCHEDULE_256)
    average = train_transformer(transformer, tokenizer.quantizer, token_ids, labels, settings)
    transformer.load_state_dict(average)
    save_model(options.out / "model", config, tokenizer, transformer, torch.float16)


def _trained_tokenizer(folder: Path) -> tuple[Tokenizer, TokenizerConfig]:
    path = folder / "state.pt"
    if not path.is_file():
        raise TrainingError(f"{folder} holds no tokenizer run (no state.pt); run train-tokenizer first.")
    state = load_state(path)
    config = TokenizerConfig(**{**state["config"], "multipliers": tuple(state["config"]["multipliers"])})
    tokenizer = Tokenizer(config, SCHEDULE_256)
    tokenizer.load_state_dict(state["model"])
    return tokenizer.requires_grad_(False).eval(), config
