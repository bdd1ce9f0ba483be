"""Muon, and the division of a network between it and AdamW."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from training_support import train_small_transformer

from var_core.errors import TrainingError
from var_core.training.muon import Muon, orthogonal
from var_core.training.optimizer import Optimizers, matrices_of


@pytest.mark.parametrize("shape", [(24, 24), (8, 72), (72, 8)])
def test_the_update_is_nearly_orthogonal_whatever_the_gradient(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    matrix[0] *= 30  # one direction far above the others
    values = torch.linalg.svdvals(orthogonal(matrix))
    assert float(values.min()) > 0.5
    assert float(values.max()) < 1.3


def test_the_update_keeps_the_directions_of_the_gradient() -> None:
    matrix = torch.randn(16, 40, generator=torch.Generator().manual_seed(0))
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    overlap = torch.cosine_similarity(orthogonal(matrix).flatten(), (left @ right).flatten(), dim=0)
    assert float(overlap) > 0.97


def test_a_step_has_the_size_that_adamw_gives_for_the_rate() -> None:
    weight = nn.Parameter(torch.zeros(64, 32, 3, 3))
    weight.grad = torch.randn(weight.shape, generator=torch.Generator().manual_seed(0)) * 1e-6
    Muon([weight], lr=0.01).step()
    assert float(weight.detach().square().mean().sqrt()) == pytest.approx(0.2 * 0.01, rel=0.2)


def test_weights_without_a_gradient_stay_and_decay_is_decoupled() -> None:
    still, moved = nn.Parameter(torch.ones(4, 4)), nn.Parameter(torch.ones(4, 4))
    moved.grad = torch.zeros(4, 4)
    Muon([still, moved], lr=0.1, weight_decay=0.5).step()
    assert torch.equal(still.detach(), torch.ones(4, 4))
    assert torch.allclose(moved.detach(), torch.full((4, 4), 0.95))


def test_vectors_and_what_is_spared_are_not_matrices() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.Conv2d(4, 4, 3))
    assert [tuple(weight.shape) for weight in matrices_of(network, [network[0].weight])] == [(4, 4, 3, 3)]


def test_a_process_moves_every_matrix_by_the_updates_that_all_have_made() -> None:
    gradients = [torch.randn(6, 9, generator=torch.Generator().manual_seed(seed)) for seed in range(5)]

    def moved(**share: Any) -> list[torch.Tensor]:
        weights = [nn.Parameter(torch.ones(6, 9)) for _ in gradients]
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.grad = gradient
        Muon(weights, lr=0.1, **share).step()
        return [weight.detach() for weight in weights]

    shares: list[torch.Tensor] = []
    for process in (0, 1):  # each sends its share
        moved(process=process, processes=2, sum_over_processes=lambda share: shares.append(share) or share)
    assert all(bool((share == 0).any()) for share in shares)
    alone, together = moved(), moved(process=1, processes=2, sum_over_processes=lambda share: shares[0] + shares[1])
    assert all(torch.equal(one, other) for one, other in zip(alone, together, strict=True))


def test_fp16_is_refused_where_its_scaling_would_be_undone() -> None:
    weight = nn.Parameter(torch.zeros(4, 4))
    half: Any = types.SimpleNamespace(mixed_precision="fp16")
    with pytest.raises(TrainingError, match="use --precision bf16 or adamw"):
        Optimizers([weight], [], learning_rate=1.0, weight_decay=0.0, accelerator=half)


def test_a_transformer_learns_with_it(tmp_path: Path) -> None:
    train_small_transformer(tmp_path, 40, optimizer="muon", log_every=1)
    losses = [json.loads(line)["loss"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert losses[-1] < 0.5 * losses[0]
