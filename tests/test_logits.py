"""From logits to a draw, held against straightforward references written here."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from var_core.logits import draw, guide, keep_likely, smooth_weights


def random_logits(seed: int = 0, shape: tuple[int, ...] = (2, 5, 64), spread: float = 3.0) -> Tensor:
    return spread * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def exponential(shape: torch.Size, seed: int) -> Tensor:
    return torch.empty(shape).exponential_(generator=torch.Generator().manual_seed(seed))


def kept(logits: Tensor) -> list[int]:
    return torch.isfinite(logits.flatten()).nonzero().flatten().tolist()


def reference(logits: Tensor, top_k: int | None, top_p: float | None) -> Tensor:
    """var.md §3 to the letter, over all V codes."""
    logits = logits.clone()
    if top_k is not None:
        logits[logits < logits.topk(top_k, dim=-1).values[..., -1:]] = -torch.inf
    if top_p is not None:
        ascending, order = logits.sort(dim=-1)
        drop = ascending.softmax(-1).cumsum(-1) <= 1 - top_p
        drop[..., -1] = False
        logits[torch.zeros_like(drop).scatter(-1, order, drop)] = -torch.inf
    return logits


@pytest.mark.parametrize("top_k", [None, 1, 2, 7, 63, 64])
@pytest.mark.parametrize("top_p", [None, 1e-9, 0.1, 0.5, 0.95, 0.999, 1.0])
def test_top_k_and_top_p_keep_what_the_reference_keeps(top_k: int | None, top_p: float | None) -> None:
    for seed in range(5):
        logits = random_logits(seed)
        assert torch.equal(keep_likely(logits, top_k, top_p), reference(logits, top_k, top_p)), seed


@pytest.mark.parametrize(("top_k", "top_p"), [(3, None), (None, 0.5), (3, 0.5), (64, 0.5)])
def test_filters_really_drop_and_never_change_their_input(top_k: int | None, top_p: float | None) -> None:
    logits = random_logits()
    before = logits.clone()
    filtered = keep_likely(logits, top_k, top_p)
    assert torch.isinf(filtered).any()
    assert torch.equal(logits, before)


def test_nothing_is_dropped_when_both_are_off() -> None:
    logits = random_logits()
    for top_k, top_p in ((None, None), (None, 1.0), (64, None), (64, 1.0)):
        assert torch.equal(keep_likely(logits, top_k, top_p), logits)


def test_top_p_drops_a_code_whose_cumulative_probability_is_exactly_one_minus_p() -> None:
    # Probabilities ⅛, ⅛, ¼, ½ are exact in binary: ascending sums ⅛, ¼, ½, 1. At p = ½ the third sits on the
    # boundary and "≤" drops it, where "<" would keep it.
    logits = torch.tensor([[[0.5, 0.25, 0.125, 0.125]]]).log2() * math.log(2)
    assert torch.equal(logits.softmax(-1).flatten(), torch.tensor([0.5, 0.25, 0.125, 0.125]))
    assert kept(keep_likely(logits, None, 0.5)) == [0]
    assert kept(keep_likely(logits, None, 0.5001)) == [0, 1]
    assert kept(keep_likely(logits, None, 0.75)) == [0, 1]


@pytest.mark.parametrize("top_k", [None, 2, 10])
def test_the_best_code_is_kept_however_small_p_is(top_k: int | None) -> None:
    logits = random_logits(spread=0.01)
    filtered = keep_likely(logits, top_k, 1e-12)
    assert torch.equal(filtered.argmax(-1), logits.argmax(-1))
    assert (torch.isfinite(filtered).sum(-1) == 1).all()


def test_codes_tied_with_the_kth_logit_stay() -> None:
    logits = torch.tensor([[[1.0, 3.0, 2.0, 2.0, 2.0, 0.0]]])
    assert kept(keep_likely(logits, 2, None)) == [1, 2, 3, 4]
    assert kept(keep_likely(logits, 4, None)) == [1, 2, 3, 4]


def test_top_p_counts_every_code_tied_with_the_kth() -> None:
    # After top-k 2 four codes are left, probabilities ½ and three of ⅙; equals stay or go together.
    logits = torch.tensor([[[0.0, math.log(3.0), 0.0, 0.0, -9.0]]])
    assert kept(keep_likely(logits, 2, 0.9)) == [0, 1, 2, 3]
    assert kept(keep_likely(logits, 2, 0.7)) == [0, 1, 2, 3], "the tied codes beyond the k-th were not counted"
    assert kept(keep_likely(logits, 2, 0.45)) == [1]


@pytest.mark.parametrize("seed", range(3))
def test_top_k_1_is_greedy_whatever_the_noise(seed: int) -> None:
    logits = random_logits(seed)
    drawn = draw(keep_likely(logits, 1, None), exponential(logits.shape, seed + 100))
    assert torch.equal(drawn, logits.argmax(-1))


@pytest.mark.parametrize("top_k", [None, 10])
def test_a_draw_is_the_multinomial_draw_of_the_same_generator(top_k: int | None) -> None:
    for seed in range(20):
        filtered = keep_likely(random_logits(seed, (1, 16, 4096)), top_k, None)
        ours, theirs = (torch.Generator().manual_seed(seed) for _ in range(2))
        drawn = draw(filtered, torch.empty(filtered.shape).exponential_(generator=ours))
        expected = torch.multinomial(filtered[0].softmax(-1), 1, replacement=True, generator=theirs)[:, 0]
        assert torch.equal(drawn[0], expected)
        assert torch.equal(ours.get_state(), theirs.get_state())


def test_draws_follow_the_probabilities() -> None:
    probability = torch.tensor([0.5, 0.3, 0.2, 0.0])
    logits = probability.log().expand(1, 40_000, 4)
    drawn = draw(logits, exponential(logits.shape, 0))
    frequency = drawn.flatten().bincount(minlength=4) / drawn.numel()
    assert frequency[3] == 0
    assert torch.allclose(frequency, probability, atol=0.01)  # four standard deviations


@pytest.mark.parametrize(("progress", "temperature"), [(0.0, 0.27), (0.5, 0.14175), (1.0, 0.0135)])
def test_smooth_weights_are_the_documented_softmax(progress: float, temperature: float) -> None:
    logits = keep_likely(random_logits(), 10, None)
    noise = exponential(logits.shape, 1)
    weights = smooth_weights(logits, noise, progress)
    expected = (((1 + progress) * logits.double() - noise.double().log()) / temperature).softmax(-1)
    assert torch.allclose(weights.double(), expected, atol=1e-5)
    assert torch.allclose(weights.sum(-1), torch.ones(2, 5))
    assert (weights[torch.isinf(logits)] == 0).all()


def test_smooth_temperature_never_falls_below_its_floor() -> None:
    # No schedule reaches it (0.0135 at the end), but a progress beyond 1 would divide by zero without it.
    logits = torch.tensor([[[0.0, 0.001]]])
    ratio = smooth_weights(logits, torch.ones(1, 1, 2), 20 / 19)[0, 0].log().diff()
    assert ratio.item() == pytest.approx((1 + 20 / 19) * 0.001 / 0.005, rel=1e-4)


def test_guidance_0_is_the_conditional_and_guidance_1_is_not() -> None:
    conditional, unconditional = random_logits(0), random_logits(1)
    assert torch.equal(guide(conditional, unconditional, 0.0), conditional)
    assert torch.allclose(guide(conditional, unconditional, 1.0), 2 * conditional - unconditional)
    assert torch.allclose(guide(conditional, unconditional, 2.5), 3.5 * conditional - 2.5 * unconditional)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU")
def test_top_p_works_on_a_gpu_that_must_be_deterministic() -> None:
    logits = random_logits().cuda()
    expected = keep_likely(logits, 40, 0.8)
    torch.use_deterministic_algorithms(True)
    try:
        assert torch.equal(keep_likely(logits, 40, 0.8), expected)
    finally:
        torch.use_deterministic_algorithms(False)
