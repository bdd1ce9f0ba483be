"""Which weights decay, and small things that both trainings do to an optimiser."""

from __future__ import annotations

from typing import Any

from accelerate import Accelerator
from torch import nn

UNDECAYED = ("start_position", "positions", "scale_embedding", "adaln_offset", "log_temperature")


def parameter_groups(transformer: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Decayed and undecayed parameters: 1-D tensors, biases, positions and AdaLN offsets are not decayed."""
    decayed: list[nn.Parameter] = []
    plain: list[nn.Parameter] = []
    for name, parameter in transformer.named_parameters():
        exempt = parameter.dim() < 2 or name.endswith("bias") or any(part in name for part in UNDECAYED)
        (plain if exempt else decayed).append(parameter)
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}]


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
