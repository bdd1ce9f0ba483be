"""The loop that both trainings share: resume, step, log, validate, save, stop.

A step is a pure function of the state and the step's number (``order`` says which pictures, a generator seeded by
seed and step says the rest), so a run that was killed and resumed ends with the weights it would have had.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from accelerate import Accelerator
from torch import Tensor

from var_core.errors import TrainingError
from var_core.training.checkpoints import CheckpointFolder, read_state_of, read_weights_of
from var_core.training.log import TrainingLog, named_refusal
from var_core.training.order import Batch, Draws, MicroBatches, prepared
from var_core.training.processes import agreed_step, any_process
from var_core.training.randomness import STEP, generator
from var_core.training.settings import LoopSettings
from var_core.training.stopping import StopRequest

logger = logging.getLogger(__name__)
Row = dict[str, Any]
Notify = Callable[[int, Row | None], None]


class Learner(Protocol):
    """What is trained: networks, optimisers, averages, and one step of them."""

    draws: Draws

    def step(self, step: int, batches: Sequence[Batch], *, report: bool) -> Row:
        """Makes step number ``step`` (from 0) of its rounds; returns figures if ``report``, else nothing."""
        ...

    def validate(self) -> Row:
        """Figures of the averaged weights on held-out pictures; empty without such pictures."""
        ...

    def draw(self, path: Path) -> None:
        """Writes a picture of what the averaged weights can do."""
        ...

    def identity(self) -> dict[str, Any]:
        """Plain values that must be the same to resume, by a name that people understand."""
        ...

    def weights(self) -> dict[str, Any]:
        """Averaged weights, and what they belong to."""
        ...

    def state(self) -> dict[str, Any]:
        """All else that resuming needs."""
        ...

    def load(self, weights: dict[str, Any], state: dict[str, Any]) -> None:
        """Takes back what ``weights`` and ``state`` gave."""
        ...


def train(
    learner: Learner, settings: LoopSettings, accelerator: Accelerator, notify: Notify = lambda step, row: None
) -> int:
    """Trains until the last step, the time is up or a signal; returns the number of steps made in all.

    Args:
        notify: told each step, with the row of the log if one was written.

    Raises:
        TrainingError: if the folder holds another run, the loss is no number any more, or the disk refuses.

    Whatever fails after a step (a figure, a sheet, the log, ``notify``), the step itself is saved.
    """
    checkpoints = CheckpointFolder(settings.out, keep=settings.keep)
    step, earlier = _resume(learner, checkpoints, accelerator)
    if step >= settings.steps:
        length = f"{step} of {step}" if step == settings.steps else f"{step}, beyond the {settings.steps} asked for,"
        logger.info("Step %s is done already; give a larger --steps to go on.", length)
    elif step:
        logger.info("Going on from step %d.", step)
    started = time.monotonic() - earlier
    log = TrainingLog(settings.out, step) if accelerator.is_main_process else None
    order = MicroBatches(
        step, settings.steps, batch=settings.batch, accumulate=settings.accumulate,
        process=accelerator.process_index, processes=accelerator.num_processes,
    )  # fmt: skip
    saved = step

    def record(row: Row) -> None:
        row = {"step": step, "seconds": round(time.monotonic() - started, 1), **_rounded(row)}
        if log:
            log.write(row)
        notify(step, row)

    def save() -> None:
        nonlocal saved
        if saved < step:
            saved = step  # also if it fails: a full disk is asked once
            _save(learner, checkpoints, step, time.monotonic() - started, accelerator)

    def look() -> None:
        figures = learner.validate()
        if figures:
            record(figures)
        if log:
            sheet = settings.out / "samples" / f"step-{step:08d}.png"
            with named_refusal(sheet):
                learner.draw(sheet)
            if not last:
                log.draw()

    with (
        StopRequest(settings.minutes) as stop,
        prepared(learner.draws, order, settings.workers) as supply,
    ):
        while step < settings.steps:
            last = step + 1 == settings.steps
            report = last or _due(step + 1, settings.log_every)
            row = learner.step(step, _rounds(supply, settings.accumulate), report=report)
            step += 1
            if report:
                _check_finite(row, step, checkpoints)
            try:
                if report:
                    record(row)  # before it is saved: a run that goes on from here would never write it
                else:
                    notify(step, None)
                stopping = any_process(accelerator, stop.wanted())
                if last or stopping or _due(step, settings.save_every):
                    save()
                # Only now: looking takes time and memory, and a kill meanwhile must not cost what was due to be saved.
                if settings.validate_every and (last or _due(step, settings.validate_every)):
                    look()
            except Exception:
                save()
                raise
            if stopping and not last:
                reason = stop.reason or "another process"
                logger.info("Stopped at step %d (%s); the same command goes on.", step, reason)
                break
    if log and settings.validate_every:
        log.draw()
    return step


def _resume(learner: Learner, checkpoints: CheckpointFolder, accelerator: Accelerator) -> tuple[int, float]:
    """Loads the newest checkpoint that verifies; returns its step and the seconds spent until then."""
    newest = checkpoints.newest()
    weights = read_weights_of(newest) if newest else {}
    step = int(weights.get("step", 0))
    agreed_step(accelerator, step)
    if newest is None:
        return 0, 0.0
    before, now = weights["identity"], learner.identity()
    for name in now:
        if before.get(name) != now[name]:
            raise TrainingError(
                f"{checkpoints.folder.parent} holds a run with {name} {before.get(name)}, and this one has "
                f"{name} {now[name]}; choose another --out, or give what that run was given."
            )
    state = read_state_of(newest)
    learner.load(weights, state)
    return step, float(state["seconds"])


def _save(learner: Learner, checkpoints: CheckpointFolder, step: int, seconds: float, accelerator: Accelerator) -> None:
    if not accelerator.is_main_process:
        return
    weights = learner.weights()
    tensors = [tensor for part in weights.values() if isinstance(part, dict) for tensor in part.values()]
    if not all(bool(tensor.isfinite().all()) for tensor in tensors if isinstance(tensor, Tensor)):
        raise TrainingError(_diverged(step, checkpoints))
    weights = {**weights, "step": step, "identity": learner.identity()}
    checkpoints.save(step, weights, {**learner.state(), "seconds": seconds})


def _check_finite(row: Row, step: int, checkpoints: CheckpointFolder) -> None:
    if not math.isfinite(row["loss"]):
        raise TrainingError(_diverged(step, checkpoints))


def _diverged(step: int, checkpoints: CheckpointFolder) -> str:
    newest = checkpoints.newest()
    return (
        f"Training diverged at step {step}: the loss or a weight is no finite number. Nothing of it was saved; the "
        f"last good checkpoint is {newest.name if newest else 'none'}. Try a smaller --learning-rate or --precision no."
    )


def _rounds(supply: Iterator[Batch], accumulate: int) -> list[Batch]:
    return [next(supply) for _ in range(accumulate)]


def _due(step: int, every: int) -> bool:
    return every > 0 and step % every == 0


def _rounded(row: Row) -> Row:
    """Five significant digits are enough for a log."""

    def short(value: Any) -> Any:
        if isinstance(value, list):
            return [short(item) for item in value]
        return float(f"{value:.5g}") if isinstance(value, float) else value

    return {key: short(value) for key, value in row.items()}


def step_generator(seed: int, step: int) -> torch.Generator:
    """The only source of randomness of a step, the same wherever the run was resumed."""
    return generator(STEP, seed, step)
