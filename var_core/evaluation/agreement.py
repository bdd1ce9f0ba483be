"""What a lower precision changes: draws that differ given the same past, and pictures of the same tokens."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from var_core.evaluation.fidelity import psnr
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline


@dataclass(frozen=True, slots=True)
class Agreement:
    """``tokens``: share of equal draws given the exact coarser scales; ``psnr``: of decoded latents, dB."""

    tokens: float
    psnr: float


def agreement(
    exact: VARPipeline, fast: VARPipeline, *, seeds: int, options: SamplingOptions | None = None
) -> Agreement:
    """Compares two precisions of one model over all its classes.

    Every scale of the fast model starts from the exact model's coarser tokens: a single different draw changes all
    that follows, so free runs would only tell whether *any* draw differed.
    """
    equal, drawn, fidelity = 0, 0, []
    for label in exact.config.classes:
        for seed in range(seeds):
            steps = list(exact.stream([label.class_id], seeds=[seed], options=options))
            # With all its tokens kept, every scale is drawn from the exact model's past and then put back.
            kept = fast.stream([label.class_id], seeds=[seed], options=options, prefix=[s.token_ids for s in steps])
            for step, other in zip(steps, kept, strict=True):
                equal += int(torch.eq(other.drawn_ids.cpu(), step.token_ids.cpu()).sum())
                drawn += step.token_ids.numel()
            latent = steps[-1].latent
            fidelity.append(psnr(fast.decode(latent).cpu(), exact.decode(latent).cpu()))
    return Agreement(equal / drawn, sum(fidelity) / len(fidelity))
