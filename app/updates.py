"""What the page is told along a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.lab.record import LabRecord, record_of
from app.presenters import PlayerValue
from app.requests import PictureRequest
from app.run import ScaleDone
from app.takeaway import Files, pack
from var_core.config import ModelConfig


@dataclass(frozen=True, slots=True)
class Update:
    """The next thing to show; files and record come with the last."""

    value: PlayerValue
    files: Files | None = None
    record: LabRecord | None = None


def last_update(
    value: PlayerValue, request: PictureRequest, scales: Sequence[ScaleDone], config: ModelConfig, model: str,
    precision: str,
) -> Update:  # fmt: skip
    """The update of a run that has finished, with all that it leaves.

    Args:
        value: the player's.
        request: what was asked for.
        scales: all K, coarse to fine.
        config: of the model.
        model, precision: their names.
    """
    record = record_of(
        value["run"], request.class_id, request.seeds, request.options, scales, config, model=model,
        precision=precision, query=value["query"],
    )  # fmt: skip
    return Update(value, pack(request, scales, config.name, precision), record)
