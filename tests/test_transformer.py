"""The transformer: one scale at a time must be what the whole sequence is at once."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from tiny_models import tiny_config, tiny_networks
from torch import Tensor

from var_core.pipeline import VARPipeline
from var_core.transformer import Transformer


@pytest.fixture
def inputs(either_pipe: VARPipeline) -> Tensor:
    """Teacher-forcing inputs (3, L − 1, code_dim) of random token maps."""
    generator = torch.Generator().manual_seed(2)
    maps = [torch.randint(32, (3, side, side), generator=generator) for side in (1, 2, 4)]
    with torch.no_grad():
        return either_pipe.tokenizer.quantizer.next_inputs(maps)


LABELS = torch.tensor([0, 2, 4])


@torch.no_grad()
def test_cached_steps_match_teacher_forcing(either_pipe: VARPipeline, inputs: Tensor) -> None:
    model = either_pipe.transformer
    whole = model(inputs, LABELS)
    condition, cache = model.condition(LABELS), model.new_cache(3)
    for scale in range(3):
        positions = model.schedule.slice(scale)
        own = None if scale == 0 else inputs[:, positions.start - 1 : positions.stop - 1]
        logits = model.logits(model.step(own, scale, condition, cache), condition)
        assert torch.allclose(logits, whole[:, positions], atol=1e-4), scale
    assert whole.std() > 0.5


@torch.no_grad()
@pytest.mark.parametrize("changed", [1, 2])
def test_a_scale_is_seen_by_itself_and_finer_scales_only(
    either_pipe: VARPipeline, inputs: Tensor, changed: int
) -> None:
    model = either_pipe.transformer
    before = model(inputs, LABELS)
    positions = model.schedule.slice(changed)
    other = inputs.clone()
    other[:, positions.stop - 2] += 1  # its last position, so that a merely causal mask would show
    difference = (model(other, LABELS) - before).abs().amax((0, 2))
    assert (difference[: positions.start] == 0).all()
    assert (difference[positions.start :] > 1e-4).all()


@torch.no_grad()
@pytest.mark.parametrize("scales", [1, 2])
def test_the_first_scales_alone_are_what_they_are_in_the_whole_sequence(
    either_pipe: VARPipeline, inputs: Tensor, scales: int
) -> None:
    model = either_pipe.transformer
    length = model.schedule.slice(scales - 1).stop
    first, whole = model(inputs[:, : length - 1], LABELS), model(inputs, LABELS)
    assert first.shape == (3, length, whole.shape[-1])
    assert torch.allclose(first, whole[:, :length], atol=1e-5)


@torch.no_grad()
def test_every_label_matters_and_the_null_label_is_the_last_row(either_pipe: VARPipeline, inputs: Tensor) -> None:
    model = either_pipe.transformer
    assert model.null_label == 4
    logits = torch.stack([model(inputs[:1], torch.tensor([label]))[0] for label in range(5)])
    for first in range(5):
        for second in range(first):
            assert ((logits[first] - logits[second]).abs().amax(-1) > 1e-3).all()


@torch.no_grad()
def test_rows_of_a_batch_do_not_see_each_other(either_pipe: VARPipeline, inputs: Tensor) -> None:
    model = either_pipe.transformer
    other = inputs.clone()
    other[0] = 0
    assert torch.equal(model(inputs, LABELS)[1:], model(other, torch.tensor([1, 2, 4]))[1:])


@torch.no_grad()
def test_layer_norms_use_epsilon_1e_6() -> None:
    model = tiny_networks(tiny_config())[1]
    x = 1e-3 * torch.randn(1, 4, 32, generator=torch.Generator().manual_seed(0))  # variance ~ 1e-6
    wide = x.double()
    centred = wide - wide.mean(-1, keepdim=True)
    variance = centred.square().mean(-1, keepdim=True)
    normed, foreign = (centred / (variance + eps).sqrt() for eps in (1e-6, 1e-5))
    assert (normed - foreign).abs().max() > 0.1, "the epsilons could not be told apart"

    seen = model.typed_blocks[0].attention_input(x, torch.zeros(1, 6, 32))
    assert torch.allclose(seen.double(), normed, atol=1e-4)

    condition = model.condition(torch.tensor([0]))
    flat = type(condition)(condition.embedding, condition.blocks, torch.zeros_like(condition.head))
    expected = F.linear(normed.float(), model.head.weight, model.head.bias)
    assert torch.allclose(model.logits(x, flat), expected, atol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("shared_adaln", [False, True])
def test_the_six_modulations_come_in_the_documented_order(shared_adaln: bool) -> None:
    model = tiny_networks(tiny_config(shared_adaln=shared_adaln))[1]
    block = model.typed_blocks[0]
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 5, 32, generator=generator)
    six = torch.randn(2, 6, 32, generator=generator)
    gamma1, gamma2, a1, a2, b1, b2 = (part[:, None] for part in six.unbind(1))
    mixed = block.attention(F.layer_norm(x, (32,), eps=1e-6) * (1 + a1) + b1, None)
    middle = x + gamma1 * mixed
    expected = middle + gamma2 * block.ffn(F.layer_norm(middle, (32,), eps=1e-6) * (1 + a2) + b2)
    got = block.add_ffn(block.add_attention(x, block.attention(block.attention_input(x, six), None), six), six)
    assert torch.allclose(got, expected, atol=1e-5)


@torch.no_grad()
def test_shared_adaln_is_one_projection_shifted_by_each_block() -> None:
    model = tiny_networks(tiny_config(shared_adaln=True))[1]
    assert model.shared_adaln is not None
    condition = model.condition(LABELS)
    common = model.shared_adaln(F.silu(model.class_embedding(LABELS))).view(3, 6, 32)
    for block, six in zip(model.typed_blocks, condition.blocks, strict=True):
        assert block.adaln_offset is not None
        assert torch.equal(six, common + block.adaln_offset[0])
    assert not torch.allclose(condition.blocks[0], condition.blocks[1])


@torch.no_grad()
def test_stochastic_depth_drops_whole_pictures_and_keeps_the_mean(inputs: Tensor, either_pipe: VARPipeline) -> None:
    model = either_pipe.transformer
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        plain = model(inputs, LABELS)
        dropped = torch.stack([model(inputs, LABELS, drop_path=0.5) for _ in range(40)])
    same = (dropped == plain).flatten(2).all(-1)  # (40, 3)
    assert not same.all()
    assert (dropped - plain).abs().amax((2, 3)).gt(0.01).any()
    # rate 0.5 at the last block: each branch survives with ½ and is then doubled, so no picture stays as it was
    assert not same.any()


def test_a_transformer_needs_no_more_than_its_configuration_says() -> None:
    config = tiny_config()
    model = Transformer(config.transformer, config.tokenizer, config.schedule)
    assert not list(model.buffers())
