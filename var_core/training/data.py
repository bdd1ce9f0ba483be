"""Pictures as training sees them, whatever they come from; here the procedural ones, drawn as they are asked for."""

from __future__ import annotations

import hashlib
from typing import Literal, Protocol

import torch
from torch import Tensor
from torch.utils.data import Dataset

from var_core.training.pictures import PICTURE_CLASSES, draw, draw_texture

Split = Literal["train", "heldout"]
NO_CLASS = -1


class Pictures(Protocol):
    """A numbered set of pictures of one size."""

    def __len__(self) -> int: ...

    def view(self, index: int, visit: int) -> tuple[Tensor, int]:
        """Picture ``index`` as it looks on visit number ``visit``: (3, side, side) uint8, and its class row or −1.

        A pure function of both numbers: where a run resumes and how many processes there are changes nothing.
        """
        ...

    def fingerprint(self) -> str:
        """A text that differs wherever the pictures may differ."""
        ...


class ProceduralPictures(Dataset[tuple[Tensor, int]]):
    """Endlessly many drawn pictures as ((3, side, side) uint8, row of the class).

    Item i is picture i // n of class i % n, so that any run of n items holds every class once. Put between them, as
    every ``texture_every``-th item, is a texture of no class (row −1), for the tokenizer only.
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
            picture, row = draw_texture(index // self.texture_every, split=self.split, side=self.side), NO_CLASS
        else:
            textures = index // self.texture_every if self.texture_every else 0  # before this item
            number, row = divmod(index - textures, len(self.class_ids))
            picture = draw(self.class_ids[row], number, split=self.split, side=self.side)
        return torch.from_numpy(picture).permute(2, 0, 1), row

    def view(self, index: int, visit: int) -> tuple[Tensor, int]:
        """The picture; a drawn one looks the same on every visit."""
        return self[index]

    def fingerprint(self) -> str:
        """The settings, and the pixels of the first few: who changes a painter gets another text."""
        first = hashlib.sha256()
        for index in range(min(self.length, len(self.class_ids))):
            first.update(self[index][0].contiguous().numpy().tobytes())
        settings = (self.class_ids, self.length, self.side, self.split, self.texture_every)
        return f"procedural {settings} {first.hexdigest()}"


def class_names() -> dict[int, str]:
    """English names of the classes that can be drawn, by ImageNet id."""
    return {kind.class_id: kind.name for kind in PICTURE_CLASSES}
