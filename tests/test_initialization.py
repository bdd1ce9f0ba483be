"""Initial weights: the published recipe (var.md §5), read back off the tensors."""

from __future__ import annotations

import math

import pytest
import torch

from var_core.config import TokenizerConfig, TransformerConfig
from var_core.initialization import initialize
from var_core.scales import ScaleSchedule
from var_core.transformer import Transformer

WIDTH, DEPTH, ALNG = 256, 3, 1e-3
STD = math.sqrt(1 / (3 * WIDTH))


def fresh(shared_adaln: bool = False, seed: int | None = 0) -> Transformer:
    sizes = TransformerConfig(
        num_classes=50, depth=DEPTH, embed_dim=WIDTH, num_heads=4, shared_adaln=shared_adaln
    )  # fmt: skip
    model = Transformer(sizes, TokenizerConfig(codebook_size=128), ScaleSchedule((1, 2, 4)))
    initialize(model, alng=ALNG, seed=seed)
    return model


def close(tensor: torch.Tensor, std: float) -> bool:
    return abs(float(tensor.detach().std()) / std - 1) < 0.1 and abs(float(tensor.detach().mean())) < 0.2 * std


def test_standard_deviations_follow_the_recipe() -> None:
    model = fresh()
    for tensor in (model.class_embedding.weight, model.positions, model.start_position, model.scale_embedding.weight):
        assert close(tensor, STD)
    assert close(model.input_projection.weight, STD)
    assert close(model.head.weight, 0.02 * STD)
    assert close(model.head_adaln.weight, 0.5 * STD)
    for block in model.typed_blocks:
        assert block.adaln is not None
        assert close(block.adaln.weight[: 2 * WIDTH], ALNG * STD)
        assert close(block.adaln.weight[2 * WIDTH :], 0.5 * STD)
        assert close(block.attention.qkv.weight, STD)
        assert close(block.ffn.fc1.weight, STD)
        assert close(block.attention.proj.weight, STD / math.sqrt(2 * DEPTH))
        assert close(block.ffn.fc2.weight, STD / math.sqrt(2 * DEPTH))


def test_shared_adaln_offsets_carry_the_small_gammas() -> None:
    for block in fresh(shared_adaln=True).typed_blocks:
        assert block.adaln_offset is not None
        assert close(block.adaln_offset[:, :, :2], ALNG / math.sqrt(WIDTH))
        assert close(block.adaln_offset[:, :, 2:], 0.5 / math.sqrt(WIDTH))


@pytest.mark.parametrize("shared_adaln", [False, True])
def test_biases_are_zero_and_temperatures_4(shared_adaln: bool) -> None:
    model, biases = fresh(shared_adaln), 0
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            biases += 1
            assert not parameter.any(), name
        if name.endswith("log_temperature"):
            assert torch.allclose(parameter.exp(), torch.tensor(4.0)), name
    assert biases > 3 * DEPTH


def test_a_seed_gives_the_same_weights_and_none_gives_others() -> None:
    first, second, other = (fresh(seed=seed).state_dict() for seed in (1, 1, 2))
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name
    assert not torch.equal(first["head.weight"], other["head.weight"])
