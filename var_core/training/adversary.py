"""The critic with its optimiser, as tokenizer training uses it."""

from __future__ import annotations

import contextlib
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from var_core.training.critic import PatchCritic, adaptive_weight, critic_loss, generator_loss, last_layer_gradient
from var_core.training.optimizer import set_rate
from var_core.training.processes import mean_over_processes

PEAK_RATE = 1e-4  # of the critic's AdamW, whatever moves the autoencoder


class Adversary:
    """Judges the decoder's pictures and learns to tell them from real ones.

    λ belongs to a round: with accumulation it is worked out for each part of a batch by itself.

    Args:
        side: of the pictures; small ones get a shallower critic.
        accelerator: places and wraps the critic.
    """

    def __init__(self, side: int, accelerator: Accelerator) -> None:
        self.accelerator = accelerator
        self.critic = PatchCritic(layers=min(3, max(1, side.bit_length() - 3)))
        adam = torch.optim.AdamW(self.critic.parameters(), lr=PEAK_RATE, betas=(0.5, 0.9), weight_decay=0.0)
        self.wrapped, self.optimizer = accelerator.prepare(self.critic, adam)
        self._round = 0

    def judge(self, output: Tensor, weights: Tensor, others: Tensor, layer: Tensor) -> tuple[Tensor, Tensor]:
        """The decoder's adversarial loss and its adaptive weight λ.

        Args:
            output: (B, 3, H, W) pictures with their graph.
            weights: (B,) how much each counts.
            others: the other terms, which λ balances against.
            layer: the decoder's last weight.
        """
        loss = generator_loss(self.critic, output, weights)
        pair = torch.stack([last_layer_gradient(term, layer) for term in (others, loss)])
        others_gradient, own_gradient = mean_over_processes(self.accelerator, pair)
        return loss, adaptive_weight(others_gradient, own_gradient)

    def learn(self, output: Tensor, images: Tensor, weights: Tensor, rounds: int) -> Tensor:
        """Adds the critic's gradients of one of ``rounds`` rounds; returns its loss."""
        self._round += 1
        last = self._round == rounds
        with contextlib.nullcontext() if last else self.accelerator.no_sync(self.wrapped):
            loss = critic_loss(self.wrapped, output, images, weights)
            self.accelerator.backward(loss / rounds)
        return loss.detach()

    def step(self, share: float) -> None:
        """Moves the critic after the last round, at a share of its peak rate."""
        self._round = 0
        set_rate(self.optimizer, share * PEAK_RATE)
        self.accelerator.clip_grad_norm_(self.wrapped.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Any]:
        """What resuming needs."""
        return {"critic": self.critic.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        """Takes back what ``state`` gave."""
        self.critic.load_state_dict(state["critic"])
        self.optimizer.load_state_dict(state["optimizer"])
