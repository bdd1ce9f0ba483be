"""What a model makes: is it of the class that was asked for, and is it more than a copy of a training picture?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Subset

from var_core.evaluation.classifier import Judge, small
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.training.data import ProceduralPictures

CHUNK = 8
LOOKED_AT = 64  # training pictures at a time, so that any number of them can be gone through


@dataclass(frozen=True, eq=False)
class SampleReport:
    """Figures of samples.

    Attributes:
        samples: (N, 3, H, W) in [0, 1].
        class_ids: N, what was asked for.
        accuracy: share that the judge names so.
        accuracy_by_class: the same by class id.
        neighbours: N, place among the training pictures of the one of that class that is nearest.
        nearest: (N, 3, 64, 64) in [0, 1], these pictures.
        looked_at: training pictures of each class that were compared.
        distances: N, root mean square difference to it in levels of 255, at 64 × 64 pixels.
        held_out_distances: the same from pictures that are surely no copies: held-out ones to their nearest.
    """

    samples: Tensor
    class_ids: tuple[int, ...]
    accuracy: float
    accuracy_by_class: dict[int, float]
    neighbours: tuple[int, ...]
    nearest: Tensor
    looked_at: int
    distances: tuple[float, ...]
    held_out_distances: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest training picture of the same class for each of N pictures.

    Attributes:
        places: N, item of ``ProceduralPictures(judge.class_ids, …)``; the judge's own pictures are the first of them.
        pictures: (N, 3, 64, 64) in [0, 1].
        distances: N, RMS difference in levels of 255.
    """

    places: tuple[int, ...]
    pictures: Tensor
    distances: tuple[float, ...]


def sample_report(
    pipe: VARPipeline, judge: Judge, held_out: dict[int, Tensor], *, per_class: int, neighbours: int,
    workers: int = 2, options: SamplingOptions | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    searched: Callable[[int, int], None] = lambda done, total: None,
) -> SampleReport:  # fmt: skip
    """Samples every class of the judge and measures.

    Args:
        pipe: a model that has the judge's classes.
        judge: see ``classifier``.
        held_out: (n, 3, H, W) in [0, 1] by class id, to compare distances with.
        per_class: samples of each; their seeds are 0 … per_class − 1.
        neighbours: training pictures of each class to look for copies among. It must be as many as the model was
            trained on, or a copy of one that was not looked at passes for new.
        workers: processes that draw those which the judge has not seen.
        options: how to sample; None for the defaults, which are the demo's.
        progress: called with samples made and samples in all.
        searched: called with training pictures looked at and in all.
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
    others = [(class_id, picture) for class_id, pictures in held_out.items() for picture in pictures]
    # Both in one search: drawing the training pictures is what takes time.
    shrunk = torch.cat([small(images), *(small(picture[None]) for _, picture in others)])
    ids = [*wanted, *(class_id for class_id, _ in others)]
    found = nearest(judge, shrunk, ids, per_class=neighbours, workers=workers, progress=searched)
    count = len(wanted)
    return SampleReport(
        samples=images, class_ids=tuple(wanted), accuracy=sum(by_class.values()) / len(by_class),
        accuracy_by_class=by_class, neighbours=found.places[:count], nearest=found.pictures[:count],
        looked_at=neighbours, distances=found.distances[:count], held_out_distances=found.distances[count:],
    )  # fmt: skip


def nearest(
    judge: Judge, images: Tensor, class_ids: Sequence[int], *, per_class: int, workers: int = 2,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Neighbours:  # fmt: skip
    """The nearest training picture of its class for each picture.

    Args:
        judge: whose pictures are looked at first; the others are drawn, compared and let go, a few at a time.
        images: (N, 3, H, W) in [0, 1].
        class_ids: N of the judge's.
        per_class: training pictures of each class to look at, at least 1.
        workers: processes that draw.
        progress: called with training pictures looked at and in all.
    """
    ours = small(images).flatten(1)  # (N, 3·64·64)
    rows = torch.tensor([judge.class_ids.index(class_id) for class_id in class_ids])
    least = torch.full((len(ours),), torch.inf)  # (N,)
    places = torch.zeros(len(ours), dtype=torch.int64)  # (N,)
    pictures = torch.zeros(len(ours), *judge.pictures.shape[1:])  # (N, 3, 64, 64)
    done, total = 0, per_class * len(judge.class_ids)
    for theirs, labels in _training_pictures(judge, total, workers):
        squares = torch.cdist(ours, theirs.flatten(1)).square() / ours.shape[1]  # (N, batch)
        value, place = squares.masked_fill(rows[:, None] != labels[None], torch.inf).min(1)
        nearer = value < least
        least[nearer] = value[nearer]
        places[nearer] = done + place[nearer]
        pictures[nearer] = theirs[place[nearer]]
        done += len(labels)
        progress(done, total)
    return Neighbours(tuple(places.tolist()), pictures, tuple((255 * least.sqrt()).tolist()))


def _training_pictures(judge: Judge, total: int, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The first ``total`` training pictures and their labels in batches: the judge's, then those drawn after them."""
    kept = min(total, len(judge.pictures))
    for first in range(0, kept, LOOKED_AT):
        part = slice(first, min(first + LOOKED_AT, kept))
        yield judge.pictures[part], judge.labels[part]
    if total == kept:
        return
    rest = Subset(ProceduralPictures(judge.class_ids, total), range(kept, total))
    for images, labels in DataLoader(rest, batch_size=LOOKED_AT, num_workers=workers):
        yield small(images.float().div(255)), labels
