"""The perceptual term (LPIPS, Zhang et al. 2018): an optional extra, imported only when it is asked for."""

from __future__ import annotations

import importlib
from typing import Any

import torch
from torch import Tensor, nn

from var_core.errors import TrainingError


class PerceptualLoss(nn.Module):
    """Distance of pictures (B, 3, H, W) in [−1, 1] as a VGG network sees them; frozen.

    Raises:
        TrainingError: if the package ``lpips`` is missing or its VGG weights cannot be had.
    """

    def __init__(self) -> None:
        super().__init__()
        try:
            lpips: Any = importlib.import_module("lpips")
        except ImportError as error:
            raise TrainingError(
                "The perceptual term needs the package lpips, which is not installed: pip install lpips, or train "
                "without --perceptual."
            ) from error
        try:
            self.network = lpips.LPIPS(net="vgg", verbose=False).eval().requires_grad_(False)
        except Exception as error:  # its download can fail in many ways
            raise TrainingError(
                f"The VGG weights of lpips could not be fetched ({type(error).__name__}: {error}); fetch them once on "
                "a machine with a network, or train without --perceptual."
            ) from error

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """Mean distance over the batch, a scalar."""
        with torch.autocast(output.device.type, enabled=False):
            distance: Tensor = self.network(output.float(), target.float())
        return distance.mean()
