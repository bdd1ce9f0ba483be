"""Attention with normalised q and k, and the cache."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F

from var_core.attention import KVCache, SelfAttention, attend_in_parts, row_parts
from var_core.scales import ScaleSchedule


def attention(seed: int = 0, width: int = 16, heads: int = 2) -> SelfAttention:
    generator = torch.Generator().manual_seed(seed)
    module = SelfAttention(width, heads)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator))
        module.log_temperature.copy_(torch.tensor([0.3, 1.7]).view(1, 2, 1, 1))
    return module.requires_grad_(False)


def hidden(length: int = 6, width: int = 16) -> torch.Tensor:
    return torch.randn(3, length, width, generator=torch.Generator().manual_seed(9))


def test_keys_have_unit_length_and_queries_their_heads_temperature() -> None:
    q, k, _ = attention().heads(hidden())
    assert torch.allclose(k.norm(dim=-1), torch.ones(3, 2, 6))
    expected = torch.tensor([math.exp(0.3), math.exp(1.7)]).view(1, 2, 1).expand(3, 2, 6)
    assert torch.allclose(q.norm(dim=-1), expected)


def test_temperature_is_clamped_at_100_and_only_there() -> None:
    module = attention()
    module.log_temperature.copy_(torch.tensor([math.log(100) + 5, math.log(100) - 0.01]).view(1, 2, 1, 1))
    q, _, _ = module.heads(hidden())
    assert torch.allclose(q[:, 0].norm(dim=-1), torch.full((3, 6), 100.0))
    assert torch.allclose(q[:, 1].norm(dim=-1), torch.full((3, 6), 100 * math.exp(-0.01)))


def test_q_k_v_are_thirds_of_one_projection_and_k_has_no_bias() -> None:
    module, x = attention(), hidden()
    q, k, v = module.heads(x)
    parts = F.linear(x, module.qkv.weight).split(16, dim=-1)
    wanted = [(parts[0] + module.q_bias), parts[1], (parts[2] + module.v_bias)]
    wanted_q, wanted_k, wanted_v = (part.unflatten(-1, (2, 8)).transpose(1, 2) for part in wanted)
    assert torch.allclose(v, wanted_v, atol=1e-6)
    assert torch.allclose(k, F.normalize(wanted_k, dim=-1), atol=1e-6)
    assert torch.allclose(F.normalize(q, dim=-1), F.normalize(wanted_q, dim=-1), atol=1e-6)


def test_scores_are_not_divided_by_the_root_of_the_head_width() -> None:
    module, x = attention(), hidden()
    q, k, v = module.heads(x)
    mixed = (q @ k.transpose(-1, -2)).softmax(-1) @ v
    expected = module.proj(mixed.transpose(1, 2).flatten(2))
    assert torch.allclose(module(x, None), expected, atol=1e-5)


def test_cached_steps_equal_one_masked_pass() -> None:
    module, x = attention(), hidden()
    scale = torch.tensor([0, 1, 1, 2, 2, 2])
    whole = module(x, scale[:, None] >= scale[None])
    cache = KVCache(1, 3, 2, 6, 8, like=x)
    parts = [module.step(x[:, part], cache, 0, part) for part in (slice(0, 1), slice(1, 3), slice(3, 6))]
    assert torch.allclose(torch.cat(parts, 1), whole, atol=1e-5)


def test_cache_keeps_its_blocks_apart_and_counts_its_bytes() -> None:
    cache = KVCache(2, 3, 2, 5, 8, like=torch.zeros(0))
    generator = torch.Generator().manual_seed(0)
    written = {}
    for positions in (slice(0, 1), slice(1, 5)):
        for block in range(2):
            k, v = torch.randn(2, 3, 2, positions.stop - positions.start, 8, generator=generator)
            written[block, positions.stop] = (k, v)
            keys, values = cache.write(block, positions, k, v)
            assert torch.equal(keys[:, :, positions], k)
            assert torch.equal(values[:, :, positions], v)
            assert torch.equal(keys[:, :, :1], written[block, 1][0])
            assert torch.equal(values[:, :, :1], written[block, 1][1])
    assert cache.num_bytes == 2 * (2 * 3 * 2 * 5 * 8) * 4


@pytest.mark.parametrize("sides", [(1, 2, 4), (1, 2, 3, 4, 5, 6, 8, 10, 13, 16)])
def test_attention_in_parts_is_masked_attention_with_its_gradients(sides: tuple[int, ...]) -> None:
    scales = torch.tensor(ScaleSchedule(sides).scale_of_position())
    mask = scales[:, None] >= scales[None, :]
    generator = torch.Generator().manual_seed(0)
    shape = (2, 3, len(mask), 8)
    given = [torch.randn(shape, generator=generator).requires_grad_() for _ in range(3)]
    towards = torch.randn(shape, generator=generator)
    found = []
    for attend in (attend_in_parts, lambda q, k, v, m: F.scaled_dot_product_attention(q, k, v, attn_mask=m, scale=1.0)):
        mixed = attend(*given, mask)
        found.append([mixed.detach(), *torch.autograd.grad((mixed * towards).sum(), given)])
    for mine, other in zip(*found, strict=True):
        assert (mine - other).abs().max() < 1e-4


def test_the_parts_are_whole_scales_and_cover_every_row_once() -> None:
    schedule = ScaleSchedule((1, 2, 3, 4, 5, 6, 8, 10, 13, 16))
    scales = torch.tensor(schedule.scale_of_position())
    parts = row_parts(scales[:, None] >= scales[None, :])
    assert [row for part in parts for row in range(part.start, part.stop)] == list(range(680))
    assert {part.stop for part in parts} <= {schedule.slice(scale).stop for scale in range(10)}
    assert len(parts) == 5
