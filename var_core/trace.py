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
from safetensors.torch import load_file, save_file
from torch import Tensor

from var_core.errors import CheckpointError, VarError
from var_core.options import SamplingOptions
from var_core.steps import ClassSwitch, KeptTokens, ScaleStep, StepStatistics
from var_core.validation import shown

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
        return KeptTokens(tuple(self.token_maps), tuple(step.kept for step in self.steps))

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
        save_file(tensors, place / TENSOR_FILE)
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
    except (OSError, ValueError, SafetensorError) as error:
        raise CheckpointError(f"{place} holds no readable trace ({error}); save it again.") from error
    version = header.get("format") if isinstance(header, dict) else None
    if version != TRACE_FORMAT:
        raise CheckpointError(f"This version reads trace format {TRACE_FORMAT}, {place} has {shown(version)}.")
    try:
        switch = header["switch"]
        settings = RunSettings(
            model=header["model"],
            precision=header["precision"],
            class_ids=tuple(header["class_ids"]),
            seeds=tuple(header["seeds"]),
            options=SamplingOptions(**header["options"]),
            switch=None if switch is None else ClassSwitch(**switch),
        )
        steps = tuple(_read_step(index, row, tensors) for index, row in enumerate(header["scales"]))
        if not steps:
            raise ValueError("no scales")
    except (KeyError, TypeError, ValueError, VarError) as error:
        raise CheckpointError(f"{place} holds a trace with a missing or wrong entry: {error}.") from error
    return Trace(settings, steps)


def _read_step(index: int, row: dict[str, Any], tensors: dict[str, Tensor]) -> ScaleStep:
    drawn = {f"{index}.drawn_ids": tensors[f"{index}.token_ids"], **tensors}
    step = {name: drawn[f"{index}.{name}"] for name in _STEP_TENSORS}
    side = int(row["side"])
    if step["token_ids"].shape[1:] != (side, side) or step["token_ids"].dtype != torch.int64:
        raise ValueError(f"token ids of scale {index}")
    statistics = None
    if f"{index}.statistics.probability" in tensors:
        values: dict[str, Any] = {name: tensors.get(f"{index}.statistics.{name}") for name in _STATISTICS}
        statistics = StepStatistics(**values)
    return ScaleStep(
        scale=index, side=side, guidance=float(row["guidance"]), seconds=float(row["seconds"]),
        statistics=statistics, **step,
    )  # fmt: skip


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
