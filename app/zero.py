"""ZeroGPU behind the engine's face: a task goes out as names and numbers, its scales come back as bytes.

``spaces.GPU`` runs ``scales`` in a process forked for the occasion, which finds the models where ``place`` put them
before the fork. Anywhere else the same function runs in this process, which is how it is tested.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from safetensors.torch import load, save

from app.engine import Performer, Result, results_on
from app.lab.registry import ask_of, show_of
from app.lab.tasks import Ask, Show
from app.models import Models
from app.requests import PictureRequest
from app.run import NotLent, OutOfMemory, Question, Task
from app.uploads import Edit, Reconstruction
from var_core import errors
from var_core.config import ModelConfig
from var_core.images import Pixels
from var_core.options import SamplingOptions
from var_core.steps import ScaleStep, StepStatistics

STEP_TENSORS = ("token_ids", "drawn_ids", "kept", "latent")
STATISTICS = tuple(field.name for field in fields(StepStatistics))
# Seconds of GPU to ask for: a start, and each picture of a model (36 blocks and 512 pixels at the worst).
START_SECONDS, PICTURE_SECONDS, MOST_SECONDS = 10, {"mini": 1, "d16": 1, "d20": 1, "d24": 2, "d30": 2, "d36": 5}, 60
OTHER_SECONDS = 2
MEMORY_CLASSES = ("OutOfMemoryError", "MemoryError")

_models: list[Models] = []  # what the forked process inherits: the one thing that ZeroGPU wants on a module

Plain = dict[str, Any]


def place(models: Models) -> None:
    """Loads every model that is here, where ``scales`` will look for it."""
    for model in models.all:
        if model.here:
            models.pipeline(model.name)
    _models[:] = [models]


def scales(task: Plain) -> Iterator[Plain]:
    """The results of a packed task, each packed: the generator function that ``spaces.GPU`` decorates.

    A refusal of ours is the last of them: of an error that leaves the process, only the name of its class does.
    """
    try:
        pipe = _models[0].pipeline(task["model"])
        for result in results_on(pipe, unpacked_task(task, pipe.config)):
            yield {"answer": result} if isinstance(result, dict) else packed_scale(*result)
    except errors.VarError as error:
        yield {"refusal": type(error).__name__, "said": str(error)}


def duration(task: Plain) -> int:
    """Seconds of GPU that a task may take; a quota is spent by what is asked for."""
    count: int = task["count"]
    return min(MOST_SECONDS, START_SECONDS + count * PICTURE_SECONDS.get(task["model"], OTHER_SECONDS))


def performer(models: Models, decorate: Callable[..., Any], refusal: type[Exception] | tuple[()] = ()) -> Performer:
    """What an ``Engine`` performs with. ``decorate`` is ``spaces.GPU``, and ``refusal`` what it raises for visitors."""
    place(models)
    on_gpu = decorate(duration=duration)(scales)

    def perform(task: Task | Question) -> Iterator[Result]:
        try:
            for result in on_gpu(packed_task(task, models.first.name)):
                if "refusal" in result:
                    raise getattr(errors, result["refusal"], errors.VarError)(result["said"])
                yield result["answer"] if "answer" in result else unpacked_scale(result)
        except refusal as error:
            raise told(str(getattr(error, "message", error))) from None

    return perform


def told(said: str) -> Exception:
    """What ``spaces`` says, as one of our errors: why no GPU was lent, or the class of what the process died of."""
    if said in MEMORY_CLASSES:
        return OutOfMemory("too little memory for this many pictures")
    if said.isidentifier():
        return RuntimeError(f"{said} on the GPU; the log has its traceback above")
    return NotLent(re.sub(r"\[([^\]]*)\]\((\S*)\)", r"\1 (\2)", said).strip())  # some have links in Markdown


def packed_task(task: Task | Question, first: str) -> Plain:
    """A task of ours as names, numbers and bytes."""
    if isinstance(task, Ask | Show):
        kind, count = ("ask", 1) if isinstance(task, Ask) else ("show", len(task.settings.seeds))
        return {"kind": kind, "model": task.model or first, "count": count, "name": task.name, "values": task.values}
    if isinstance(task, Reconstruction):
        return {
            "kind": "reconstruct",
            "model": task.model or first,
            "count": 1,
            "tensors": _saved(picture=task.picture),
        }
    if isinstance(task, Edit):
        tensors = _saved(picture=task.picture, keep=task.keep)
        return {**packed_task(task.request, first), "kind": "edit", "tensors": tensors}
    assert isinstance(task, PictureRequest)
    return {
        "kind": "generate", "model": task.model or first, "count": task.count, "class_id": task.class_id,
        "seed": task.seed, "options": task.options.to_dict(), "statistics": task.statistics,
    }  # fmt: skip


def unpacked_task(plain: Plain, config: ModelConfig) -> Task | Question:
    """The task that ``packed_task`` packed, for a model of these sizes."""
    if plain["kind"] == "ask":
        return ask_of(plain["name"], plain["model"], plain["values"], config)
    if plain["kind"] == "show":
        return show_of(plain["name"], plain["model"], plain["values"], config)
    tensors = load(plain["tensors"]) if "tensors" in plain else {}
    if plain["kind"] == "reconstruct":
        return Reconstruction(tensors["picture"], plain["model"])
    options = SamplingOptions(**plain["options"])
    request = PictureRequest(
        plain["class_id"], plain["seed"], plain["count"], options, plain["model"], plain["statistics"]
    )
    return Edit(tensors["picture"], tensors["keep"], request) if plain["kind"] == "edit" else request


def packed_scale(step: ScaleStep, pixels: Pixels) -> Plain:
    """A scale as numbers and bytes, off the GPU."""
    tensors = {name: getattr(step, name) for name in STEP_TENSORS}
    if step.statistics is not None:
        values = {name: getattr(step.statistics, name) for name in STATISTICS}
        tensors |= {f"statistics.{name}": value for name, value in values.items() if value is not None}
    return {
        "scale": step.scale, "side": step.side, "guidance": step.guidance, "seconds": step.seconds,
        "tensors": _saved(**tensors), "pixels": pixels.tobytes(), "shape": pixels.shape,
    }  # fmt: skip


def unpacked_scale(plain: Plain) -> tuple[ScaleStep, Pixels]:
    """The scale that ``packed_scale`` packed."""
    tensors = load(plain["tensors"])
    statistics = None
    if "statistics.probability" in tensors:
        values: dict[str, Any] = {name: tensors.get(f"statistics.{name}") for name in STATISTICS}
        statistics = StepStatistics(**values)
    step = ScaleStep(
        scale=plain["scale"], side=plain["side"], guidance=plain["guidance"], seconds=plain["seconds"],
        statistics=statistics, **{name: tensors[name] for name in STEP_TENSORS},
    )  # fmt: skip
    return step, np.frombuffer(plain["pixels"], np.uint8).reshape(plain["shape"])


def _saved(**tensors: torch.Tensor) -> bytes:
    return save({name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()})
