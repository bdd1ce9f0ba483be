"""Pictures as tensors: the procedural ones, drawn as they are asked for."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.utils.data import Dataset

from var_core.training.pictures import PICTURE_CLASSES, draw, draw_texture

Split = Literal["train", "heldout"]


class ProceduralPictures(Dataset[tuple[Tensor, int]]):
    """Endlessly many drawn pictures as ((3, side, side) uint8, row of the class).

    Item i is picture i // n of class i % n, so that any run of n items holds every class once. Every
    ``texture_every``-th item is a texture of no class instead (row −1), for the tokenizer only.
    """

    def __init__(
        self, class_ids: tuple[int, ...], length: int, *, side: int = 256, split: Split = "train",
        texture_every: int = 0,
    ) -> None:  # fmt: skip
        self.class_ids = class_ids
        self.length = length
        self.side = side
        self.split: Split = split
        self.texture_every = texture_every

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        if self.texture_every and index % self.texture_every == self.texture_every - 1:
            picture, row = draw_texture(index // self.texture_every, split=self.split, side=self.side), -1
        else:
            row = index % len(self.class_ids)
            picture = draw(self.class_ids[row], index // len(self.class_ids), split=self.split, side=self.side)
        return torch.from_numpy(picture).permute(2, 0, 1), row


def class_names() -> dict[int, str]:
    """English names of the classes that can be drawn, by ImageNet id."""
    return {kind.class_id: kind.name for kind in PICTURE_CLASSES}
