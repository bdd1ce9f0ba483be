"""The picture a question is about, as the browser sends it back: settings and token ids, checked.

The server remembers no run. A view returns the settings and ids of the record that it shows, and the model is taken
through them again with every given token forced, which is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from app.lab.tasks import LabError, Plain
from app.lab.wire import unpacked
from app.requests import NO_CLASS
from var_core.config import ModelConfig
from var_core.errors import VarError
from var_core.options import MAX_SEED, SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.steps import ClassSwitch, ScaleStep
from var_core.trace import Trace, record
from var_core.validation import shown, whole_number

ID_KIND = "<u2"
OPTION_NAMES = ("guidance", "top_k", "top_p", "temperature", "smooth")


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """One picture of a run.

    Attributes:
        class_id: or None for no class.
        seed: of this picture.
        options: how it was sampled.
        token_ids: maps (1, s, s) int64 of scales 1 … k, coarse to fine; all K for a finished picture.
        switch: another class from a scale on, or None; its labels are class ids.
    """

    class_id: int | None
    seed: int
    options: SamplingOptions
    token_ids: tuple[Tensor, ...]
    switch: ClassSwitch | None = None


def past_of(values: Plain, config: ModelConfig, *, least: int = 0) -> Past:
    """``values["past"]`` as a browser sends it: class_id, seed, options, ids (base64 a scale), perhaps a switch.

    Args:
        values: of a question.
        config: of the model that it names.
        least: scales that must be there.

    Raises:
        LabError: for the first value that cannot be used.
    """
    past = values.get("past")
    if not isinstance(past, dict):
        raise LabError(f"past must be an object with class_id, seed, options and ids, got {shown(past)}.")
    sides, ids = config.schedule.sides, past.get("ids")
    if not isinstance(ids, list) or not least <= len(ids) <= len(sides):
        raise LabError(f"past.ids must be a list of {least} to {len(sides)} maps, got {shown(ids)}.")
    maps = tuple(_token_map(text, side, config) for text, side in zip(ids, sides, strict=False))
    return Past(
        class_of(past.get("class_id"), config), whole_from(past, "seed", 0, MAX_SEED),
        options_of(past.get("options"), config), maps, _switch(past.get("switch"), config),
    )  # fmt: skip


def sent_past(record: Mapping[str, Any], picture: int = 0) -> Plain:
    """What a browser sends of a picture of a record, with all its scales; ``pastOf`` of the views."""
    chosen = record["pictures"][picture]
    return {
        "class_id": record["class_id"], "seed": chosen["seed"], "options": record["options"],
        "switch": record["switch"], "ids": list(chosen["ids"]),
    }  # fmt: skip


def trace_of(pipe: VARPipeline, past: Past) -> Trace:
    """The past as a trace, for ``var_core.inspection``: tokens, sums and settings; no statistics, no times."""
    with torch.no_grad():
        sums = list(pipe.tokenizer.quantizer.accumulate([ids.to(pipe.device) for ids in past.token_ids]))
    steps = []
    for scale, (ids, latent) in enumerate(zip(past.token_ids, sums, strict=True)):
        side, strength = ids.shape[-1], past.options.guidance * pipe.config.schedule.progress(scale)
        kept = torch.zeros(side, side, dtype=torch.bool)
        steps.append(ScaleStep(scale, side, ids, ids, kept, latent, strength, 0.0, None))
    return record(pipe.settings_of([past.class_id], [past.seed], past.options, past.switch), steps)


def class_of(value: object, config: ModelConfig) -> int | None:
    """A class id of the model; None, or "none", is no class.

    Raises:
        LabError: for any other value.
    """
    if value is None or value == NO_CLASS:
        return None
    if type(value) is not int or value not in {label.class_id for label in config.classes}:
        raise LabError(f"class_id must be one of the model's {len(config.classes)} classes, got {shown(value)}.")
    return value


def options_of(value: object, config: ModelConfig) -> SamplingOptions:
    """Sampling options from an object with some of their names; None or 0 is off.

    Raises:
        LabError: for an unknown name or a value out of range.
    """
    if not isinstance(value, dict) or not set(value) <= set(OPTION_NAMES):
        raise LabError(f"options must be an object with {', '.join(OPTION_NAMES)}, got {shown(value)}.")
    given: dict[str, Any] = {name: value[name] for name in value if value[name] is not None}
    for name in ("top_k", "top_p"):
        if given.get(name, 1) == 0 or value.get(name, 1) is None:
            given[name] = None
    try:
        options = SamplingOptions(**given)
    except (VarError, TypeError) as error:
        raise LabError(str(error)) from None
    if options.top_k is not None and options.top_k > config.tokenizer.codebook_size:
        raise LabError(f"top_k must be at most {config.tokenizer.codebook_size}, got {options.top_k}.")
    return options


def whole_from(values: Plain, name: str, low: int, high: int) -> int:
    """``values[name]``, a whole number from ``low`` to ``high``.

    Raises:
        LabError: naming the value and the range.
    """
    return whole_number(values.get(name), name, low, high, error=LabError)


def _token_map(text: object, side: int, config: ModelConfig) -> Tensor:
    ids = torch.from_numpy(unpacked(text, ID_KIND, side * side).astype("int64")).view(1, side, side)
    if int(ids.max()) >= config.tokenizer.codebook_size:
        raise LabError(f"Token ids must be below {config.tokenizer.codebook_size}, got {int(ids.max())}.")
    return ids


def _switch(value: object, config: ModelConfig) -> ClassSwitch | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("cache") not in ("keep", "replay"):
        raise LabError(
            f'switch must be an object with scale, class_id and cache "keep" or "replay", got {shown(value)}.'
        )
    scale = whole_from(value, "scale", 1, config.schedule.num_scales - 1)
    labels = cast(list[int], [class_of(value.get("class_id"), config)])
    return ClassSwitch(scale, labels, value["cache"])
