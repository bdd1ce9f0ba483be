"""Pictures encoded once: the tokenizer is frozen while the transformer learns, so its work is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.checkpoints import load_state, save_state


def encode_pictures(
    tokenizer: Tokenizer, pictures: Dataset[tuple[Tensor, int]], path: Path, *, batch: int = 16, workers: int = 1
) -> tuple[Tensor, Tensor]:
    """Token ids (N, L) int16 or int32 and label rows (N,) int64 of a data set, from ``path`` if it is there."""
    if not path.exists():
        narrow = torch.int16 if len(tokenizer.quantizer.codebook) <= 2**15 else torch.int32
        ids, labels = [], []
        for images, rows in DataLoader(pictures, batch_size=batch, num_workers=workers):
            with torch.no_grad():
                maps = tokenizer.encode(images.float().div(255))
            ids.append(torch.cat([tokens.flatten(1) for tokens in maps], 1).to(narrow))
            labels.append(rows)
        save_state(path, {"token_ids": torch.cat(ids), "labels": torch.cat(labels)})
    state = load_state(path)
    return state["token_ids"], state["labels"]


def split_maps(token_ids: Tensor, schedule: ScaleSchedule) -> list[Tensor]:
    """(B, L) → K maps (B, s_k, s_k) int64."""
    return [
        token_ids[:, schedule.slice(scale)].long().view(-1, side, side) for scale, side in enumerate(schedule.sides)
    ]


def batches(
    token_ids: Tensor, labels: Tensor, batch: int, seed: int, start: int = 0
) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless shuffled batches; batch number ``start`` is the same whether or not those before it were drawn."""
    per_epoch = len(token_ids) // batch
    step = start
    while True:
        epoch = step // per_epoch
        order = torch.randperm(len(token_ids), generator=torch.Generator().manual_seed(seed + epoch))
        for index in range(step % per_epoch, per_epoch):
            rows = order[index * batch : (index + 1) * batch]
            yield token_ids[rows], labels[rows]
            step += 1
