"""Exponential moving average of weights, w̄ ← d·w̄ + (1 − d)·w after each step: the weights that are kept in the end."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

M = TypeVar("M", bound=nn.Module)


class AveragedWeights(Generic[M]):
    """A frozen copy of a module that follows it.

    Attributes:
        module: the averaged module, in evaluation mode and without gradients.
        decay: d once the run is old; until then min(d, (1 + n)/(10 + n)) after n steps, so that the start is
            forgotten soon. 0 means no averaging.
    """

    def __init__(self, module: M, decay: float) -> None:
        self.module: M = copy.deepcopy(module).requires_grad_(False).eval()
        self.decay = decay

    @torch.no_grad()
    def update(self, module: nn.Module, steps: int) -> None:
        """Moves towards ``module``, which has now made ``steps`` steps (from 1)."""
        decay = min(self.decay, (1 + steps) / (10 + steps))
        average = [tensor.data for tensor in self.module.parameters()]
        torch._foreach_lerp_(average, [tensor.data for tensor in module.parameters()], 1 - decay)
