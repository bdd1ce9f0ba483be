"""Sheets to look at: a poster of scales, and samples beside their nearest training pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from var_core.evaluation.classifier import Judge
from var_core.evaluation.samples import SampleReport
from var_core.images import Pixels, contact_sheet, to_pixels
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline


def poster(
    pipe: VARPipeline, class_ids: Sequence[int], seeds: Sequence[int], *, side: int,
    options: SamplingOptions | None = None,
) -> Pixels:  # fmt: skip
    """A row a class, a column a scale: (classes·side, K·side, 3) uint8."""
    rows = []
    for class_id, seed in zip(class_ids, seeds, strict=True):
        steps = pipe.stream([class_id], seeds=[seed], options=options)
        frames = torch.cat([pipe.decode(step.latent).cpu() for step in steps])
        rows.append(
            contact_sheet(to_pixels(F.interpolate(frames, size=(side, side), mode="area")), columns=len(frames))
        )
    return np.concatenate(rows)


def neighbour_sheet(report: SampleReport, judge: Judge, *, columns: int = 4) -> Pixels:
    """For each class, ``columns`` pairs of a sample and its nearest training picture, 64 pixels each."""
    cells: list[Tensor] = []
    for class_id in judge.class_ids:
        places = [index for index, wanted in enumerate(report.class_ids) if wanted == class_id][:columns]
        for index in places:
            sample = F.interpolate(report.samples[index][None], size=judge.pictures.shape[-2:], mode="area")[0]
            cells += [sample, report.nearest[index]]
    return contact_sheet(to_pixels(torch.stack(cells)), columns=2 * columns)
