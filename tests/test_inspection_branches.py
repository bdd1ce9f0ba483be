"""The lab, other pictures from the same start: what siblings share, and by how much they differ."""

from __future__ import annotations

import pytest
import torch
from tiny_models import OPTIONS

from var_core.errors import SamplingError
from var_core.inspection.branching import morph, siblings
from var_core.inspection.divergence import differences
from var_core.pipeline import VARPipeline
from var_core.steps import ClassSwitch
from var_core.trace import Trace, record

GUIDED = OPTIONS["guided"]
SEEDS = (11, 12, 13, 14)


@pytest.fixture(scope="module")
def trace(pipe: VARPipeline) -> Trace:
    return pipe.trace([985, 1], seeds=[3, 4], options=GUIDED)


@pytest.mark.parametrize("keep", [0, 1, 2, 3])
def test_siblings_share_the_kept_scales_exactly(pipe: VARPipeline, trace: Trace, keep: int) -> None:
    steps = list(siblings(pipe, trace, 1, keep, SEEDS))
    for step, original in zip(steps, trace.steps, strict=True):
        parent = original.token_ids[1:2].expand(4, -1, -1)
        assert torch.equal(step.token_ids, parent) == (step.scale < keep)
        if step.scale < keep:
            assert torch.allclose(step.latent, original.latent[1:2].expand_as(step.latent), atol=1e-6)
            assert all(torch.equal(step.latent[0], other) for other in step.latent)
    shares = differences(pipe.decode(steps[-1].latent), [step.token_ids for step in steps]).token_shares
    assert all(share == 0 for share in shares[:keep])
    assert all(share > 0 for share in shares[keep:])


@pytest.mark.parametrize("switch", [None, ClassSwitch(1, (417, 980), "keep"), ClassSwitch(1, (417, 980), "replay")])
def test_a_forced_prefix_and_the_own_seed_give_the_picture_again(pipe: VARPipeline, switch: ClassSwitch | None) -> None:
    trace = pipe.trace([985, 1], seeds=[3, 4], options=GUIDED, switch=switch)
    for keep in (0, 1, 2, 3):
        seeds = (99, 98) if keep == 3 else (4, 4)
        for step, original in zip(siblings(pipe, trace, 1, keep, seeds), trace.steps, strict=True):
            assert torch.equal(step.token_ids, original.token_ids[1:2].expand(2, -1, -1))


def test_siblings_of_siblings_make_a_tree(pipe: VARPipeline, trace: Trace) -> None:
    steps = list(siblings(pipe, trace, 0, 2, SEEDS, statistics=True))
    child = record(pipe.settings_of([985] * 4, SEEDS, GUIDED), steps)
    *_, last = siblings(pipe, child, 2, 1, (7,))
    first, *_ = siblings(pipe, child, 2, 1, (7,))
    assert torch.equal(first.token_ids[0], trace.steps[0].token_ids[0])
    assert not torch.equal(last.token_ids[0], child.steps[-1].token_ids[2])


@pytest.mark.parametrize("cache", ["keep", "replay"])
def test_a_morph_keeps_the_coarse_scales_and_draws_what_a_switch_draws(pipe: VARPipeline, trace: Trace, cache) -> None:
    steps = list(morph(pipe, trace, 0, 1, 417, cache))
    assert torch.equal(steps[0].token_ids, trace.steps[0].token_ids[:1])
    switched = list(pipe.stream([985], seeds=[3], options=GUIDED, switch=ClassSwitch(1, (417,), cache)))
    assert all(torch.equal(one.token_ids, other.token_ids) for one, other in zip(steps, switched, strict=True))


def test_what_cannot_be_branched_is_refused(pipe: VARPipeline, trace: Trace) -> None:
    smooth = pipe.trace([1], seeds=[0], options=OPTIONS["smooth"])
    switched = pipe.trace([1], seeds=[0], options=GUIDED, switch=ClassSwitch(1, (985,)))
    side = pipe.config.image_side
    keep = torch.zeros(4, 4, dtype=torch.bool)
    keep[0] = True
    edit = list(pipe.edit(torch.rand(3, side, side), keep, [1], seeds=[0], options=GUIDED))
    edited = record(pipe.settings_of([1], [0], GUIDED), edit)
    for call, named in (
        (lambda: siblings(pipe, smooth, 0, 1, SEEDS), "smooth"),
        (lambda: siblings(pipe, trace, 2, 1, SEEDS), "picture"),
        (lambda: siblings(pipe, trace, 0, 4, SEEDS), "keep_scales"),
        (lambda: siblings(pipe, edited, 0, 1, SEEDS), "edited picture"),
        (lambda: morph(pipe, trace, 0, 0, 1), "scale of a class switch"),
        (lambda: morph(pipe, switched, 0, 2, 417), "already switched"),
    ):
        with pytest.raises(SamplingError, match=named):
            call()


def test_differences_are_the_textbook_numbers() -> None:
    pictures = torch.zeros(3, 3, 2, 2)
    pictures[1] += 10 / 255
    pictures[2] += 10 / 255
    maps = [torch.tensor([[[0]], [[0]], [[0]]]), torch.tensor([[[0, 1]], [[0, 2]], [[3, 2]]])]
    found = differences(pictures, maps)
    assert found.rmse == pytest.approx(20 / 3, rel=1e-5)
    assert found.psnr == pytest.approx(10 * torch.tensor(255**2 / (200 / 3)).log10().item(), rel=1e-5)
    assert found.token_shares == pytest.approx((0, 2 / 3))
    assert torch.allclose(found.spread, torch.full((2, 2), 10 * 2**0.5 / 3), rtol=1e-4)


def test_equal_pictures_do_not_differ_and_one_picture_has_no_siblings() -> None:
    same = differences(torch.full((2, 3, 4, 4), 0.5), [])
    assert (same.rmse, same.psnr, same.token_shares) == (0, None, ())
    with pytest.raises(SamplingError, match="two or more"):
        differences(torch.zeros(1, 3, 4, 4), [])
    with pytest.raises(SamplingError, match="of 3 pictures"):
        differences(torch.zeros(2, 3, 4, 4), [torch.zeros(3, 1, 1)])
