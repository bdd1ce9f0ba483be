"""Which weights decay, and small things that both trainings do to an optimiser."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from var_core.errors import TrainingError
from var_core.training.muon import Muon
from var_core.training.processes import sum_over_processes
from var_core.transformer import Transformer

UNDECAYED = ("start_position", "positions", "scale_embedding", "adaln_offset", "log_temperature")


def parameter_groups(
    transformer: nn.Module, weight_decay: float, besides: Sequence[Tensor] = ()
) -> list[dict[str, Any]]:
    """Decayed and undecayed parameters: 1-D tensors, biases, positions and AdaLN offsets are not decayed."""
    spared = {id(parameter) for parameter in besides}
    decayed: list[nn.Parameter] = []
    plain: list[nn.Parameter] = []
    for name, parameter in transformer.named_parameters():
        if id(parameter) in spared:
            continue
        exempt = parameter.dim() < 2 or name.endswith("bias") or any(part in name for part in UNDECAYED)
        (plain if exempt else decayed).append(parameter)
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}]


class Optimizers:
    """Muon for the matrices, AdamW for everything else, moved as one.

    Args:
        matrices: parameters of two and more dimensions; may be none.
        others: groups of AdamW.
        learning_rate: of both.

    Raises:
        TrainingError: for Muon with fp16, whose loss scaling knows one optimiser only.
    """

    def __init__(
        self, matrices: Sequence[nn.Parameter], others: Sequence[dict[str, Any]], *, learning_rate: float,
        weight_decay: float, accelerator: Accelerator,
    ) -> None:  # fmt: skip
        if matrices and accelerator.mixed_precision == "fp16":
            raise TrainingError("--optimizer muon cannot scale its loss as fp16 wants; use --precision bf16 or adamw.")
        made: list[torch.optim.Optimizer] = [torch.optim.AdamW(others, lr=learning_rate, betas=(0.9, 0.95))]
        if matrices:
            made.append(
                Muon(
                    matrices, lr=learning_rate, weight_decay=weight_decay, process=accelerator.process_index,
                    processes=accelerator.num_processes, sum_over_processes=partial(sum_over_processes, accelerator),
                )
            )  # fmt: skip
        self._all = [accelerator.prepare(optimizer) for optimizer in made]

    def set_rate(self, rate: float, weight_decay: float | None = None) -> None:
        """Puts a learning rate into every group, and a weight decay into those that decay at all."""
        for optimizer in self._all:
            set_rate(optimizer, rate, weight_decay)

    def step(self) -> None:
        """Moves the weights and forgets the gradients."""
        for optimizer in self._all:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def momentum_of(self, parameter: Tensor) -> Tensor | None:
        """AdamW's first moment of a parameter, to be changed in place; None before the first step."""
        moment: Tensor | None = self._all[0].state.get(parameter, {}).get("exp_avg")
        return moment

    def state_dict(self) -> list[dict[str, Any]]:
        """What ``load_state_dict`` takes back."""
        return [optimizer.state_dict() for optimizer in self._all]

    def load_state_dict(self, states: list[dict[str, Any]]) -> None:
        """Takes back what ``state_dict`` gave."""
        for optimizer, state in zip(self._all, states, strict=True):
            optimizer.load_state_dict(state)


def matrices_of(network: nn.Module, besides: Sequence[Tensor]) -> list[nn.Parameter]:
    """The parameters that Muon may move: two and more dimensions, not frozen, none of ``besides``."""
    spared = {id(parameter) for parameter in besides}
    free = [parameter for parameter in network.parameters() if parameter.requires_grad]
    return [parameter for parameter in free if parameter.dim() >= 2 and id(parameter) not in spared]


def inner_matrices(transformer: Transformer) -> list[nn.Parameter]:
    """What Muon moves in a transformer: the linear layers of its blocks, not what embeds or reads out.

    Nor AdaLN: its gradient has no higher rank than the batch has classes, and what Muon would make orthogonal in the
    other directions is rounding.
    """
    named = transformer.blocks.named_parameters()
    return [parameter for name, parameter in named if parameter.dim() == 2 and "adaln" not in name]


def set_rate(optimizer: Any, rate: float, weight_decay: float | None = None) -> None:
    """Puts a learning rate into every group, and a weight decay into those that decay at all."""
    for group in optimizer.param_groups:
        group["lr"] = rate
        if weight_decay is not None and group["weight_decay"] > 0:
            group["weight_decay"] = weight_decay


def scaler_state(accelerator: Accelerator) -> dict[str, Any]:
    """The state of fp16's loss scaling; empty without."""
    return dict(accelerator.scaler.state_dict()) if accelerator.scaler else {}


def load_scaler(accelerator: Accelerator, state: dict[str, Any]) -> None:
    """Takes back what ``scaler_state`` gave."""
    if accelerator.scaler and state:
        accelerator.scaler.load_state_dict(state)
