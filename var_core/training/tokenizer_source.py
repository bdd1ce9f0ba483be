"""Where a trained tokenizer comes from: a run of ``train-tokenizer``, a whole model, or an official file."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from var_core.autoencoder import ResidualBlock, SpatialAttention
from var_core.checkpoint import load_into, read_official, renamed
from var_core.config import TokenizerConfig
from var_core.errors import ConfigError, TrainingError
from var_core.loading import load_folder
from var_core.official import TOKENIZER_NAMES, tokenizer_config
from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.checkpoints import CheckpointFolder, read_weights_of


def tokenizer_values(config: TokenizerConfig) -> dict[str, Any]:
    """Sizes as plain values, for checkpoints."""
    return {**asdict(config), "multipliers": list(config.multipliers)}


def new_tokenizer(config: TokenizerConfig, schedule: ScaleSchedule, seed: int) -> Tokenizer:
    """An untrained tokenizer; the same weights for the same seed, in every process.

    What is added to a residual stream begins at zero, so that each block starts as the identity: within the first
    thousand pictures that alone is worth 2 dB.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        tokenizer = Tokenizer(config, schedule)
    for module in tokenizer.modules():
        if isinstance(module, ResidualBlock):
            _silence(module.conv2)
        elif isinstance(module, SpatialAttention):
            _silence(module.proj)
    return tokenizer


def _silence(convolution: nn.Conv2d) -> None:
    nn.init.zeros_(convolution.weight)
    assert convolution.bias is not None
    nn.init.zeros_(convolution.bias)


def going_on(trained: Tokenizer, codes: int | None = None) -> Tokenizer:
    """A trained tokenizer, to be trained further; with ``codes``, its codebook is a new one of that size."""
    if codes is None or codes == trained.config.codebook_size:
        return trained.requires_grad_(True).train()
    larger = new_tokenizer(replace(trained.config, codebook_size=codes), trained.schedule, seed=0)
    kept = {name: tensor for name, tensor in trained.state_dict().items() if name != "quantizer.codebook"}
    larger.load_state_dict(kept, strict=False)
    return larger


def read_tokenizer(source: str | Path, schedule: ScaleSchedule | None) -> Tokenizer:
    """A frozen float32 tokenizer on the CPU.

    Args:
        source: folder of a ``train-tokenizer`` run (its newest good checkpoint counts), a model's name or folder,
            or an official ``.pth``.
        schedule: the sides it must have; an official file tells none and takes these. None: as it was trained.

    Raises:
        TrainingError: if there is no tokenizer, or it was trained for other sides.
        CheckpointError: if a file is damaged.
    """
    path = Path(source)
    if path.is_file():
        tokenizer = _official(path, schedule)
    elif (path / "checkpoints").is_dir():
        tokenizer = _of_run(path)
    elif path.is_dir() and not (path / "config.json").exists():
        raise TrainingError(f"{path} holds no tokenizer (neither a run nor a model); run train-tokenizer first.")
    elif not path.exists() and len(path.parts) > 1:
        raise TrainingError(f"There is no {path}; run train-tokenizer first.")
    else:
        tokenizer = load_folder(source, "cpu", "exact").tokenizer
    if schedule is not None and tokenizer.schedule != schedule:
        raise TrainingError(
            f"{source} was trained for the sides {tokenizer.schedule.sides}, and the model needs {schedule.sides}: "
            "changed sides give noise. Choose another preset or train a tokenizer for it."
        )
    return tokenizer.requires_grad_(False).eval()


def _of_run(path: Path) -> Tokenizer:
    newest = CheckpointFolder(path).newest()
    weights = read_weights_of(newest) if newest else {}
    if weights.get("kind") != "tokenizer":
        raise TrainingError(f"{path} holds no good checkpoint of a tokenizer; run train-tokenizer first.")
    try:
        config = TokenizerConfig(**{**weights["config"], "multipliers": tuple(weights["config"]["multipliers"])})
        with torch.device("meta"):
            tokenizer = Tokenizer(config, ScaleSchedule(tuple(weights["sides"])))
    except (KeyError, TypeError, ConfigError) as error:
        raise TrainingError(f"{newest} belongs to another version of this program ({error}); train again.") from error
    load_into(tokenizer, weights["tokenizer"], str(newest))
    return tokenizer


def _official(path: Path, schedule: ScaleSchedule | None) -> Tokenizer:
    if schedule is None:
        raise TrainingError(f"{path} does not tell its sides; give a --preset such as d16, which does.")
    tensors = read_official(path, "vae_local")
    with torch.device("meta"):
        tokenizer = Tokenizer(tokenizer_config(tensors), schedule)
    floats = {name: tensor.float() for name, tensor in renamed(tensors, TOKENIZER_NAMES).items()}
    load_into(tokenizer, floats, str(path))
    return tokenizer
