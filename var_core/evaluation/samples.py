"""What a model makes: is it of the class that was asked for, and is it more than a copy of a training picture?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from var_core.evaluation.classifier import Judge, small
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline

CHUNK = 8


@dataclass(frozen=True, eq=False)
class SampleReport:
    """Figures of samples.

    Attributes:
        samples: (N, 3, H, W) in [0, 1].
        class_ids: N, what was asked for.
        accuracy: share that the judge names so.
        accuracy_by_class: the same by class id.
        neighbours: N, place in the judge's pictures of the training picture of that class that is nearest.
        distances: N, root mean square difference to it in levels of 255, at 64 × 64 pixels.
        held_out_distances: the same from pictures that are surely no copies: held-out ones to their nearest.
    """

    samples: Tensor
    class_ids: tuple[int, ...]
    accuracy: float
    accuracy_by_class: dict[int, float]
    neighbours: tuple[int, ...]
    distances: tuple[float, ...]
    held_out_distances: tuple[float, ...]


def sample_report(
    pipe: VARPipeline, judge: Judge, held_out: dict[int, Tensor], *, per_class: int,
    options: SamplingOptions | None = None, progress: Callable[[int, int], None] = lambda done, total: None,
) -> SampleReport:  # fmt: skip
    """Samples every class of the judge and measures.

    Args:
        pipe: a model that has the judge's classes.
        judge: see ``classifier``.
        held_out: (n, 3, H, W) in [0, 1] by class id, to compare distances with.
        per_class: samples of each; their seeds are 0 … per_class − 1.
        options: how to sample; None for the defaults, which are the demo's.
        progress: called with samples made and samples in all.
    """
    samples, wanted = [], []
    for class_id in judge.class_ids:
        for first in range(0, per_class, CHUNK):
            seeds = list(range(first, min(first + CHUNK, per_class)))
            samples.append(pipe.sample([class_id] * len(seeds), seeds=seeds, options=options).cpu())
            wanted += [class_id] * len(seeds)
            progress(len(wanted), per_class * len(judge.class_ids))
    images = torch.cat(samples)
    named = judge.classes_of(images)
    by_class = {
        class_id: sum(n == w == class_id for n, w in zip(named, wanted, strict=True)) / per_class
        for class_id in judge.class_ids
    }
    neighbours, distances = nearest(judge, images, wanted)
    others = [(class_id, picture) for class_id, pictures in held_out.items() for picture in pictures]
    _, usual = nearest(judge, torch.stack([picture for _, picture in others]), [class_id for class_id, _ in others])
    return SampleReport(
        images, tuple(wanted), sum(by_class.values()) / len(by_class), by_class, neighbours, distances, usual
    )


def nearest(judge: Judge, images: Tensor, class_ids: Sequence[int]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """For each picture, the nearest training picture of its class: its place and the distance (RMS, levels of 255)."""
    rows = torch.tensor([judge.class_ids.index(class_id) for class_id in class_ids])
    squares = torch.cdist(small(images).flatten(1), judge.pictures.flatten(1)).square() / judge.pictures[0].numel()
    squares = squares.masked_fill(rows[:, None] != judge.labels[None], torch.inf)
    least, places = squares.min(1)
    return tuple(places.tolist()), tuple((255 * least.sqrt()).tolist())
