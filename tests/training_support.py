"""Small networks and pictures to train in a second, also from other processes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from var_core.config import ClassLabel, ModelConfig, TokenizerConfig, TransformerConfig
from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.checkpoints import CheckpointFolder, read_state_of, read_weights_of
from var_core.training.model_source import fresh_model
from var_core.training.processes import start_accelerator
from var_core.training.settings import TokenizerTraining, TransformerTraining
from var_core.training.token_cache import EncodedPictures
from var_core.training.tokenizer_loop import train_tokenizer
from var_core.training.tokenizer_source import new_tokenizer
from var_core.training.transformer_loop import train_transformer
from var_core.transformer import Transformer

SCHEDULE = ScaleSchedule((1, 2, 4))
TOKENIZER = TokenizerConfig(
    channels=8, multipliers=(1, 2), num_residual_blocks=1, codebook_size=32, code_dim=8, norm_groups=4
)
SIZES = TransformerConfig(num_classes=3, depth=2, embed_dim=32, num_heads=2)
CLASSES = tuple(ClassLabel(row, f"class {row}") for row in range(3))
CONFIG = ModelConfig("tiny", TOKENIZER, SIZES, SCHEDULE, CLASSES)
# The same sizes as arguments; 16-px pictures are the smallest that can be drawn.
TOKENIZER_FLAGS = shlex.split(
    "--channels 8 --multipliers 1 2 --residual-blocks 1 --codes 32 --code-dim 8 --norm-groups 4 --sides 1 2 4 8"
)
MODEL_FLAGS = shlex.split("--depth 2 --width 32 --heads 2")
PLAIN = shlex.split("--precision no --workers 0 --cpu")


class NoisePictures:
    """Pictures (3, 8, 8) that depend on index and visit."""

    def __init__(self, count: int, side: int = 8) -> None:
        self.count, self.side = count, side

    def __len__(self) -> int:
        return self.count

    def view(self, index: int, visit: int) -> tuple[Tensor, int]:
        generator = torch.Generator().manual_seed(1000 * visit + index)
        coarse = torch.randint(0, 256, (3, self.side // 2, self.side // 2), generator=generator, dtype=torch.uint8)
        return coarse.repeat_interleave(2, 1).repeat_interleave(2, 2), index % 3

    def fingerprint(self) -> str:
        return f"noise {self.count} {self.side}"


def tokens(count: int = 48) -> EncodedPictures:
    """Ids that depend on the class: something to learn."""
    labels = torch.arange(count) % 3
    ids = labels[:, None] * 7 + torch.arange(SCHEDULE.num_tokens)[None] % 3
    return EncodedPictures(ids.to(torch.int16)[None], labels)


def train_small_transformer(out: Path, steps: int = 12, count: int = 48, **changes: Any) -> Transformer:
    """A whole run of the transformer's loop."""
    values: dict[str, Any] = {
        "batch": 8, "learning_rate": 1e-2, "mixed_precision": "no", "workers": 0, "drop_path": 0.2, "cpu": True,
        "validate_every": 0, "final_weight_decay": 0.1, **changes,
    }  # fmt: skip
    settings = TransformerTraining(out=out, steps=steps, **values)
    tokenizer = new_tokenizer(TOKENIZER, SCHEDULE, seed=0).requires_grad_(False)
    start = fresh_model(SIZES, tokenizer, CLASSES, name="tiny", alng=1e-3, seed=0)
    accelerator = start_accelerator(settings.mixed_precision, cpu=True)
    held = tokens(9) if settings.validate_every else None
    return train_transformer(start.config, start.transformer, tokenizer, tokens(count), held, settings, accelerator)


def train_small_tokenizer(out: Path, steps: int = 12, count: int = 48, **changes: Any) -> Tokenizer:
    """A whole run of the tokenizer's loop."""
    values: dict[str, Any] = {
        "batch": 4, "learning_rate": 1e-3, "mixed_precision": "no", "workers": 0, "cpu": True, "validate_every": 0,
        "warmup_unquantized": 2, "patience": 3, **changes,
    }  # fmt: skip
    settings = TokenizerTraining(out=out, steps=steps, **values)
    accelerator = start_accelerator(settings.mixed_precision, cpu=True, unused_parameters=True)
    held = NoisePictures(5) if settings.validate_every else None
    tokenizer = new_tokenizer(TOKENIZER, SCHEDULE, seed=0)
    return train_tokenizer(tokenizer, NoisePictures(count), held, settings, accelerator)


def saved(out: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Weights and state of a run's newest good checkpoint."""
    newest = CheckpointFolder(out).newest()
    assert newest is not None
    return read_weights_of(newest), read_state_of(newest)


def tensors_of(value: Any, name: str = "") -> Iterator[tuple[str, Tensor]]:
    """Every tensor in nested dictionaries and lists, by its path."""
    if isinstance(value, Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from tensors_of(part, f"{name}/{key}")
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from tensors_of(part, f"{name}/{index}")


def assert_same_run(first: Path, second: Path) -> None:
    """Averaged weights, weights and optimiser of two runs are equal to the bit."""
    mine, others = dict(tensors_of(saved(first))), dict(tensors_of(saved(second)))
    assert mine.keys() == others.keys()
    assert len(mine) > 100
    assert [name for name in mine if not torch.equal(mine[name], others[name])] == []


def train_to_be_killed(out: Path, steps: int) -> None:
    """What the kill sweep runs in a process of its own: a checkpoint and a log row at every step."""
    torch.set_num_threads(1)
    train_small_transformer(out, steps, save_every=1, log_every=1)
