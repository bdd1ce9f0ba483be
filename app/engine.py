"""The engine: one model, one worker, a short line in front of it.

Whatever readers do (leave, cancel in a storm, come by the hundred), only the worker thread ever calls the model,
and it finishes with one request before it takes the next. A request ends within one scale of being cancelled and
after at most ``deadline`` seconds of work; an exception ends the request, never the worker.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from app.memory import is_out_of_memory
from app.run import (
    Answered,
    Busy,
    Failed,
    Finished,
    OutOfMemory,
    Question,
    Run,
    ScaleDone,
    Stopped,
    Task,
    TimedOut,
    Waiting,
)
from var_core.errors import VarError
from var_core.images import Pixels, to_pixels
from var_core.pipeline import VARPipeline
from var_core.steps import ScaleStep

log = logging.getLogger(__name__)

Result = tuple[ScaleStep, Pixels] | dict[str, Any]
Performer = Callable[[Task | Question], Iterator[Result]]


def scales_on(pipe: VARPipeline, task: Task) -> Iterator[tuple[ScaleStep, Pixels]]:
    """The scales of a task, each with what the decoder makes of the sum so far."""
    for step in task.stream(pipe):
        yield step, to_pixels(pipe.decode(step.latent))


def results_on(pipe: VARPipeline, task: Task | Question) -> Iterator[Result]:
    """The scales of a task, or the answer to a question."""
    if isinstance(task, Question):
        yield task.answer(pipe)
    else:
        yield from scales_on(pipe, task)


class Engine:
    """Runs tasks one after the other on a pipeline.

    Args:
        pipe: the model.
        queue_size: how many requests may wait.
        deadline: seconds of work that one request may take.
        perform: another way to make a task's results, such as on one of several models or in
            another process; called and advanced by the worker only.
    """

    def __init__(
        self, pipe: VARPipeline, *, queue_size: int = 16, deadline: float = 120.0, perform: Performer | None = None
    ) -> None:
        self.pipe, self.queue_size, self.deadline = pipe, queue_size, deadline
        self._results = perform or (lambda task: results_on(pipe, task))
        self._waiting: deque[Run] = deque()
        self._running: Run | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._worker = threading.Thread(target=self._work, name="var-engine", daemon=True)
        self._worker.start()

    def submit(self, task: Task | Question, owner: str | None = None) -> Run:
        """Puts a task in line and returns its run, to be iterated over.

        A former run of the same owner is cancelled: one person, one request.

        Raises:
            Busy: if the line is full.
        """
        with self._changed:
            if owner is not None:
                self._cancel([run for run in self._unfinished() if run.owner == owner])
            if self._closed or len(self._waiting) >= self.queue_size:
                raise Busy(f"{len(self._waiting)} requests are waiting already")
            ahead = len(self._waiting) + (self._running is not None)
            run = Run(task, owner, self.deadline * (ahead + 1) + 1, ahead)
            self._waiting.append(run)
            self._changed.notify_all()
        return run

    def cancel_owner(self, owner: str) -> bool:
        """Cancels what the owner has in line or in work; says whether there was anything."""
        with self._changed:
            runs = [run for run in self._unfinished() if run.owner == owner]
            self._cancel(runs)
        return bool(runs)

    def cancel(self, run: Run) -> None:
        """Cancels a run; if it was waiting, its place is free at once."""
        with self._changed:
            self._cancel([run])

    def close(self, timeout: float = 10.0) -> None:
        """Cancels everything and ends the worker."""
        with self._changed:
            self._closed = True
            self._cancel(self._unfinished())
            self._changed.notify_all()
        self._worker.join(timeout)

    def _unfinished(self) -> list[Run]:
        return [run for run in (self._running, *self._waiting) if run is not None and not run.cancelled]

    def _cancel(self, runs: Iterable[Run]) -> None:
        for run in runs:
            run.cancel()
        self._drop_cancelled()

    def _drop_cancelled(self) -> None:
        """Takes cancelled runs out of the line and tells the others how far they have come."""
        for run in [run for run in self._waiting if run.cancelled]:
            self._waiting.remove(run)
            run.post(Stopped())
        for place, run in enumerate(self._waiting):
            run.post(Waiting(place + (self._running is not None)))

    def _work(self) -> None:
        while (run := self._taken()) is not None:
            try:
                self._perform(run)
            except Exception as error:
                run.post(Failed(self._explained(error)))
            del run  # or its pictures would live on until the next request

    def _taken(self) -> Run | None:
        """The next run, once there is one; None when the engine is closed."""
        with self._changed:
            self._running = None
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._running = self._waiting.popleft()
            self._drop_cancelled()
            return self._running

    def _perform(self, run: Run) -> None:
        """All scales of one run, or its answer. Nothing of it is kept afterwards."""
        expires = time.monotonic() + self.deadline
        run.post(Waiting(0))
        results = run.context.run(self._results, run.task)
        while not run.cancelled:
            if time.monotonic() > expires:
                raise TimedOut(f"more than {self.deadline:g} seconds of work")
            started = time.perf_counter()
            result = run.context.run(_following, results)
            if result is None:
                run.post(Finished())
                return
            if isinstance(result, dict):
                run.post(Answered(result))
            else:
                run.post(ScaleDone(*result, 1000 * (time.perf_counter() - started)))
        run.post(Stopped())

    def _explained(self, error: Exception) -> Exception:
        """The error as readers get it, without the frames that hold its tensors."""
        told = error
        if is_out_of_memory(error):
            log.warning("out of memory: %s", error)
            told = OutOfMemory("too little memory for this many pictures")
        elif not isinstance(error, VarError):
            log.error("a request failed", exc_info=error)
        _drop_frames(error)  # of the original too, which the worker is still handling
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return told


def _following(results: Iterator[Result]) -> Result | None:
    return next(results, None)


def _drop_frames(error: BaseException) -> None:
    """Takes the tracebacks off an error and all that led to it."""
    earlier: list[BaseException | None] = [error]
    while earlier:
        one = earlier.pop()
        if one is not None:
            earlier += [one.__cause__, one.__context__]
            one.__traceback__ = one.__cause__ = one.__context__ = None
