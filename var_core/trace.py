"""The trace: one immutable, versioned record of a run, from which everything that shows or exports it reads.

On disk a folder with ``trace.json`` (settings, timings) and ``trace.safetensors`` (token maps, latents, statistics).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from var_core.errors import CheckpointError, VarError
from var_core.options import MAX_GUIDANCE, SamplingOptions, check_seed
from var_core.saving import save_tensors
from var_core.steps import ClassSwitch, KeptTokens, ScaleStep, StepStatistics
from var_core.validation import real_number, shown, whole_number

TRACE_FORMAT = 1
JSON_FILE, TENSOR_FILE = "trace.json", "trace.safetensors"
_STEP_TENSORS = ("token_ids", "drawn_ids", "kept", "latent")
_STATISTICS = tuple(field.name for field in fields(StepStatistics))


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What was asked for: enough, with the steps' kept cells, to run it again.

    Attributes:
        model: name of the model.
        precision: "exact" or "fast".
        class_ids: one per picture; None is the null class.
        seeds: one per picture.
        options: as given.
        switch: another class from a scale on (labels are class ids here), or None.
    """

    model: str
    precision: str
    class_ids: tuple[int | None, ...]
    seeds: tuple[int, ...]
    options: SamplingOptions
    switch: ClassSwitch | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A finished run: its settings and every step, coarse to fine, on the CPU."""

    settings: RunSettings
    steps: tuple[ScaleStep, ...]

    @property
    def token_maps(self) -> list[Tensor]:
        """K token maps (B, s, s) int64, what ``prefix`` takes."""
        return [step.token_ids for step in self.steps]

    @property
    def latent(self) -> Tensor:
        """The finished latent (B, C, s_K, s_K) float32."""
        return self.steps[-1].latent

    def kept(self) -> KeptTokens | None:
        """The tokens that were given and not drawn, as an input to run again; None if all were drawn."""
        if not any(bool(step.kept.any()) for step in self.steps):
            return None
        # Copies, for a run hands its masks on with its steps, and a trace must not change with those.
        return KeptTokens(
            tuple(ids.clone() for ids in self.token_maps), tuple(step.kept.clone() for step in self.steps)
        )

    def save(self, folder: str | Path) -> None:
        """Writes the trace into a folder, which is made if need be."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        tensors: dict[str, Tensor] = {}
        for index, step in enumerate(self.steps):
            for name in _STEP_TENSORS:
                tensors[f"{index}.{name}"] = getattr(step, name).contiguous()
            if not step.kept.any():
                del tensors[f"{index}.drawn_ids"]  # they are the token ids
            for name in _STATISTICS if step.statistics is not None else ():
                value = getattr(step.statistics, name)
                if value is not None:
                    tensors[f"{index}.statistics.{name}"] = value.contiguous()
        save_tensors(place / TENSOR_FILE, tensors)
        text = json.dumps(self._header(), indent=1, ensure_ascii=False)
        (place / JSON_FILE).write_text(text + "\n", encoding="utf-8")

    def _header(self) -> dict[str, Any]:
        settings = self.settings
        return {
            "format": TRACE_FORMAT,
            "model": settings.model,
            "precision": settings.precision,
            "class_ids": list(settings.class_ids),
            "seeds": list(settings.seeds),
            "options": settings.options.to_dict(),
            "switch": None if settings.switch is None else asdict(settings.switch),
            "scales": [{"side": step.side, "guidance": step.guidance, "seconds": step.seconds} for step in self.steps],
        }


def record(settings: RunSettings, steps: Sequence[ScaleStep]) -> Trace:
    """A trace of the steps that a run yielded, moved to the CPU."""
    return Trace(settings, tuple(_on_cpu(step) for step in steps))


def load_trace(folder: str | Path) -> Trace:
    """Reads what ``Trace.save`` wrote.

    Raises:
        CheckpointError: if a file is missing or damaged, of another version, or does not fit together.
    """
    place = Path(folder)
    try:
        header = json.loads((place / JSON_FILE).read_text(encoding="utf-8"))
        tensors = load_file(place / TENSOR_FILE)
    except (OSError, ValueError, RecursionError, SafetensorError) as error:
        raise CheckpointError(f"{place} holds no readable trace ({error}); save it again.") from error
    version = header.get("format") if isinstance(header, dict) else None
    if version != TRACE_FORMAT:
        raise CheckpointError(f"This version reads trace format {TRACE_FORMAT}, {place} has {shown(version)}.")
    try:
        sides = [whole_number(row["side"], "side", 1, 2**12) for row in header["scales"]]
        if not sides:
            raise ValueError("no scales")
        settings = _read_settings(header, len(sides))
        parts = _Parts(tensors, len(settings.seeds), sides)
        steps = tuple(parts.step(index, row) for index, row in enumerate(header["scales"]))
        if parts.left:
            raise ValueError(f"{sorted(parts.left)[0]} belongs to nothing in {JSON_FILE}")
    except (KeyError, TypeError, ValueError, AttributeError, VarError) as error:
        said = f"{error} is missing" if isinstance(error, KeyError) else str(error).rstrip(".")
        raise CheckpointError(f"{place} holds a trace whose parts do not fit together: {said}.") from error
    return Trace(settings, steps)


def _read_settings(header: dict[str, Any], scales: int) -> RunSettings:
    for name, kind in (("model", str), ("precision", str), ("class_ids", list), ("seeds", list)):
        if not isinstance(header[name], kind):
            raise ValueError(f"{name} must be a {kind.__name__}, is {shown(header[name])}")
    class_ids = _class_ids(header["class_ids"], "class_ids")
    seeds = tuple(check_seed(seed) for seed in header["seeds"])
    if not seeds or len(seeds) != len(class_ids):
        raise ValueError(f"seeds are {len(seeds)}, class_ids {len(class_ids)}")
    switch = header["switch"]
    if switch is not None:
        labels = _class_ids(switch["labels"], "switch")
        whole_number(switch["scale"], "switch", 1, scales - 1)
        if switch["cache"] not in ("keep", "replay") or len(labels) != len(seeds):
            raise ValueError(f"switch is {shown(switch)} for {len(seeds)} pictures")
        switch = ClassSwitch(**{**switch, "labels": labels})
    return RunSettings(
        header["model"], header["precision"], class_ids, seeds, SamplingOptions(**header["options"]), switch
    )


def _class_ids(values: Sequence[object], name: str) -> tuple[Any, ...]:
    return tuple(value if value is None else whole_number(value, name, 0, 2**63 - 1) for value in values)


class _Parts:
    """The tensors of a trace, handed out where shape and type are those of a run of such sides and so many pictures."""

    def __init__(self, tensors: dict[str, Tensor], batch: int, sides: Sequence[int]) -> None:
        self.tensors, self.batch, self.sides, self.left = tensors, batch, sides, set(tensors)
        latent = tensors["0.latent"]
        self.channels = latent.shape[1] if latent.dim() == 4 else 0
        self.with_statistics = "0.statistics.probability" in tensors

    def step(self, index: int, row: dict[str, Any]) -> ScaleStep:
        """Everything about one scale."""
        side = self.sides[index]
        maps = (self.batch, side, side)
        kept = self._take(f"{index}.kept", (side, side), torch.bool)
        token_ids = self._take(f"{index}.token_ids", maps, torch.int64)
        drawn_ids = self._take(f"{index}.drawn_ids", maps, torch.int64) if kept.any() else token_ids.clone()
        if token_ids.min() < 0 or not torch.equal(token_ids[:, ~kept], drawn_ids[:, ~kept]):
            raise ValueError(f"{index}.token_ids are below 0, or not those drawn where none were kept")
        latent = self._take(f"{index}.latent", (self.batch, self.channels, *[self.sides[-1]] * 2), torch.float32)
        guidance = real_number(row["guidance"], f"guidance of scale {index}", 0, MAX_GUIDANCE)
        seconds = real_number(row["seconds"], f"seconds of scale {index}", 0, 1e9)
        statistics = self._statistics(index, maps) if self.with_statistics else None
        return ScaleStep(index, side, token_ids, drawn_ids, kept, latent, guidance, seconds, statistics)

    def _statistics(self, index: int, maps: tuple[int, ...]) -> StepStatistics:
        values: dict[str, Any] = dict.fromkeys(_STATISTICS)
        for name in ("probability", "entropy", "filtered_probability"):
            values[name] = self._take(f"{index}.statistics.{name}", maps, torch.float32)
        values["rank"] = self._take(f"{index}.statistics.rank", maps, torch.int64)
        if f"{index}.statistics.divergence" in self.tensors:
            values["divergence"] = self._take(f"{index}.statistics.divergence", maps, torch.float32)
        if index + 1 < len(self.sides):
            pooled = (self.batch, self.channels, *[self.sides[index + 1]] * 2)
            values["next_input"] = self._take(f"{index}.statistics.next_input", pooled, torch.float32)
        return StepStatistics(**values)

    def _take(self, name: str, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        tensor = self.tensors[name]
        if tuple(tensor.shape) != shape or tensor.dtype != dtype:
            raise ValueError(f"{name} must be {shape} {dtype}, is {tuple(tensor.shape)} {tensor.dtype}")
        self.left.discard(name)
        return tensor


def _on_cpu(step: ScaleStep) -> ScaleStep:
    statistics = step.statistics
    if statistics is not None:
        values = {name: getattr(statistics, name) for name in _STATISTICS}
        moved: dict[str, Any] = {name: value if value is None else value.cpu() for name, value in values.items()}
        statistics = StepStatistics(**moved)
    return ScaleStep(
        scale=step.scale, side=step.side, guidance=step.guidance, seconds=step.seconds, statistics=statistics,
        **{name: getattr(step, name).cpu() for name in _STEP_TENSORS},
    )  # fmt: skip
