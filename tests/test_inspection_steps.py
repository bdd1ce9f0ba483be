"""The lab, one scale: its tensors, what it added, its colours and its frequencies."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from var_core.errors import SamplingError
from var_core.inspection.anatomy import step_anatomy, tokens_of_picture
from var_core.inspection.colours import code_colours
from var_core.inspection.context import context_of_trace
from var_core.inspection.contribution import contributions
from var_core.inspection.spectrum import bands, spectra
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.trace import Trace

OPTIONS = SamplingOptions(guidance=3.0, top_k=20, top_p=0.9)


@pytest.fixture(scope="module")
def trace(pipe: VARPipeline) -> Trace:
    return pipe.trace([985, 1], seeds=[3, 4], options=OPTIONS)


def test_an_anatomy_is_the_quantisers_own_sum(pipe: VARPipeline, trace: Trace) -> None:
    maps = tokens_of_picture(trace, 1)
    with torch.no_grad():
        sums = list(pipe.tokenizer.quantizer.accumulate([ids[None] for ids in maps]))
    parts = [step_anatomy(pipe, maps, scale) for scale in range(3)]
    for scale, part in enumerate(parts):
        side = (1, 2, 4)[scale]
        assert (part.scale, part.side, part.codes.shape) == (scale, side, (8, side, side))
        assert torch.equal(part.token_ids, maps[scale])
        assert torch.equal(part.after, sums[scale][0])
        assert torch.equal(part.before + part.contribution, part.after)
        assert torch.equal(part.codes[:, 0, 0], pipe.tokenizer.quantizer.codebook[maps[scale][0, 0]])
        assert torch.allclose(part.after, trace.steps[scale].latent[1], atol=1e-6)
    assert not parts[0].before.any()
    assert all(torch.equal(one.after, other.before) for one, other in pairwise(parts))
    assert torch.equal(parts[2].upsampled, parts[2].codes)


def test_an_anatomys_last_part_is_what_the_next_scale_was_fed(pipe: VARPipeline, trace: Trace) -> None:
    for step in trace.steps:
        part = step_anatomy(pipe, tokens_of_picture(trace, 0), step.scale)
        assert step.statistics is not None
        if step.statistics.next_input is None:
            assert part.next_input is None
        else:
            assert part.next_input is not None
            assert torch.allclose(part.next_input, step.statistics.next_input[0], atol=1e-6)


def test_a_smooth_run_has_no_anatomy_by_its_tokens(pipe: VARPipeline) -> None:
    smooth = pipe.trace([1], seeds=[0], options=SamplingOptions(top_k=None, smooth=True))
    with pytest.raises(SamplingError, match="smooth"):
        tokens_of_picture(smooth)


def test_an_anatomy_needs_the_maps_up_to_its_scale(pipe: VARPipeline, trace: Trace) -> None:
    with pytest.raises(SamplingError, match="needs 3 token maps"):
        step_anatomy(pipe, tokens_of_picture(trace)[:2], 2)


def test_contributions_add_up_to_the_picture(pipe: VARPipeline, trace: Trace) -> None:
    latents = context_of_trace(trace, 1).latents
    found = contributions(pipe, latents)
    nothing = pipe.decode(torch.zeros_like(latents[0])[None])
    final = pipe.decode(trace.latent)[1]
    assert torch.allclose(nothing[0] + found.changes.sum(0), final, atol=1e-5)
    for scale in range(3):
        part = step_anatomy(pipe, tokens_of_picture(trace, 1), scale).contribution
        assert torch.allclose(found.norms[scale], part.norm(dim=0), atol=1e-5)
        assert float(found.totals[scale]) == pytest.approx(float(part.norm()), rel=1e-4)
    assert found.norm_range == (0, float(found.norms.max()))
    assert -found.change_range[0] == found.change_range[1] == float(found.changes.abs().max())


def test_pictures_at_hand_spare_the_decoder(pipe: VARPipeline, trace: Trace) -> None:
    latents = context_of_trace(trace).latents
    pictures = pipe.decode(torch.stack(latents))
    given, decoded = contributions(pipe, latents, pictures), contributions(pipe, latents)
    assert torch.allclose(given.changes, decoded.changes, atol=1e-6)
    with pytest.raises(SamplingError, match="one picture per latent"):
        contributions(pipe, latents, pictures[:2])
    with pytest.raises(SamplingError, match="none"):
        contributions(pipe, [])


def test_colours_are_near_where_codes_are_near() -> None:
    generator = torch.Generator().manual_seed(0)
    codebook = torch.randn(512, 16, generator=generator) * torch.tensor([3.0, 2.0, 1.5] + [0.05] * 13)
    colours = code_colours(codebook)
    rgb = colours.rgb(codebook.t()[:, :, None]).float()[:, 0]  # (V, 3)
    inside = ((rgb > 0) & (rgb < 255)).all(1)
    distance, shown = torch.pdist(codebook[inside]), torch.pdist(rgb[inside])
    assert float(torch.corrcoef(torch.stack([distance, shown]))[0, 1]) > 0.999
    assert colours.explained > 0.99


def test_colours_are_fixed_by_the_codebook(pipe: VARPipeline) -> None:
    codebook = pipe.tokenizer.quantizer.codebook
    first, second = code_colours(codebook), code_colours(codebook.detach().clone())
    assert torch.equal(first.axes, second.axes)
    assert torch.allclose(first.axes.t() @ first.axes, torch.eye(3), atol=1e-6)
    grey = first.rgb(first.mean[:, None, None].expand(-1, 2, 3))
    assert grey.shape == (2, 3, 3)
    assert grey.dtype == torch.uint8
    assert ((grey == 127) | (grey == 128)).all()
    values = codebook.detach().t()[:, :, None]
    assert first.saturated(values) < 0.02
    assert first.saturated(values, span=10) == 0


def wave(cycles: int, side: int = 32) -> Tensor:
    place = torch.arange(side) / side
    return (0.5 + 0.25 * torch.sin(2 * math.pi * cycles * place)).expand(3, side, side)


def test_a_wave_has_its_power_at_its_frequency() -> None:
    found = spectra(torch.stack([wave(4), wave(11)]))
    assert found.frequencies.tolist() == list(range(1, 17))
    assert found.frequencies[found.power.argmax(1)].tolist() == [4, 11]
    assert (found.decibels() >= -120).all()


def test_power_is_that_of_white_noise_at_every_frequency() -> None:
    noise = torch.randn(64, 1, 64, 64, generator=torch.Generator().manual_seed(0)).expand(-1, 3, -1, -1)
    mean = spectra(noise).power.mean(0)
    assert torch.allclose(mean[2:], torch.ones(30), atol=0.1)


def test_bands_say_what_each_picture_adds() -> None:
    flat = torch.full((3, 32, 32), 0.5)
    coarse = wave(3)
    found = bands(torch.stack([flat, coarse, coarse + wave(12) - 0.5, coarse + wave(12) - 0.5]))
    assert found.median.tolist() == [0, 3, 12, 0]
    assert (found.low <= found.median).all()
    assert (found.median <= found.high).all()
    assert float(found.overlap[1, 2]) < 0.01
    assert float(found.overlap[1, 1]) == pytest.approx(1, abs=1e-5)
    assert torch.allclose(found.energy.sum(1), torch.tensor([0.0, 1.0, 1.0, 0.0]), atol=1e-5)
    with pytest.raises(SamplingError, match="pictures must have shape"):
        bands(flat)
