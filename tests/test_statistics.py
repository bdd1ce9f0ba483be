"""The numbers about a draw: facts that hold for any model."""

from __future__ import annotations

import math

import torch
from tiny_models import OPTIONS, tokens_of
from torch import Tensor

from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.statistics import kl_divergence, step_statistics
from var_core.steps import ScaleStep, StepStatistics


def run(pipe: VARPipeline, options: SamplingOptions) -> list[tuple[ScaleStep, StepStatistics]]:
    steps = list(pipe.stream([1, 980], seeds=[0, 1], options=options, statistics=True))
    pairs = [(step, step.statistics) for step in steps if step.statistics is not None]
    assert len(pairs) == len(steps) == 3
    return pairs


def test_statistics_do_not_change_the_draw(either_pipe: VARPipeline, options: SamplingOptions) -> None:
    with_them = [step for step, _ in run(either_pipe, options)]
    without = list(either_pipe.stream([1, 980], seeds=[0, 1], options=options))
    assert torch.equal(tokens_of(with_them), tokens_of(without))
    assert torch.equal(with_them[-1].latent, without[-1].latent)


def test_each_number_lies_in_its_range(pipe: VARPipeline, options: SamplingOptions) -> None:
    for step, numbers in run(pipe, options):
        shape = step.token_ids.shape
        for value in (numbers.probability, numbers.filtered_probability):
            assert value.shape == shape
            assert value.dtype == torch.float32
            assert (value > 0).all()
            assert (value <= 1 + 1e-6).all()
        # What filters leave shares the whole probability, so a drawn code can only gain.
        assert (numbers.filtered_probability >= numbers.probability * (1 - 1e-4)).all()
        assert numbers.rank.shape == shape
        assert numbers.rank.dtype == torch.int64
        assert (numbers.rank >= 0).all()
        assert (numbers.rank < (options.top_k or 32)).all()
        assert (numbers.entropy >= 0).all()
        assert (numbers.entropy <= math.log(32) + 1e-5).all()
        assert 0.05 < numbers.entropy.mean() < math.log(32) - 0.05, "the model is a lottery or has no choice"


def test_divergence_is_never_negative_and_absent_without_guidance(pipe: VARPipeline, options: SamplingOptions) -> None:
    for _, numbers in run(pipe, options):
        if options.guidance == 0:
            assert numbers.divergence is None
        else:
            assert numbers.divergence is not None
            assert (numbers.divergence >= 0).all()
            assert (numbers.divergence > 1e-3).any()


def test_divergence_of_a_distribution_from_itself_is_never_negative() -> None:
    logits = 5 * torch.randn(64, 16, 512, generator=torch.Generator().manual_seed(0))
    nudged = logits + 1e-7 * torch.randn(logits.shape, generator=torch.Generator().manual_seed(1))
    assert (kl_divergence(logits, nudged) >= 0).all()


def test_divergence_is_the_textbook_sum() -> None:
    p, q = torch.tensor([0.5, 0.25, 0.25]), torch.tensor([0.2, 0.7, 0.1])
    expected = float((p * (p / q).log()).sum())
    assert abs(float(kl_divergence(p.log()[None, None], q.log()[None, None])) - expected) < 1e-6


def test_the_greedy_draw_has_rank_0_and_filtered_probability_1(pipe: VARPipeline) -> None:
    for _, numbers in run(pipe, SamplingOptions(guidance=2.0, top_k=1, top_p=None)):
        assert (numbers.rank == 0).all()
        assert torch.allclose(numbers.filtered_probability, torch.ones(()))
        assert (numbers.probability >= 1 / 32).all()


def test_next_input_is_what_the_next_scale_is_fed(pipe: VARPipeline) -> None:
    pairs = run(pipe, OPTIONS["smooth"])
    for scale, (step, numbers) in enumerate(pairs[:-1]):
        assert numbers.next_input is not None
        assert torch.equal(numbers.next_input, pipe.tokenizer.quantizer.pool(step.latent, scale + 1))
    assert pairs[-1][1].next_input is None


def test_numbers_of_a_known_distribution_are_exact() -> None:
    tempered = torch.tensor([0.5, 0.25, 0.125, 0.125]).log().view(1, 1, 4)
    filtered = tempered.masked_fill(torch.tensor([False, False, True, True]), -torch.inf)

    def of(token: int) -> StepStatistics:
        return step_statistics(torch.tensor([[[token]]]), tempered, None, tempered, filtered, None)

    def close(value: Tensor, expected: float) -> bool:
        return abs(float(value) - expected) < 1e-6

    assert close(of(1).probability, 0.25)
    assert close(of(1).filtered_probability, 1 / 3)
    assert close(of(1).entropy, 1.75 * math.log(2))
    assert [int(of(token).rank) for token in (0, 1, 2, 3)] == [0, 1, 2, 2]
