"""What an earlier run in the same folder says against a new one, before hours go into reading and encoding.

``loop`` compares everything when training starts; here is the part that is known before any picture is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from var_core.config import ModelConfig
from var_core.errors import TrainingError
from var_core.tokenizer import Tokenizer
from var_core.training.checkpoints import MANIFEST, WEIGHTS, CheckpointFolder
from var_core.training.settings import LoopSettings, TokenizerTraining, TransformerTraining
from var_core.training.token_cache import encoding_digest
from var_core.training.tokenizer_source import tokenizer_values


def check_earlier_transformer(config: ModelConfig, tokenizer: Tokenizer, settings: TransformerTraining) -> None:
    """Refuses a folder with another run than this one of the transformer.

    Raises:
        TrainingError: naming what differs, or that the folder holds a tokenizer's run.
    """
    _check("transformer", transformer_identity(config, tokenizer, settings), settings)


def check_earlier_tokenizer(tokenizer: Tokenizer, settings: TokenizerTraining) -> None:
    """Refuses a folder with another run than this one of the tokenizer; errors as for the transformer."""
    _check("tokenizer", tokenizer_identity(tokenizer, settings), settings)


def transformer_identity(config: ModelConfig, tokenizer: Tokenizer, settings: TransformerTraining) -> dict[str, Any]:
    """What two runs of a transformer must share to be one, as far as it is known before any picture is opened."""
    model = config.to_dict()
    return {
        "sides": model["sides"], **model["transformer"], "classes": [name for _, name in model["classes"]],
        "tokenizer": encoding_digest(tokenizer)[:16], **_shared_identity(settings),
    }  # fmt: skip


def tokenizer_identity(tokenizer: Tokenizer, settings: TokenizerTraining) -> dict[str, Any]:
    """What two runs of a tokenizer must share to be one."""
    sizes = {"sides": list(tokenizer.schedule.sides), **tokenizer_values(tokenizer.config)}
    return {**sizes, **_shared_identity(settings), "decoder_only": settings.decoder_only}


def _shared_identity(settings: LoopSettings) -> dict[str, Any]:
    return {"batch": settings.batch, "seed": settings.seed, "optimizer": settings.optimizer}


def _check(kind: str, now: dict[str, Any], settings: LoopSettings) -> None:
    earlier = _newest_weights(settings.out)
    if not earlier:
        return
    if earlier["kind"] != kind:
        raise TrainingError(
            f"{settings.out} holds a run with a {earlier['kind']}, and this one trains a {kind}; choose another --out."
        )
    before = earlier["identity"]
    for name in now:
        # What an older version did not note is for the loop to judge.
        if name in before and before[name] != now[name]:
            raise TrainingError(
                f"{settings.out} holds a run with {name} {before[name]}, and this one has {name} {now[name]}; choose "
                "another --out, or give what that run was given."
            )


def _newest_weights(out: Path) -> dict[str, Any]:
    """The newest checkpoint's weights, unverified: mapped and not read, for only plain values are looked at."""
    found = CheckpointFolder(out).folder.glob(f"step-*/{MANIFEST}")
    newest = max(found, key=lambda path: (len(path.parent.name), path.parent.name), default=None)
    if newest is None:
        return {}
    try:
        path = newest.with_name(WEIGHTS)
        weights: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        return weights if {"kind", "identity"} <= weights.keys() else {}
    except Exception:  # a damaged file can raise anything; the loop passes over it and says so
        return {}
