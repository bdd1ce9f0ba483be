"""Pictures that programs send: text in, checked tensors out. Nothing is ever fetched from an address."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from app.requests import PictureRequest
from var_core.errors import EditingError
from var_core.images import read_picture
from var_core.pipeline import VARPipeline
from var_core.steps import ScaleStep
from var_core.validation import real_number, shown

LONGEST_TEXT = 28_000_000  # characters: 20 MB in base64


@dataclass(frozen=True, slots=True, eq=False)
class Reconstruction:
    """A picture through the tokenizer alone, to be run by the engine.

    Attributes:
        picture: (3, side, side) float32 in [0, 1].
        model: name of the model.
    """

    picture: Tensor
    model: str

    def stream(self, pipe: VARPipeline) -> Iterator[ScaleStep]:
        """The scales of the picture, coarse to fine; nothing is drawn."""
        maps = pipe.encode(self.picture[None])
        with torch.no_grad():
            latents = list(pipe.tokenizer.quantizer.accumulate(maps))
        for scale, (token_ids, latent) in enumerate(zip(maps, latents, strict=True)):
            side = token_ids.shape[-1]
            kept = torch.ones(side, side, dtype=torch.bool)
            yield ScaleStep(scale, side, token_ids, token_ids, kept, latent, 0.0, 0.0, None)


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """A picture of which a part is drawn again.

    Attributes:
        picture: (3, side, side) float32 in [0, 1].
        keep: (side, side) bool, True = keep.
        request: class, seeds and options of what is drawn.
    """

    picture: Tensor
    keep: Tensor
    request: PictureRequest

    @property
    def model(self) -> str:
        return self.request.model

    def stream(self, pipe: VARPipeline) -> Iterator[ScaleStep]:
        """The scales of the edited picture, coarse to fine."""
        request = self.request
        return pipe.edit(self.picture, self.keep, request.class_ids, seeds=request.seeds, options=request.options)


def picture_of(text: object, side: int) -> Tensor:
    """A data URI, or plain base64, of a picture file → (3, side, side) float32 in [0, 1], its centre square.

    Raises:
        EditingError: if it is no such text, or no picture that may be read.
    """
    if not isinstance(text, str) or not text:
        raise EditingError(f"picture must be a data URI or base64 of a picture file, got {shown(text)}.")
    if len(text) > LONGEST_TEXT:
        raise EditingError(f"picture must be a file of at most 20 MB, got {len(text) * 3 // 4 // 10**6} MB.")
    head, comma, body = text.partition(",")
    if comma and not (head.startswith("data:image/") and head.endswith(";base64")):
        raise EditingError(f"picture must be a data URI or base64 of a picture file, got {shown(head)}.")
    try:
        data = base64.b64decode(body if comma else text, validate=True)
    except (ValueError, binascii.Error):
        raise EditingError("picture must be a data URI or base64 of a picture file; its base64 is damaged.") from None
    return read_picture(data, side)


def keep_mask(box: object, outside: object, side: int) -> Tensor:
    """A box (top, left, bottom, right as fractions) → (side, side) bool, True where the picture stays.

    Args:
        box: what is drawn again.
        outside: draw the rest and keep the box instead.
        side: pixels.

    Raises:
        EditingError: if the box is empty or leaves the picture, or ``outside`` is no Boolean.
    """
    if not isinstance(box, list | tuple) or len(box) != 4:
        raise EditingError(f"box must be four numbers, top, left, bottom, right, got {shown(box)}.")
    top, left, bottom, right = (real_number(value, "box", 0, 1, error=EditingError) for value in box)
    if not (top < bottom and left < right):
        raise EditingError(f"box must have top < bottom and left < right, got {shown(box)}.")
    if type(outside) is not bool:
        raise EditingError(f"outside must be true or false, got {shown(outside)}.")
    keep = torch.ones(side, side, dtype=torch.bool)
    keep[round(top * side) : round(bottom * side), round(left * side) : round(right * side)] = False
    return ~keep if outside else keep
