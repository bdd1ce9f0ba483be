"""Which pictures a step sees: a pure function of the seed and the step.

Draw number n = step·batch + place in the batch. Epoch e = n // N, and the epoch's own permutation says which of the
N pictures it is. So a run goes on exactly where it stopped, in the middle of an epoch or at its end, on any number
of processes; and a data set smaller than a batch is no special case.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from var_core.errors import TrainingError, VarError
from var_core.training.data import Pictures
from var_core.training.randomness import ORDER, generator
from var_core.training.stopping import ignore_signals

Batch = tuple[Tensor, Tensor]


class Source(Protocol):
    """What batches are made of."""

    def __len__(self) -> int: ...

    def batch(self, places: Sequence[tuple[int, int]]) -> Batch:
        """Items by (index, visit) as one batch: data (B, …) and class rows (B,) int64."""
        ...


class PictureBatches:
    """``Pictures`` as a ``Source`` of (B, 3, side, side) uint8."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures

    def __len__(self) -> int:
        return len(self.pictures)

    def batch(self, places: Sequence[tuple[int, int]]) -> Batch:
        """See ``Source.batch``."""
        views = [self.pictures.view(index, visit) for index, visit in places]
        return torch.stack([picture for picture, _ in views]), torch.tensor([row for _, row in views])


class Draws(Dataset[Batch]):
    """A source, addressed by draw numbers.

    Args:
        source: has N items.
        seed: of the permutations.
        shuffle: False takes items as they are numbered: right for pictures drawn endlessly.
    """

    def __init__(self, source: Source, *, seed: int, shuffle: bool = True) -> None:
        self.source, self.seed, self.shuffle = source, seed, shuffle
        self._epoch, self._permutation = -1, torch.empty(0, dtype=torch.int64)

    def place(self, draw: int) -> tuple[int, int]:
        """Draw number → (index, epoch)."""
        epoch, position = divmod(draw, len(self.source))
        if not self.shuffle:
            return position, epoch
        if epoch != self._epoch:
            order = torch.randperm(len(self.source), generator=generator(ORDER, self.seed, epoch))
            self._epoch, self._permutation = epoch, order
        return int(self._permutation[position]), epoch

    def __getitems__(self, draws: list[int]) -> Batch:
        """What a data loader asks for: a whole batch by its draw numbers."""
        return self.source.batch([self.place(draw) for draw in draws])


class MicroBatches(Sampler[list[int]]):
    """Draw numbers of one process, micro-batch after micro-batch.

    A step's batch is cut into ``accumulate`` rounds of ``processes`` equal parts, in order.
    """

    def __init__(
        self, start: int, steps: int, *, batch: int, accumulate: int = 1, process: int = 0, processes: int = 1
    ) -> None:
        self.start, self.steps, self.batch = start, steps, batch
        self.micro = micro_batch(batch, accumulate, processes)
        self.offsets = [(turn * processes + process) * self.micro for turn in range(accumulate)]

    def __iter__(self) -> Iterator[list[int]]:
        for step in range(self.start, self.steps):
            for offset in self.offsets:
                first = step * self.batch + offset
                yield list(range(first, first + self.micro))


def micro_batch(batch: int, accumulate: int, processes: int) -> int:
    """Pictures of one process in one round.

    Raises:
        TrainingError: if the batch cannot be cut into equal parts.
    """
    micro, rest = divmod(batch, accumulate * processes)
    if rest or not micro:
        raise TrainingError(
            f"--batch must be a multiple of --accumulate × processes = {accumulate} × {processes}, got {batch}."
        )
    return micro


def own_part(batch: int, accumulate: int, turn: int, process: int, processes: int) -> slice:
    """The places in a batch that are one process's in round ``turn``; errors as ``micro_batch``."""
    micro = micro_batch(batch, accumulate, processes)
    first = (turn * processes + process) * micro
    return slice(first, first + micro)


@contextlib.contextmanager
def prepared(draws: Draws, order: MicroBatches | Sequence[list[int]], workers: int) -> Iterator[Iterator[Batch]]:
    """Batches in that order; ``workers`` processes make them ahead of time (0: none) and end with the block.

    Raises:
        VarError: as the source raises it, from ``next``; wherever the batch was made, its message stays its own.
    """
    items = iter(
        DataLoader(
            _Answers(draws), batch_sampler=order, num_workers=workers, collate_fn=_as_it_is,
            worker_init_fn=_start_worker, pin_memory=torch.cuda.is_available(),
        )
    )  # fmt: skip
    try:
        yield _batches(items)
    finally:
        _end_workers(items)


class _Answers(Dataset[Batch | VarError]):
    """What a worker sends: a batch or, as a value, why there is none.

    An error that leaves a worker by itself would arrive as the text of its whole traceback.
    """

    def __init__(self, draws: Draws) -> None:
        self.draws = draws

    def __getitems__(self, draws: list[int]) -> Batch | VarError:
        try:
            return self.draws.__getitems__(draws)
        except VarError as error:
            return error


def _batches(items: Iterator[Any]) -> Iterator[Batch]:
    for item in items:
        if isinstance(item, VarError):
            raise item
        yield item


def _end_workers(items: object) -> None:
    """Ends the workers of a loader's iterator.

    They ignore SIGTERM, by which Python ends children as it exits; and an error keeps the iterator alive in its
    traceback until then. So a run that fails would wait for them for ever.
    """
    shut_down = getattr(items, "_shutdown_workers", None)  # without workers there is none
    if shut_down is not None:
        shut_down()
    for worker in getattr(items, "_workers", ()):
        if worker.is_alive():  # in a picture that takes longer than the loader waits
            worker.kill()


def _as_it_is(batch: Any) -> Any:
    return batch


def _start_worker(_worker: int) -> None:
    ignore_signals()
