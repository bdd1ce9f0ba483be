"""How close one picture is to another."""

from __future__ import annotations

import math

from torch import Tensor


def psnr(image: Tensor, reference: Tensor) -> float:
    """Peak signal-to-noise ratio of pictures in [0, 1] of the same shape, in dB; infinite if they are equal."""
    error = (image - reference).square().mean().item()
    return -10 * math.log10(error) if error > 0 else math.inf
