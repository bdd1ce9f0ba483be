"""Speed and memory of a model on this machine: medians of interleaved runs, warm-up left out.

A table of ratios travels, milliseconds do not: everything that is compared is measured in turn, in one process.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import torch
from torch import Tensor

from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.precision import without_tf32
from var_core.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class ScaleTiming:
    """Medians of one scale in milliseconds; ``draw`` is everything of a step but the transformer."""

    side: int
    transformer: float
    draw: float
    decode: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians of one precision in milliseconds.

    Attributes:
        precision: "exact" or "fast".
        load: building and filling the model.
        first_picture: the first final-only run after loading.
        scales: coarse to fine.
        stream: all scales drawn and decoded.
        final_only: all scales drawn, the last decoded.
    """

    precision: str
    load: float
    first_picture: float
    scales: tuple[ScaleTiming, ...]
    stream: float
    final_only: float


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark.

    Attributes:
        device: "cpu", "cuda", "mps".
        threads: of PyTorch's CPU kernels.
        plain_decode: one decode in float32 and plain layout, the yardstick, in milliseconds.
        peak_memory: of the process (of the GPU on CUDA), in bytes.
        timings: one per precision measured.
    """

    model: str
    device: str
    threads: int
    batch: int
    repeats: int
    plain_decode: float
    peak_memory: int
    timings: tuple[Timing, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return asdict(self)


def benchmark(
    load: Callable[[str], VARPipeline],
    precisions: Sequence[str],
    *,
    batch: int = 1,
    repeats: int = 5,
    options: SamplingOptions | None = None,
    progress: Callable[[str], None] = lambda message: None,
) -> Report:
    """Measures a model in one or more precisions, interleaved.

    Args:
        load: builds the pipeline of a precision ("exact" or "fast").
        precisions: which to measure.
        batch: pictures at once.
        repeats: measured rounds after the warm-up.
        options: None for the model's defaults.
        progress: is told what is going on.
    """
    pipes: dict[str, VARPipeline] = {}
    loads: dict[str, float] = {}
    firsts: dict[str, float] = {}
    for precision in precisions:
        progress(f"loading, {precision}")
        loads[precision] = _milliseconds(lambda p=precision: pipes.__setitem__(p, load(p)))  # type: ignore[misc]
        firsts[precision] = _milliseconds(_final_only(pipes[precision], batch, options), pipes[precision].device)
    any_pipe = pipes[precisions[0]]
    plain = _plain_copy(any_pipe)
    latent = torch.zeros(batch, any_pipe.config.tokenizer.code_dim, *[any_pipe.config.schedule.last_side] * 2)
    jobs: dict[tuple[str, str], Callable[[], object]] = {("", "plain"): _decoder(plain, latent.to(any_pipe.device))}
    for precision, pipe in pipes.items():
        jobs[precision, "final"] = _final_only(pipe, batch, options)
        jobs[precision, "stream"] = _stream(pipe, batch, options)
    times: dict[tuple[str, str], list[float]] = {key: [] for key in jobs}
    scale_times: dict[str, list[list[tuple[float, float, float]]]] = {precision: [] for precision in precisions}
    for round_number in range(repeats + 1):
        progress(f"round {round_number} of {repeats}")
        for key, job in jobs.items():
            elapsed = _milliseconds(job, any_pipe.device)
            if round_number:
                times[key].append(elapsed)
        for precision, pipe in pipes.items():
            rows = _scales(pipe, batch, options)
            if round_number:
                scale_times[precision].append(rows)
    return Report(
        model=any_pipe.config.name,
        device=any_pipe.device.type,
        threads=torch.get_num_threads(),
        batch=batch,
        repeats=repeats,
        plain_decode=median(times["", "plain"]),
        peak_memory=_peak_memory(any_pipe.device),
        timings=tuple(
            Timing(
                precision=precision,
                load=loads[precision],
                first_picture=firsts[precision],
                scales=_medians(scale_times[precision], any_pipe.config.schedule.sides),
                stream=median(times[precision, "stream"]),
                final_only=median(times[precision, "final"]),
            )
            for precision in precisions
        ),
    )


def _final_only(pipe: VARPipeline, batch: int, options: SamplingOptions | None) -> Callable[[], object]:
    return lambda: pipe.sample(_classes(pipe, batch), seeds=list(range(batch)), options=options)


def _stream(pipe: VARPipeline, batch: int, options: SamplingOptions | None) -> Callable[[], object]:
    def run() -> None:
        for step in pipe.stream(_classes(pipe, batch), seeds=list(range(batch)), options=options):
            pipe.decode(step.latent)

    return run


def _decoder(tokenizer: Tokenizer, latent: Tensor) -> Callable[[], object]:
    def run() -> None:
        with torch.no_grad(), without_tf32(latent.device):
            tokenizer.decode(latent)

    return run


def _classes(pipe: VARPipeline, batch: int) -> list[int]:
    classes = pipe.config.classes
    return [classes[row % len(classes)].class_id for row in range(batch)]


def _scales(pipe: VARPipeline, batch: int, options: SamplingOptions | None) -> list[tuple[float, float, float]]:
    """(transformer, rest of the step, decode) of every scale, in milliseconds.

    The transformer is timed apart, on the same inputs, so that the split also holds where a step is only enqueued.
    """
    settings = options or pipe.default_options()
    guided = settings.guidance > 0
    transformer, quantizer = pipe.transformer, pipe.tokenizer.quantizer
    labels = [pipe.row_of(class_id) for class_id in _classes(pipe, batch)]
    labels += [transformer.null_label] * (batch if guided else 0)
    with torch.no_grad():
        condition = transformer.condition(torch.tensor(labels, device=pipe.device))
    cache = transformer.new_cache(len(labels))
    stream = iter(pipe.stream(_classes(pipe, batch), seeds=list(range(batch)), options=settings))
    inputs: Tensor | None = None
    rows = []
    for scale in range(pipe.config.schedule.num_scales):
        steps: list[Any] = []
        whole = _milliseconds(lambda: steps.append(next(stream)), pipe.device)  # noqa: B023

        @torch.no_grad()
        def alone(scale: int = scale, inputs: Tensor | None = inputs) -> None:
            transformer.logits(transformer.step(inputs, scale, condition, cache), condition)

        part = _milliseconds(alone, pipe.device)
        latent = steps[0].latent
        decode = _milliseconds(lambda: pipe.decode(latent), pipe.device)  # noqa: B023
        rows.append((part, max(0.0, whole - part), decode))
        if scale + 1 < pipe.config.schedule.num_scales:
            pooled = quantizer.pool(latent, scale + 1).flatten(2).transpose(1, 2)
            inputs = pooled.repeat(2, 1, 1) if guided else pooled
    return rows


def _medians(rounds: list[list[tuple[float, float, float]]], sides: tuple[int, ...]) -> tuple[ScaleTiming, ...]:
    return tuple(
        ScaleTiming(side, *(median(rows[scale][part] for rows in rounds) for part in range(3)))
        for scale, side in enumerate(sides)
    )


def _plain_copy(pipe: VARPipeline) -> Tokenizer:
    tokenizer = Tokenizer(pipe.config.tokenizer, pipe.config.schedule).to(pipe.device)
    state = {name: tensor.float().contiguous() for name, tensor in pipe.tokenizer.state_dict().items()}
    tokenizer.load_state_dict(state)
    return tokenizer.requires_grad_(False)


def _milliseconds(job: Callable[[], object], device: torch.device | None = None) -> float:
    _wait(device)
    started = time.perf_counter()
    job()
    _wait(device)
    return (time.perf_counter() - started) * 1e3


def _wait(device: torch.device | None) -> None:
    if device is not None and device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device is not None and device.type == "mps":
        torch.mps.synchronize()


def _peak_memory(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
