"""A small judge of class: a convolutional network that has seen procedural pictures only.

It asks of samples what a visitor asks (is that a lighthouse?), and says on held-out pictures how far it can be
trusted. It looks at 64 × 64 pixels, so the sharpness of a tokenizer decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader

from var_core.training.data import ProceduralPictures, Split

SIDE = 64
EPOCHS, BATCH, RATE = 10, 32, 2e-3


@dataclass(frozen=True, eq=False)
class Judge:
    """A trained classifier.

    Attributes:
        class_ids: what it tells apart, in the order of its outputs.
        network: (B, 3, 64, 64) in [0, 1] → logits (B, classes).
        pictures: (N, 3, 64, 64) float32, what it was trained on.
        labels: (N,) int64, their places in ``class_ids``.
        held_out_accuracy: share of held-out pictures that it names rightly.
    """

    class_ids: tuple[int, ...]
    network: nn.Module
    pictures: Tensor
    labels: Tensor
    held_out_accuracy: float

    @torch.no_grad()
    def classes_of(self, images: Tensor) -> list[int]:
        """Class ids for pictures (B, 3, H, W) in [0, 1]."""
        chosen = [self.network(part).argmax(-1) for part in torch.split(small(images), BATCH)]
        return [self.class_ids[index] for index in torch.cat(chosen).tolist()]


def small(images: Tensor) -> Tensor:
    """Pictures (B, 3, H, W) → (B, 3, 64, 64), area-averaged, float32 on the CPU."""
    return F.interpolate(images.float().cpu(), size=(SIDE, SIDE), mode="area")


def train_judge(
    class_ids: Sequence[int], *, per_class: int = 300, held_out: int = 50, workers: int = 2, seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Judge:  # fmt: skip
    """Draws pictures and trains a judge on them; the same arguments give the same judge on the same machine.

    Args:
        class_ids: of procedural pictures.
        per_class: training pictures of each.
        held_out: held-out pictures of each, for ``held_out_accuracy``.
        workers: processes that draw.
        seed: of weights and order.
        progress: called with pictures drawn and pictures in all.
    """
    ids, total = tuple(class_ids), (per_class + held_out) * len(class_ids)
    pictures, labels = _drawn(ids, per_class, "train", workers, lambda done: progress(done, total))
    test, truth = _drawn(ids, held_out, "heldout", workers, lambda done: progress(len(labels) + done, total))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _network(len(ids))
        _fit(network, pictures, labels)
    judge = Judge(ids, network, pictures, labels, 0.0)
    right = [given == ids[label] for given, label in zip(judge.classes_of(test), truth.tolist(), strict=True)]
    return Judge(ids, network, pictures, labels, sum(right) / len(right))


def _network(classes: int) -> nn.Module:
    widths = (3, 32, 64, 96, 128)
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.GroupNorm(8, after), nn.SiLU()]
    # Position matters little to a class: the mean over the last 4 × 4 places decides.
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], classes))


def _fit(network: nn.Module, pictures: Tensor, labels: Tensor) -> None:
    steps = EPOCHS * max(1, len(pictures) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(steps):
        chosen = torch.randint(len(pictures), (BATCH,))
        images = pictures[chosen]
        # Samples differ from drawings in contrast, grain and by a pixel or two; none of these is a class.
        images = images * torch.empty(BATCH, 1, 1, 1).uniform_(0.8, 1.2) + 0.03 * torch.randn_like(images)
        images = torch.roll(images, torch.randint(-3, 4, (2,)).tolist(), (2, 3))
        optimizer.zero_grad()
        loss: Tensor = F.cross_entropy(network(images), labels[chosen], label_smoothing=0.05)
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
    network.requires_grad_(False).eval()


def _drawn(
    ids: tuple[int, ...], per_class: int, split: Split, workers: int, progress: Callable[[int], None]
) -> tuple[Tensor, Tensor]:
    data = ProceduralPictures(ids, per_class * len(ids), side=256, split=split)
    pictures, labels = [], []
    for images, rows in DataLoader(data, batch_size=BATCH, num_workers=workers):
        pictures.append(small(images.float().div(255)))
        labels.append(rows)
        progress(sum(map(len, labels)))
    return torch.cat(pictures), torch.cat(labels)
