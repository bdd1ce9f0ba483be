"""Muon: momentum whose update is made orthogonal, for weights that are matrices (Jordan et al. 2024).

    M ← μ·M + (1 − μ)·G,   U = (1 − μ)·G + μ·M
    W ← W − η·0.2·√max(m, n) · UVᵀ,       U = U Σ Vᵀ,  by five Newton–Schulz steps

The factor gives updates the size of AdamW's, so that both go by one learning rate (Liu et al. 2025, "Muon is scalable
for LLM training", §2.2). ``torch.optim.Muon`` takes 2-D parameters only; here a convolution (out, in, h, w) is the
matrix (out, in·h·w). On the small autoencoder it reaches in a third of the steps what AdamW reaches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of the quintic step; its fixed band is about 0.7 … 1.2
STEPS = 5
MATCH_ADAMW = 0.2


class Muon(torch.optim.Optimizer):
    """For parameters of two and more dimensions; everything else wants another optimiser beside it.

    Args:
        parameters: their first dimension counts the rows.
        lr: learning rate, as one would give AdamW.
        momentum: μ.
        weight_decay: decoupled, times the learning rate.
        process, processes: of many with the same gradients, each makes its share of the matrices orthogonal.
        sum_over_processes: adds a tensor up over them.
    """

    def __init__(
        self, parameters: Iterable[nn.Parameter], *, lr: float, momentum: float = 0.95, weight_decay: float = 0.0,
        process: int = 0, processes: int = 1, sum_over_processes: Callable[[Tensor], Tensor] = lambda tensor: tensor,
    ) -> None:  # fmt: skip
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self._process, self._processes, self._sum = process, processes, sum_over_processes

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Moves every parameter that has a gradient."""
        moves = [(group, parameter) for group in self.param_groups for parameter in group["params"]
                 if parameter.grad is not None]  # fmt: skip
        updates = [self._update(parameter, group["momentum"]) for group, parameter in moves]
        mine = [number % self._processes == self._process for number in range(len(updates))]
        shares = [orthogonal(update) if own else torch.zeros_like(update)
                  for update, own in zip(updates, mine, strict=True)]  # fmt: skip
        if self._processes > 1 and shares:
            total = self._sum(torch.cat([share.flatten() for share in shares]))  # the others' are zeros: nothing rounds
            shares = list(torch.split(total, [share.numel() for share in shares]))
        for (group, parameter), update, share in zip(moves, updates, shares, strict=True):
            size = MATCH_ADAMW * math.sqrt(max(update.shape))
            parameter.mul_(1 - group["lr"] * group["weight_decay"])
            parameter.add_(share.reshape(parameter.shape), alpha=-group["lr"] * size)

    def _update(self, parameter: Tensor, momentum: float) -> Tensor:
        """U as a float32 matrix (m, n); moves M."""
        state, gradient = self.state[parameter], parameter.grad
        assert gradient is not None
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(parameter)
        running: Tensor = state["momentum"]
        running.lerp_(gradient, 1 - momentum)
        return gradient.lerp(running, momentum).flatten(1)


def orthogonal(matrix: Tensor) -> Tensor:
    """The matrix (m, n) with its singular values moved close to 1, in float32."""
    a, b, c = COEFFICIENTS
    wide = matrix.shape[0] <= matrix.shape[1]
    x: Tensor = (matrix if wide else matrix.T).bfloat16()
    x = x / (x.norm() + 1e-7)
    for _ in range(STEPS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    x = x if wide else x.T
    return x.float()
