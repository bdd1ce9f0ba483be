"""What a transformer's training starts from: nothing, or a trained model whose classes are exchanged."""

from __future__ import annotations

import copy
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from var_core.config import ClassLabel, ModelConfig, TransformerConfig
from var_core.errors import TrainingError
from var_core.initialization import initialize
from var_core.loading import LoadedModel, load_folder, load_official
from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.finetuning import with_classes
from var_core.training.token_cache import encoding_digest
from var_core.training.tokenizer_source import read_tokenizer
from var_core.transformer import Transformer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class StartingPoint:
    """Networks on the CPU in float32: a frozen tokenizer, and a transformer to train."""

    config: ModelConfig
    tokenizer: Tokenizer
    transformer: Transformer


def fresh_model(
    sizes: TransformerConfig, tokenizer: Tokenizer, classes: Sequence[ClassLabel], *, name: str, alng: float, seed: int
) -> StartingPoint:
    """An untrained transformer over a trained tokenizer."""
    config = ModelConfig(
        name, tokenizer.config, replace(sizes, num_classes=len(classes)), tokenizer.schedule, tuple(classes)
    )
    transformer = Transformer(config.transformer, config.tokenizer, config.schedule)
    initialize(transformer, alng=alng, seed=seed)
    return StartingPoint(config, tokenizer, transformer)


def trained_model(
    loaded: LoadedModel, tokenizer: Tokenizer | None, classes: Sequence[ClassLabel], *, name: str, seed: int
) -> StartingPoint:
    """A trained transformer with other classes, over its own tokenizer or another one with as many codes.

    Another tokenizer may be a better decoder of the same tokens, which costs the transformer nothing. If it makes
    other tokens of a picture, a warning says that the transformer has to learn them.

    Raises:
        TrainingError: if the other tokenizer has another number of codes, or of channels of a code.
    """
    own = loaded.config.tokenizer
    if tokenizer is not None:
        for what, given, needed in (
            ("codes", tokenizer.config.codebook_size, own.codebook_size),
            ("channels of a code", tokenizer.config.code_dim, own.code_dim),
        ):
            if given != needed:
                raise TrainingError(
                    f"The tokenizer has {given} {what}, and the model to start from was trained on {needed}; "
                    "leave --tokenizer out to use the model's own."
                )
        if not same_tokens(tokenizer, loaded.tokenizer):
            logger.warning(
                "The tokenizer makes other tokens of a picture than the one that %s was trained with: the transformer "
                "has to learn them, which takes longer than new classes alone. Leave --tokenizer out to keep its own.",
                loaded.config.name,
            )
    chosen = tokenizer if tokenizer is not None else loaded.tokenizer
    config = replace(loaded.config, tokenizer=chosen.config)
    changed, transformer = with_classes(config, loaded.transformer, classes, name=name, seed=seed)
    return StartingPoint(changed, chosen.requires_grad_(False).eval(), transformer)


def same_tokens(tokenizer: Tokenizer, other: Tokenizer) -> bool:
    """Whether both make the same tokens of a picture; a copy that was saved with fewer digits counts as the same."""
    if tokenizer.schedule != other.schedule:
        return False
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        first, second = (encoding_digest(copy.deepcopy(each).to(dtype)) for each in (tokenizer, other))
        if first == second:
            return True
    return False


def read_model(source: str, tokenizer: str | None) -> tuple[LoadedModel, Tokenizer | None]:
    """A model to start from, and the tokenizer to use instead of its own if one is named.

    Args:
        source: a model's name or folder, the folder of a ``train`` run, or an official ``.pth``.
        tokenizer: as for ``read_tokenizer``; needed with an official file.

    Raises:
        TrainingError: if an official file comes without a tokenizer, or the tokenizer has other sides.
        CheckpointError: if there is no such model or it is damaged.
    """
    path = Path(source)
    if path.is_file():
        if tokenizer is None:
            raise TrainingError(f"{path} holds no tokenizer; give --tokenizer vae_ch160v4096z32.pth as well.")
        return load_official(Path(tokenizer), path, "cpu", "exact"), None
    loaded = load_folder(source, "cpu", "exact")
    if tokenizer is None:
        return loaded, None
    return loaded, read_tokenizer(tokenizer, loaded.config.schedule)


def check_sizes(asked: dict[str, Any], config: TransformerConfig, source: str) -> None:
    """Refuses sizes that the model to start from does not have.

    Raises:
        TrainingError: naming the size.
    """
    for name, value in asked.items():
        has = getattr(config, name)
        if value != has:
            raise TrainingError(
                f"{source} is another architecture: its {name} is {has}, and {value} was asked for; sizes cannot "
                "change in fine-tuning. Leave them out, or train from nothing without --init-from."
            )


def expected_schedule(preset: str, schedule: ScaleSchedule, tokenizer: str) -> ScaleSchedule | None:
    """The sides that a tokenizer must have: a published preset's; ``mini`` takes those it was trained with."""
    return None if preset == "mini" and not Path(tokenizer).is_file() else schedule
