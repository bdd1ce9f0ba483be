"""The record: what the browser holds of a finished run, and what every view of the lab reads.

It says what ``var_core.trace.Trace`` says, packed for a browser: frames as pictures, per-token numbers as base64
arrays. Logits, attention and latents are not in it; views ask for those one query at a time, with ``past`` values cut
from this record.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypedDict

import torch
from torch import Tensor

from app.lab.past import ID_KIND
from app.lab.wire import packed
from app.pictures import preview_uri
from app.presenters import subject
from app.requests import PictureRequest
from app.run import ScaleDone
from var_core.config import ModelConfig
from var_core.images import contact_sheet
from var_core.options import SamplingOptions
from var_core.steps import ClassSwitch

RECORD_FORMAT = 1
FLOATS = "<f4"


class PictureRecord(TypedDict):
    """One picture: lists with one packed array a scale, each s_k² long in reading order unless said.

    ``ids`` are uint16, ``kept`` uint8 (1 = given, not drawn), ``rank`` uint16 (0 = likeliest), the others float32:
    ``probability``, ``filtered`` (after top-k and top-p) and ``entropy`` (nats) of the drawn id's distribution,
    ``divergence`` KL(cond ‖ uncond) in nats (null without guidance). ``change`` is ‖φ(h_k)‖ per cell of the latent,
    always s_K². ``strength`` is its root mean square, a number a scale.
    """

    seed: int
    ids: list[str]
    kept: list[str]
    probability: list[str] | None
    filtered: list[str] | None
    entropy: list[str] | None
    rank: list[str] | None
    divergence: list[str | None] | None
    change: list[str]
    strength: list[float]


class SwitchRecord(TypedDict):
    """Another class from a 0-based scale on; its names are empty for no class."""

    scale: int
    class_id: int | None
    subject: str
    subject_zh: str
    cache: str


class LabRecord(TypedDict):
    """A finished run. ``columns`` is how many pictures lie side by side in each frame."""

    format: int
    run: str
    model: str
    precision: str
    class_id: int | None
    subject: str
    subject_zh: str
    options: dict[str, object]
    switch: SwitchRecord | None
    query: str
    sides: list[int]
    codebook_size: int
    image_side: int
    guidance: list[float]
    ms: list[int]
    columns: int
    frames: list[str]
    pictures: list[PictureRecord]


def record_of(
    run: str, class_id: int | None, seeds: Sequence[int], options: SamplingOptions, scales: Sequence[ScaleDone],
    config: ModelConfig, *, model: str, precision: str, query: str = "", switch: ClassSwitch | None = None,
) -> LabRecord:  # fmt: skip
    """The record of a run that has finished.

    Args:
        run: its id.
        class_id, seeds, options, switch: as asked for; the switch with class ids.
        scales: all K, coarse to fine.
        config: of the model.
        model, precision: their names.
        query: the link that reopens the settings; empty where no link can.
    """
    names = _names(class_id, options, config)
    count = len(scales[0].pixels)
    return LabRecord(
        format=RECORD_FORMAT, run=run, model=model, precision=precision, class_id=class_id, subject=names[0],
        subject_zh=names[1], options=options.to_dict(),
        switch=None if switch is None else _switch(switch, options, config), query=query,
        sides=list(config.schedule.sides), codebook_size=config.tokenizer.codebook_size, image_side=config.image_side,
        guidance=[round(scale.step.guidance, 4) for scale in scales],
        ms=[max(1, round(scale.milliseconds)) for scale in scales], columns=columns_of(count),
        frames=[preview_uri(contact_sheet(scale.pixels)) for scale in scales],
        pictures=[_picture(row, seed, scales) for row, seed in zip(range(count), seeds, strict=False)],
    )  # fmt: skip


def columns_of(count: int) -> int:
    """Pictures side by side in a sheet of so many, as ``contact_sheet`` lays them."""
    return next(columns for columns in range(1, count + 1) if columns * columns >= count)


def _picture(row: int, seed: int, scales: Sequence[ScaleDone]) -> PictureRecord:
    steps = [scale.step for scale in scales]
    latents = [torch.zeros_like(steps[0].latent[row]), *(step.latent[row] for step in steps)]
    changes = [(after - before).norm(dim=0) for before, after in pairwise(latents)]

    def column(name: str, kind: str) -> list[str] | None:
        values: list[Tensor] = [getattr(step.statistics, name)[row] for step in steps if step.statistics is not None]
        return [packed(value, kind) for value in values] if len(values) == len(steps) else None

    divergence = None
    if all(step.statistics is not None for step in steps):
        maps = [None if step.statistics is None else step.statistics.divergence for step in steps]
        divergence = [None if each is None else packed(each[row], FLOATS) for each in maps]
    return PictureRecord(
        seed=seed, ids=[packed(step.token_ids[row], ID_KIND) for step in steps],
        kept=[packed(step.kept, "u1") for step in steps], probability=column("probability", FLOATS),
        filtered=column("filtered_probability", FLOATS), entropy=column("entropy", FLOATS), rank=column("rank", "<u2"),
        divergence=divergence, change=[packed(change, FLOATS) for change in changes],
        strength=[round(float(change.square().mean().sqrt()), 5) for change in changes],
    )  # fmt: skip


def _switch(switch: ClassSwitch, options: SamplingOptions, config: ModelConfig) -> SwitchRecord:
    class_id = switch.labels[0]
    english, chinese = _names(class_id, options, config)
    return SwitchRecord(
        scale=switch.scale, class_id=class_id, subject=english, subject_zh=chinese, cache=switch.cache
    )  # fmt: skip


def _names(class_id: int | None, options: SamplingOptions, config: ModelConfig) -> tuple[str, str]:
    return subject(PictureRequest(class_id, 0, 1, options), config)
