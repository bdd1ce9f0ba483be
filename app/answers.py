"""What programs get: the shapes of the API's answers, and how they follow from what happened."""

from __future__ import annotations

from typing import TypedDict

from torch import Tensor

from app import presenters
from app.models import Model
from app.pictures import png_uri
from app.run import ScaleDone
from var_core.evaluation.fidelity import psnr


class ScaleAnswer(TypedDict):
    """What API callers get for each scale; ``pictures`` (lossless) only with the last.

    ``psnr`` (dB) compares a reconstruction with the picture that was sent; None for everything else.
    """

    scale: int
    side: int
    tokens: int
    guidance: float
    milliseconds: int
    seeds: list[int]
    preview: str
    pictures: list[str] | None
    psnr: float | None


class ClassAnswer(TypedDict):
    """A class of a model."""

    class_id: int
    name: str
    chinese: str


class ModelAnswer(TypedDict):
    """A model of the server. ``download_bytes`` is what a person would have to fetch on the page first."""

    name: str
    here: bool
    loaded: bool
    side: int
    scales: list[int]
    classes: int
    codebook_size: int
    download_bytes: int


def scale_answer(
    event: ScaleDone, tokens: int, seeds: list[int], num_scales: int, reference: Tensor | None = None
) -> ScaleAnswer:
    """The answer for one scale.

    Args:
        event: the scale.
        tokens: of the scales before.
        seeds: of the pictures.
        num_scales: of the model.
        reference: (3, H, W) in [0, 1], what a reconstruction is compared with.
    """
    shown = presenters.frame(event, tokens)
    final = event.step.scale + 1 == num_scales
    return ScaleAnswer(
        scale=event.step.scale + 1, side=shown["side"], tokens=shown["tokens"], guidance=shown["guidance"],
        milliseconds=shown["ms"], seeds=seeds, preview=shown["src"],
        pictures=[png_uri(picture) for picture in event.pixels] if final else None,
        psnr=None if reference is None else round(level_psnr(event, reference), 3),
    )  # fmt: skip


def class_answers(model: Model) -> list[ClassAnswer]:
    """The classes of a model."""
    return [
        ClassAnswer(class_id=names.class_id, name=names.english, chinese=names.chinese)
        for names in model.index.names.values()
    ]


def model_answer(model: Model, loaded: list[str]) -> ModelAnswer:
    """One model."""
    estimate = model.estimate
    return ModelAnswer(
        name=model.name, here=model.here, loaded=model.name in loaded, side=model.config.image_side,
        scales=list(model.config.schedule.sides), classes=len(model.config.classes),
        codebook_size=model.config.tokenizer.codebook_size,
        download_bytes=0 if estimate is None else estimate.download_bytes,
    )  # fmt: skip


def level_psnr(event: ScaleDone, reference: Tensor) -> float:
    """dB between the 8-bit picture of a scale and (3, H, W) in [0, 1]; at most 99, for JSON has no infinity."""
    pixels = reference.new_tensor(event.pixels[0] / 255).permute(2, 0, 1)
    return min(psnr(pixels, reference), 99.0)
