"""The residual quantiser, against Alg. 1 and 2 written out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from var_core import quantizer as quantizer_module
from var_core.config import TokenizerConfig
from var_core.quantizer import MultiScaleQuantizer, phi_of_scale
from var_core.scales import ScaleSchedule

SIDES = (1, 2, 3, 5)  # 5 → 3 and 5 → 2 do not divide, where area pooling is not plain averaging


@pytest.fixture(scope="module")
def quantizer() -> MultiScaleQuantizer:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = MultiScaleQuantizer(TokenizerConfig(codebook_size=64, code_dim=6, num_phi=4), ScaleSchedule(SIDES))
        torch.nn.init.normal_(made.codebook)
    return made.requires_grad_(False)


@pytest.fixture(scope="module")
def features() -> Tensor:
    return 2 * torch.randn(3, 6, 5, 5, generator=torch.Generator().manual_seed(1))


def test_the_residual_loop_is_algorithm_1(quantizer: MultiScaleQuantizer, features: Tensor) -> None:
    rest, total = features.clone(), torch.zeros_like(features)
    for scale, step in enumerate(quantizer.quantize(features)):
        pooled = F.adaptive_avg_pool2d(rest, SIDES[scale])
        flat = pooled.permute(0, 2, 3, 1).reshape(-1, 6).double()
        ids = torch.cdist(flat, quantizer.codebook.double()).argmin(1).view(3, SIDES[scale], SIDES[scale])
        vectors = quantizer.codebook[ids].permute(0, 3, 1, 2)
        if SIDES[scale] != 5:
            vectors = F.interpolate(vectors, size=(5, 5), mode="bicubic", align_corners=False, antialias=False)
        phi = quantizer.phi[quantizer.phi_index[scale]]
        contribution = 0.5 * vectors + 0.5 * F.conv2d(vectors, phi.weight, phi.bias, padding=1)
        rest, total = rest - contribution, total + contribution
        assert torch.equal(step.token_ids, ids)
        assert torch.allclose(step.pooled, pooled, atol=1e-5)
        assert torch.allclose(step.contribution, contribution, atol=1e-5)
        assert torch.allclose(step.latent, total, atol=1e-5)


def test_contributions_add_up_to_the_latent(quantizer: MultiScaleQuantizer, features: Tensor) -> None:
    steps = list(quantizer.quantize(features))
    assert len(steps) == len(SIDES)
    running = torch.zeros_like(features)
    for step in steps:
        running = running + step.contribution
        assert torch.equal(step.latent, running)


def test_token_maps_alone_give_the_same_latents(quantizer: MultiScaleQuantizer, features: Tensor) -> None:
    steps = list(quantizer.quantize(features))
    latents = list(quantizer.accumulate([step.token_ids for step in steps]))
    assert len(latents) == len(steps)
    for step, latent in zip(steps, latents, strict=True):
        assert torch.allclose(step.latent, latent, atol=1e-6)


def test_next_inputs_are_the_accumulated_sum_pooled_to_the_next_scale(
    quantizer: MultiScaleQuantizer, features: Tensor
) -> None:
    steps = list(quantizer.quantize(features))
    inputs = quantizer.next_inputs([step.token_ids for step in steps])
    assert inputs.shape == (3, quantizer.schedule.num_tokens - 1, 6)
    for scale in range(1, len(SIDES)):
        positions = quantizer.schedule.slice(scale)
        pooled = F.adaptive_avg_pool2d(steps[scale - 1].latent, SIDES[scale])  # row-major cells follow
        expected = pooled.flatten(2).transpose(1, 2)
        assert torch.allclose(inputs[:, positions.start - 1 : positions.stop - 1], expected, atol=1e-5), scale


def test_the_last_scale_is_neither_pooled_nor_upsampled(quantizer: MultiScaleQuantizer, features: Tensor) -> None:
    assert torch.equal(quantizer.pool(features, 3), features)
    phi = quantizer.phi[3]
    assert torch.allclose(quantizer.contribution(features, 3), 0.5 * features + 0.5 * phi(features), atol=1e-6)


def test_codes_are_nearest_to_themselves(quantizer: MultiScaleQuantizer) -> None:
    ids = torch.randperm(64, generator=torch.Generator().manual_seed(0)).view(1, 8, 8)
    assert torch.equal(quantizer.nearest_code(quantizer.embed(ids)), ids)


def test_quantised_steps_do_not_change_while_the_loop_goes_on(quantizer: MultiScaleQuantizer, features: Tensor) -> None:
    before = features.clone()
    steps, copies = [], []
    for step in quantizer.quantize(features):
        steps.append(step)
        copies.append([getattr(step, name).clone() for name in ("pooled", "token_ids", "contribution", "latent")])
    for step, copy in zip(steps, copies, strict=True):
        for name, value in zip(("pooled", "token_ids", "contribution", "latent"), copy, strict=True):
            assert torch.equal(getattr(step, name), value), name
    assert torch.equal(features, before)


@pytest.mark.parametrize(
    ("num_phi", "expected"),
    [
        (3, (0, 0, 0, 0, 1, 1, 1, 2, 2, 2)),
        (4, (0, 0, 1, 1, 1, 2, 2, 3, 3, 3)),
        (6, (0, 0, 1, 1, 2, 3, 3, 4, 5, 5)),
        (8, (0, 0, 1, 2, 3, 4, 5, 6, 7, 7)),
    ],
)
def test_phi_of_ten_scales_is_upstreams_table(num_phi: int, expected: tuple[int, ...]) -> None:
    assert phi_of_scale(10, num_phi) == expected


@pytest.mark.parametrize("num_phi", range(1, 17))
def test_phi_is_what_upstreams_argmin_over_float64_ticks_gives(num_phi: int) -> None:
    edge = 1 / 3 / num_phi if num_phi == 4 else 1 / 2 / num_phi
    ticks = np.linspace(edge, 1 - edge, num_phi)
    for num_scales in range(2, 40):
        places = [scale / (num_scales - 1) for scale in range(num_scales)]
        upstream = tuple(int(np.argmin(np.abs(ticks - place))) for place in places)
        assert phi_of_scale(num_scales, num_phi) == upstream, num_scales


def test_contributions_of_a_batch_are_to_the_bit_those_of_its_pictures_alone(
    quantizer: MultiScaleQuantizer, features: Tensor
) -> None:
    for scale in range(len(SIDES)):
        codes = quantizer.embed(quantizer.nearest_code(quantizer.pool(features, scale)))
        together = quantizer.contribution_of_each(codes, scale)
        assert torch.equal(together, torch.cat([quantizer.contribution(one, scale) for one in codes.split(1)]))
        assert torch.allclose(together, quantizer.contribution(codes, scale), atol=1e-5)


def test_pooling_needs_no_area_kernel_where_there_is_none_for_sides_that_do_not_divide(
    quantizer: MultiScaleQuantizer, features: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [quantizer.pool(features, scale) for scale in range(len(SIDES))]
    monkeypatch.setattr(quantizer_module, "WITHOUT_AREA_POOLING", ("cpu",))

    def refused(*_args: object, **_kwargs: object) -> None:
        pytest.fail("Adaptive pool MPS: input sizes must be divisible by output sizes.")

    monkeypatch.setattr(F, "interpolate", refused)
    for scale, pooled in enumerate(expected):
        assert torch.allclose(quantizer.pool(features, scale), pooled, atol=1e-6), scale


def test_mps_is_a_device_without_area_pooling() -> None:
    assert "mps" in quantizer_module.WITHOUT_AREA_POOLING
