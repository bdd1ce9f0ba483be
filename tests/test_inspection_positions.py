"""The lab, one token: its distribution, its confidence and its attention equal what the run computed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from tiny_models import CLASS_IDS
from torch import Tensor

from var_core.attention import SelfAttention
from var_core.errors import SamplingError
from var_core.inspection.attention import attention_read
from var_core.inspection.confidence import confidence_in
from var_core.inspection.context import Context, context_of_tokens, context_of_trace
from var_core.inspection.positions import distribution, position_logits
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.steps import ClassSwitch
from var_core.trace import Trace

GUIDED = SamplingOptions(guidance=3.0, top_k=20, top_p=0.9)


@pytest.fixture(scope="module")
def mini() -> VARPipeline:
    return VARPipeline.from_pretrained("mini", device="cpu", precision="exact")


def positions(trace: Trace) -> Iterator[tuple[int, int, int]]:
    """A diagonal of every scale."""
    for step in trace.steps:
        for row in range(step.side):
            yield step.scale, row, (row * 3 + 1) % step.side


def assert_as_drawn(pipe: VARPipeline, trace: Trace, context: Context, picture: int, at: tuple[int, int, int]) -> None:
    """The distribution at a position is the one that the trace's statistics describe."""
    scale, row, column = at
    step = trace.steps[scale]
    assert step.statistics is not None
    spread = distribution(position_logits(pipe, context, *at), trace.settings.options)
    cell = (picture, row, column)
    token = int(step.drawn_ids[cell])
    close = {"rel": 1e-3, "abs": 1e-6}
    assert spread.guidance == step.guidance
    assert float(spread.probability[token]) == pytest.approx(float(step.statistics.probability[cell]), **close)
    kept = float(step.statistics.filtered_probability[cell])
    assert float(spread.filtered_probability[token]) == pytest.approx(kept, **close)
    assert spread.entropy == pytest.approx(float(step.statistics.entropy[cell]), **close)
    assert spread.rank(token) == int(step.statistics.rank[cell])


def test_a_position_is_what_the_sampler_drew_from(either_pipe: VARPipeline, options: SamplingOptions) -> None:
    trace = either_pipe.trace([985, None], seeds=[3, 4], options=options)
    for picture in (0, 1):
        context = context_of_trace(trace, picture)
        for at in positions(trace):
            assert_as_drawn(either_pipe, trace, context, picture, at)


@pytest.mark.parametrize("cache", ["keep", "replay"])
def test_a_position_after_a_class_switch_is_what_was_drawn_from(pipe: VARPipeline, cache) -> None:
    switch = ClassSwitch(1, (985, 1), cache)
    trace = pipe.trace([1, 417], seeds=[3, 4], options=GUIDED, switch=switch)
    for at in positions(trace):
        assert_as_drawn(pipe, trace, context_of_trace(trace, 1), 1, at)


def test_the_embedded_model_is_inspected_as_it_drew(mini: VARPipeline) -> None:
    trace = mini.trace([mini.config.classes[4].class_id], seeds=[7])
    context = context_of_tokens(mini, trace.settings.class_ids[0], [ids[0] for ids in trace.token_maps])
    for at in ((0, 0, 0), (3, 2, 1), (6, 7, 0), (9, 5, 11)):
        assert_as_drawn(mini, trace, context, 0, at)
    read = attention_read(mini, context, 9, 5, 11)
    blocks, heads = mini.config.transformer.depth, mini.config.transformer.num_heads
    assert read.weights.shape == (blocks, heads, 680)
    assert torch.allclose(read.shares().sum(-1), torch.ones(blocks, heads), atol=1e-5)


def test_tokens_and_traces_give_one_context(pipe: VARPipeline) -> None:
    trace = pipe.trace([1], seeds=[3], options=GUIDED)
    first = position_logits(pipe, context_of_trace(trace), 2, 3, 1)
    second = position_logits(pipe, context_of_tokens(pipe, 1, trace.token_maps[:2]), 2, 3, 1)
    assert torch.equal(first.conditional, second.conditional)
    assert torch.equal(first.unconditional, second.unconditional)


def test_the_first_scale_is_never_guided(pipe: VARPipeline) -> None:
    logits = position_logits(pipe, context_of_tokens(pipe, 1, []), 0, 0, 0)
    off, strong = (distribution(logits, SamplingOptions(guidance=value, top_k=None)) for value in (0.0, 50.0))
    assert strong.guidance == 0
    assert torch.equal(off.probability, strong.probability)


def test_a_distribution_is_one(pipe: VARPipeline, options: SamplingOptions) -> None:
    trace = pipe.trace([1], seeds=[3], options=options)
    for at in positions(trace):
        spread = distribution(position_logits(pipe, context_of_trace(trace), *at), options)
        assert float(spread.probability.sum()) == pytest.approx(1, abs=1e-5)
        assert float(spread.filtered_probability.sum()) == pytest.approx(1, abs=1e-5)
        assert spread.num_kept == int((spread.filtered_probability > 0).sum())
        ids, likeliest, rest = spread.top(5)
        assert [spread.rank(int(token)) for token in ids] == [0, 1, 2, 3, 4]
        assert float(likeliest.sum()) + rest == pytest.approx(1, abs=1e-5)


def test_confidence_in_the_drawn_tokens_is_the_traces(pipe: VARPipeline, options: SamplingOptions) -> None:
    trace = pipe.trace([985, 1], seeds=[3, 4], options=options)
    for step in trace.steps:
        assert step.statistics is not None
        found = confidence_in(pipe, context_of_trace(trace, 1), step.scale, step.drawn_ids[1], options)
        for name in ("probability", "filtered_probability", "entropy"):
            assert torch.allclose(getattr(found, name)[0], getattr(step.statistics, name)[1], rtol=1e-3, atol=1e-6)
        assert torch.equal(found.rank[0], step.statistics.rank[1])
        assert found.divergence is not None
        if step.statistics.divergence is not None:
            assert torch.allclose(found.divergence[0], step.statistics.divergence[1], rtol=1e-3, atol=1e-5)


def naive_attention(pipe: VARPipeline, label: int, token_maps: list[Tensor], monkeypatch: pytest.MonkeyPatch) -> Tensor:
    """(depth, H, L, L): softmax over the masked logits of one teacher-forced pass."""
    found = []

    def forward(self: SelfAttention, x: Tensor, mask: Tensor) -> Tensor:
        q, k, v = self.heads(x)
        weights = (q @ k.transpose(-1, -2)).masked_fill(~mask, -torch.inf).softmax(-1)
        found.append(weights[0])
        return self.proj((weights @ v).transpose(1, 2).flatten(2))

    monkeypatch.setattr(SelfAttention, "forward", forward)
    with torch.no_grad():
        inputs = pipe.tokenizer.quantizer.next_inputs(token_maps)
        pipe.transformer(inputs, torch.tensor([label]))
    return torch.stack(found)


def test_attention_is_that_of_a_naive_pass(either_pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = either_pipe.trace([980], seeds=[3], options=GUIDED)
    schedule, context = either_pipe.config.schedule, context_of_trace(trace)
    expected = naive_attention(either_pipe, CLASS_IDS.index(980), trace.token_maps, monkeypatch)
    for scale, row, column in positions(trace):
        read = attention_read(either_pipe, context, scale, row, column)
        place = schedule.offsets[scale] + row * schedule.sides[scale] + column
        assert torch.allclose(read.weights, expected[:, :, place, : schedule.offsets[scale + 1]], atol=1e-5)


def test_shares_of_attention_sum_to_1_and_maps_to_their_share(pipe: VARPipeline) -> None:
    trace = pipe.trace([980], seeds=[3], options=GUIDED)
    read = attention_read(pipe, context_of_trace(trace), 2, 1, 3)
    shares = read.shares()
    assert shares.shape == (2, 2, 3)
    assert torch.allclose(shares.sum(-1), torch.ones(2, 2), atol=1e-5)
    assert float(read.even_shares().sum()) == pytest.approx(1)
    for source, side in enumerate((1, 2, 4)):
        assert read.over(source).shape == (side, side)
        assert torch.allclose(read.over(source, 1, 0).sum(), shares[1, 0, source], atol=1e-6)
        assert torch.allclose(read.over(source).sum(), shares[..., source].mean(), atol=1e-6)
        assert torch.allclose(read.over(source, head=1).sum(), shares[:, 1, source].mean(), atol=1e-6)


def test_what_a_model_does_not_have_is_refused_by_name(pipe: VARPipeline) -> None:
    trace = pipe.trace([980], seeds=[3], options=GUIDED)
    context, maps = context_of_trace(trace), trace.token_maps
    read = attention_read(pipe, context, 1, 0, 0)
    for call, named in (
        (lambda: position_logits(pipe, context, 3, 0, 0), "scale"),
        (lambda: position_logits(pipe, context, 1, 2, 0), "row at scale 1"),
        (lambda: attention_read(pipe, context, 1, 0, -1), "column at scale 1"),
        (lambda: position_logits(pipe, context_of_tokens(pipe, 1, maps[:1]), 2, 0, 0), "needs the 2 coarser"),
        (lambda: context_of_tokens(pipe, 2, maps), "class id"),
        (lambda: context_of_tokens(pipe, 1, [maps[0] + 99]), "token id"),
        (lambda: context_of_trace(trace, 1), "picture"),
        (lambda: read.over(2), "source scale"),
        (lambda: read.over(0, block=2), "block"),
        (lambda: read.over(0, head=2), "head"),
        (lambda: confidence_in(pipe, context, 1, maps[2][0], GUIDED), "token_ids of scale 1"),
        (lambda: distribution(position_logits(pipe, context, 0, 0, 0), SamplingOptions()), "top_k"),
    ):
        with pytest.raises(SamplingError, match=named):
            call()
