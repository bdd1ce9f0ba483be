"""What the tokenizer keeps of held-out pictures, and how much of its codebook it uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from var_core.evaluation.fidelity import psnr
from var_core.pipeline import VARPipeline
from var_core.training.data import ProceduralPictures


@dataclass(frozen=True, slots=True)
class ReconstructionReport:
    """Figures of a tokenizer.

    Attributes:
        psnr_by_class: mean PSNR in dB over the held-out pictures of a class, by class id.
        psnr_textures: over textures of no class, in dB.
        pictures: how many were encoded, textures included.
        code_usage: share of the codebook that was chosen at least once.
    """

    psnr_by_class: dict[int, float]
    psnr_textures: float
    pictures: int
    code_usage: float

    @property
    def psnr(self) -> float:
        """Mean over the classes, in dB."""
        return sum(self.psnr_by_class.values()) / len(self.psnr_by_class)


def reconstruction_report(
    pipe: VARPipeline, *, per_class: int, textures: int, progress: Callable[[int, int], None] = lambda done, total: None
) -> ReconstructionReport:
    """Encodes and decodes held-out pictures of every class, and textures."""
    ids, side = [label.class_id for label in pipe.config.classes], pipe.config.image_side
    used = torch.zeros(pipe.config.tokenizer.codebook_size, dtype=torch.bool)
    total = per_class * len(ids) + textures
    done = 0

    def mean_psnr(data: ProceduralPictures) -> float:
        nonlocal done
        figures = []
        for index in range(len(data)):
            image = data[index][0][None].float().div(255)
            maps = pipe.encode(image)
            for token_ids in maps:
                used[token_ids.flatten().cpu()] = True
            figures.append(psnr(pipe.reconstruct(maps)[-1].cpu(), image))
            done += 1
            progress(done, total)
        return sum(figures) / len(figures)

    by_class = {
        class_id: mean_psnr(ProceduralPictures((class_id,), per_class, side=side, split="heldout")) for class_id in ids
    }
    plain = mean_psnr(ProceduralPictures((ids[0],), textures, side=side, split="heldout", texture_every=1))
    return ReconstructionReport(by_class, plain, total, float(used.float().mean()))
