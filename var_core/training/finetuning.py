"""A trained transformer for other classes: the class embedding is made anew, everything else is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from var_core.config import ClassLabel, ModelConfig
from var_core.transformer import Transformer


def with_classes(
    config: ModelConfig, transformer: Transformer, classes: Sequence[ClassLabel], *, name: str, seed: int = 0
) -> tuple[ModelConfig, Transformer]:
    """A model with these classes, ready to train, on the CPU in float32.

    A class that the model knows by name keeps its row. Any other starts at the mean of the known rows plus noise of
    a tenth of their spread: every block is modulated by this row, so a random one would undo what was learned.
    The null class stays.
    """
    sizes = replace(config.transformer, num_classes=len(classes))
    changed = replace(config, name=name, transformer=sizes, classes=tuple(classes))
    with torch.device("meta"):
        made = Transformer(sizes, config.tokenizer, config.schedule)
    tensors = {key: tensor.detach().float().cpu().clone() for key, tensor in transformer.state_dict().items()}
    tensors["class_embedding.weight"] = _rows(config, tensors["class_embedding.weight"], classes, seed)
    made.load_state_dict(tensors, assign=True)
    return changed, made.requires_grad_(True).train()


def _rows(config: ModelConfig, old: Tensor, classes: Sequence[ClassLabel], seed: int) -> Tensor:
    """(old classes + 1, C) → (classes + 1, C)."""
    known = {label.name.casefold(): row for row, label in enumerate(config.classes)}
    named = old[:-1]
    spread = named.std(0, correction=0) if len(named) > 1 else named.std().expand(named.shape[1])
    generator = torch.Generator().manual_seed(seed)
    fresh = named.mean(0) + 0.1 * spread * torch.randn(len(classes), old.shape[1], generator=generator)
    for row, label in enumerate(classes):
        if label.name.casefold() in known:
            fresh[row] = named[known[label.name.casefold()]]
    return torch.cat([fresh, old[-1:]])
