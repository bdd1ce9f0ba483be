"""The sampling loop: what a seed means, and that no run leaves anything behind or meets another."""

from __future__ import annotations

import contextlib
import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import pytest
import torch
import torch.nn.functional as F
from tiny_models import CLASS_IDS, OPTIONS, tiny_config, tiny_networks, tokens_of
from torch import Tensor

from var_core import sampler
from var_core.attention import KVCache
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.sampler import _Run, sample_scales
from var_core.steps import ClassSwitch, SamplingRequest, ScaleStep
from var_core.transformer import Transformer

GUIDED = OPTIONS["guided"]


@pytest.fixture
def caches(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, weakref.ref[KVCache]]]:
    """Every cache made from now on: its rows, and whether it still lives."""
    made: list[tuple[int, weakref.ref[KVCache]]] = []
    original = Transformer.new_cache

    def noted(self: Transformer, batch: int) -> KVCache:
        cache = original(self, batch)
        made.append((batch, weakref.ref(cache)))
        return cache

    monkeypatch.setattr(Transformer, "new_cache", noted)
    return made


def tolerance(options: SamplingOptions) -> float:
    """Of a latent whose logits are equal up to rounding: a blend divides them by as little as 0.0135."""
    return 1e-3 if options.smooth else 1e-5


def fingerprint(pipe: VARPipeline) -> dict[str, object]:
    """All that a model holds: attributes, buffers, hooks and weights of every module, and of the pipeline."""
    held: dict[str, object] = {"pipeline": sorted(vars(pipe))}
    for part in (pipe.tokenizer, pipe.transformer):
        for name, module in part.named_modules():
            held[f"{type(part).__name__}.{name}"] = {
                key: (sorted(value) if isinstance(value, dict) else type(value).__name__)
                for key, value in vars(module).items()
            }
        for name, tensor in part.state_dict().items():
            held[f"{type(part).__name__}.{name} sum"] = float(tensor.double().abs().sum())
    return held


def upstream(pipe: VARPipeline, row: int, seed: int, options: SamplingOptions) -> tuple[list[Tensor], Tensor]:
    """var.md §3 for one picture with the slowest means: teacher forcing anew at every scale, torch.multinomial."""
    model, quantizer, generator = pipe.transformer, pipe.tokenizer.quantizer, torch.Generator().manual_seed(seed)
    sides = pipe.config.schedule.sides
    inputs = torch.zeros(1, pipe.config.schedule.num_tokens - 1, 8)
    latent, drawn = torch.zeros(1, 8, sides[-1], sides[-1]), []
    for scale, side in enumerate(sides):
        positions, r = pipe.config.schedule.slice(scale), scale / (len(sides) - 1)
        cond, uncond = (model(inputs, torch.tensor([label]))[0, positions] for label in (row, model.null_label))
        t = options.guidance * r
        logits = ((1 + t) * cond - t * uncond) / options.temperature
        if options.top_k is not None:
            logits[logits < logits.topk(options.top_k).values[:, -1:]] = -torch.inf
        if options.top_p is not None:
            ascending, order = logits.sort(dim=-1)
            drop = ascending.softmax(-1).cumsum(-1) <= 1 - options.top_p
            drop[:, -1] = False
            logits[torch.zeros_like(drop).scatter(-1, order, drop)] = -torch.inf
        ids = torch.multinomial(logits.softmax(-1), 1, replacement=True, generator=generator)[:, 0]
        drawn.append(ids.view(1, side, side))
        h = quantizer.codebook[ids]
        if options.smooth:
            gumbel = -torch.empty_like(logits).exponential_(generator=generator).log()
            tau = max(0.27 * (1 - 0.95 * r), 0.005)
            h = ((logits * (1 + r) + gumbel) / tau).softmax(-1) @ quantizer.codebook
        latent = latent + quantizer.contribution(h.t().reshape(1, -1, side, side), scale)
        if scale + 1 < len(sides):
            following = pipe.config.schedule.slice(scale + 1)
            pooled = F.adaptive_avg_pool2d(latent, sides[scale + 1]).flatten(2).transpose(1, 2)
            inputs[:, following.start - 1 : following.stop - 1] = pooled
    return drawn, latent


@torch.no_grad()
def test_a_run_equals_the_specification_written_out(either_pipe: VARPipeline, options: SamplingOptions) -> None:
    for seed in range(4):
        steps = list(either_pipe.stream([980], seeds=[seed], options=options))
        drawn, latent = upstream(either_pipe, CLASS_IDS.index(980), seed, options)
        assert torch.equal(tokens_of(steps), torch.cat([ids.flatten(1) for ids in drawn], 1)), seed
        assert torch.allclose(steps[-1].latent, latent, atol=tolerance(options)), seed


def test_steps_describe_themselves(pipe: VARPipeline) -> None:
    steps = list(pipe.stream([1, None], seeds=[0, 1], options=GUIDED))
    assert [(step.scale, step.side, step.guidance) for step in steps] == [(0, 1, 0.0), (1, 2, 1.5), (2, 4, 3.0)]
    for step in steps:
        assert step.token_ids.shape == step.drawn_ids.shape == (2, step.side, step.side)
        assert step.token_ids.dtype == torch.int64
        assert step.kept.shape == (step.side, step.side)
        assert not step.kept.any()
        assert step.latent.shape == (2, 8, 4, 4)
        assert step.latent.dtype == torch.float32
        assert step.statistics is None
        assert step.seconds >= 0


def test_classes_seeds_and_options_all_matter(pipe: VARPipeline) -> None:
    seen = [
        tokens_of(pipe.stream([class_id], seeds=[seed], options=option)).tolist()
        for class_id in (*CLASS_IDS, None) for seed in (0, 2**32 - 1) for option in OPTIONS.values()
    ]  # fmt: skip
    for first in range(len(seen)):
        assert seen[first] not in seen[:first]


def test_the_same_seed_is_the_same_picture_whatever_was_drawn_before(pipe: VARPipeline) -> None:
    first = tokens_of(pipe.stream([1], seeds=[7], options=GUIDED))
    state = torch.get_rng_state()
    torch.rand(10)
    tokens_of(pipe.stream([985], seeds=[8], options=GUIDED))
    assert torch.equal(tokens_of(pipe.stream([1], seeds=[7], options=GUIDED)), first)
    torch.set_rng_state(state)
    list(pipe.stream([1], seeds=[7], options=GUIDED))
    assert torch.equal(torch.get_rng_state(), state), "a run drew from the process-wide generator"


def test_pictures_of_a_batch_are_the_pictures_alone(either_pipe: VARPipeline, options: SamplingOptions) -> None:
    class_ids, seeds = (985, None, 1, 417), (3, 1, 4, 2**32 - 1)
    together = list(either_pipe.stream(class_ids, seeds=seeds, options=options))
    for row in range(4):
        alone = list(either_pipe.stream(class_ids[row : row + 1], seeds=seeds[row : row + 1], options=options))
        assert torch.equal(tokens_of(together)[row : row + 1], tokens_of(alone))
        assert torch.allclose(together[-1].latent[row : row + 1], alone[-1].latent, atol=tolerance(options))


def test_a_seed_is_the_same_picture_alone_and_in_a_batch_in_16_bits_too() -> None:
    model = VARPipeline.from_pretrained("mini", device="cpu", precision="fast")
    class_ids, seeds = [label.class_id for label in model.config.classes][:10], list(range(10))
    together = tokens_of(model.stream(class_ids, seeds=seeds))
    for row, (class_id, seed) in enumerate(zip(class_ids, seeds, strict=True)):
        assert torch.equal(tokens_of(model.stream([class_id], seeds=[seed])), together[row : row + 1]), row


@pytest.mark.parametrize("pinned", [False, True])
def test_noise_is_copied_without_waiting_only_from_pinned_memory(
    pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch, pinned: bool
) -> None:
    run = _Run(pipe.transformer, pipe.tokenizer.quantizer, SamplingRequest([0], [0], GUIDED))
    run.device = torch.device("cuda" if pinned else "mps")
    asked: list[tuple[bool, bool]] = []
    original = torch.empty

    def empty(*shape: int, pin_memory: bool = False) -> Tensor:
        noise = original(*shape)
        monkeypatch.setattr(torch.Tensor, "to", lambda _self, _device, non_blocking: asked.append(
            (pin_memory, non_blocking)) or noise)  # fmt: skip
        return noise

    with monkeypatch.context() as patched:
        patched.setattr(torch, "empty", empty)
        run._noise(4)
        monkeypatch.undo()
    assert asked == [(pinned, pinned)]


def test_no_network_runs_where_a_gpu_might_round_and_no_yield_holds_that_up(
    pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, ran = [False], []

    @contextlib.contextmanager
    def unrounded(_device: torch.device) -> Iterator[None]:
        inside[0] = True
        yield
        inside[0] = False

    monkeypatch.setattr(sampler, "without_tf32", unrounded)
    for name in ("condition", "step", "logits"):
        original = getattr(Transformer, name)

        def noted(*arguments: object, name: str = name, original: Callable[..., object] = original) -> object:
            ran.append((name, inside[0]))
            return original(*arguments)

        monkeypatch.setattr(Transformer, name, noted)
    for _ in pipe.stream([1], seeds=[0], options=GUIDED, switch=ClassSwitch(1, [417], "replay")):
        assert not inside[0]
    assert set(ran) == {("condition", True), ("step", True), ("logits", True)}


def test_what_a_step_yields_is_not_what_it_was_given(pipe: VARPipeline) -> None:
    trace = pipe.trace([1, 417], seeds=[0, 1], options=GUIDED, prefix=[torch.full((1, 1, 1), 3)])
    given = [(step.token_ids.clone(), step.kept.clone()) for step in trace.steps]
    for step in pipe.replay(trace):
        step.token_ids.fill_(0)
        step.kept.logical_not_()
    for step, (token_ids, kept) in zip(trace.steps, given, strict=True):
        assert torch.equal(step.token_ids, token_ids)
        assert torch.equal(step.kept, kept)


def test_guidance_0_runs_no_unconditional_rows(
    pipe: VARPipeline, caches: list[tuple[int, weakref.ref[KVCache]]]
) -> None:
    list(pipe.stream([1, 417, 980], seeds=[0, 1, 2], options=OPTIONS["unguided"]))
    list(pipe.stream([1, 417, 980], seeds=[0, 1, 2], options=GUIDED))
    assert [rows for rows, _ in caches] == [3, 6]


def test_guidance_0_is_the_limit_of_weak_guidance_and_1_is_not_off(pipe: VARPipeline) -> None:
    def entropy(guidance: float) -> Tensor:
        options = SamplingOptions(guidance=guidance, top_k=None, top_p=None)
        *_, last = pipe.stream([1], seeds=[0], options=options, prefix=prefix, statistics=True)
        assert last.statistics is not None
        return last.statistics.entropy

    prefix = [step.token_ids for step in pipe.stream([1], seeds=[0], options=GUIDED)][:2]
    assert torch.allclose(entropy(0.0), entropy(1e-7), atol=1e-4)
    assert not torch.allclose(entropy(0.0), entropy(1.0), atol=1e-2)


def test_two_interleaved_streams_do_not_interact(either_pipe: VARPipeline, options: SamplingOptions) -> None:
    def start(index: int) -> Iterator[ScaleStep]:
        return either_pipe.stream([CLASS_IDS[index]], seeds=[index], options=options)

    alone = [tokens_of(start(0)), tokens_of(start(1))]
    steps: tuple[list[ScaleStep], list[ScaleStep]] = ([], [])
    for pair in zip(start(0), start(1), strict=True):
        for own, step in zip(steps, pair, strict=True):
            own.append(step)
    assert torch.equal(tokens_of(steps[0]), alone[0])
    assert torch.equal(tokens_of(steps[1]), alone[1])
    assert not torch.equal(alone[0], alone[1])


def test_eight_threads_draw_what_one_draws(pipe: VARPipeline) -> None:
    jobs = [(CLASS_IDS[job % 4], job, list(OPTIONS.values())[job % 5]) for job in range(80)]

    def run(job: tuple[int, int, SamplingOptions]) -> Tensor:
        return tokens_of(pipe.stream([job[0]], seeds=[job[1]], options=job[2]))

    alone = [run(job) for job in jobs]
    at_once = threading.Barrier(8)

    def run_after_all_are_there(jobs_of_one: list[tuple[int, int, SamplingOptions]]) -> list[Tensor]:
        at_once.wait(30)
        return [run(job) for job in jobs_of_one]

    with ThreadPoolExecutor(8) as pool:
        shares = list(pool.map(run_after_all_are_there, [jobs[first::8] for first in range(8)]))
    for first, share in enumerate(shares):
        for own, expected in zip(share, alone[first::8], strict=True):
            assert torch.equal(own, expected)


def test_each_step_may_run_on_another_thread(pipe: VARPipeline, options: SamplingOptions) -> None:
    expected = tokens_of(pipe.stream([417], seeds=[3], options=options))
    stream, steps, modes = pipe.stream([417], seeds=[3], options=options), [], []

    def advance() -> None:
        steps.append(next(stream))
        modes.append(torch.is_grad_enabled())

    for _ in range(3):
        thread = threading.Thread(target=advance)
        thread.start()
        thread.join()
    assert torch.equal(tokens_of(steps), expected)
    assert modes == [True] * 3


@pytest.mark.parametrize("enabled", [True, False])
def test_the_callers_grad_mode_is_left_alone(pipe: VARPipeline, enabled: bool) -> None:
    with torch.set_grad_enabled(enabled):
        for step in pipe.stream([1], seeds=[0], options=GUIDED, statistics=True):
            assert torch.is_grad_enabled() is enabled
            assert not torch.is_inference_mode_enabled()
            assert not step.latent.requires_grad
            assert not pipe.decode(step.latent).requires_grad
            assert torch.is_grad_enabled() is enabled


def test_no_gradient_is_recorded_even_for_networks_in_training() -> None:
    tokenizer, transformer = tiny_networks(tiny_config())
    assert all(parameter.requires_grad for parameter in transformer.parameters())
    with torch.enable_grad():
        for step in sample_scales(transformer, tokenizer.quantizer, SamplingRequest([0], [1], GUIDED)):
            assert not step.latent.requires_grad
    assert all(parameter.requires_grad for parameter in transformer.parameters())


def test_abandoned_stream_leaves_no_state(pipe: VARPipeline, caches: list[tuple[int, weakref.ref[KVCache]]]) -> None:
    before, expected = fingerprint(pipe), tokens_of(pipe.stream([1], seeds=[0], options=GUIDED))
    caches.clear()
    gc.disable()  # dropping the stream must be enough
    try:
        for taken in (1, 2):
            stream = pipe.stream([980, 1], seeds=[1, 2], options=OPTIONS["smooth"])
            for _ in range(taken):
                next(stream)
            assert caches[-1][1]() is not None
            del stream
            assert caches[-1][1]() is None
    finally:
        gc.enable()
    assert len(caches) == 2
    assert fingerprint(pipe) == before
    assert torch.equal(tokens_of(pipe.stream([1], seeds=[0], options=GUIDED)), expected)


def test_a_finished_stream_frees_its_cache_while_its_steps_live_on(
    pipe: VARPipeline, caches: list[tuple[int, weakref.ref[KVCache]]]
) -> None:
    steps = list(pipe.stream([1], seeds=[0], options=GUIDED, statistics=True))
    assert len(caches) == 1
    assert caches[0][1]() is None
    assert steps[0].statistics is not None


@pytest.mark.parametrize("scale", [0, 1, 2])
def test_an_exception_midway_leaves_nothing(
    pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch, caches: list[tuple[int, weakref.ref[KVCache]]], scale: int
) -> None:
    before, expected = fingerprint(pipe), tokens_of(pipe.stream([1], seeds=[0], options=GUIDED))
    caches.clear()
    original: Callable[..., Tensor] = Transformer.step

    def failing(self: Transformer, inputs: Tensor | None, at: int, *rest: object) -> Tensor:
        hidden = original(self, inputs, at, *rest)
        if at == scale:
            raise MemoryError("on purpose")
        return hidden

    with monkeypatch.context() as patched:
        patched.setattr(Transformer, "step", failing)
        stream = pipe.stream([1], seeds=[0], options=GUIDED)
        for _ in range(scale):
            next(stream)
        with pytest.raises(MemoryError, match="on purpose"):
            next(stream)
        assert next(stream, None) is None
    assert torch.is_grad_enabled()
    del stream
    gc.collect()
    assert len(caches) == 1
    assert caches[0][1]() is None
    assert fingerprint(pipe) == before
    assert torch.equal(tokens_of(pipe.stream([1], seeds=[0], options=GUIDED)), expected)


def tensors_of(step: ScaleStep) -> dict[str, Tensor]:
    records = (step,) if step.statistics is None else (step, step.statistics)
    found = {field.name: getattr(record, field.name) for record in records for field in fields(record)}
    return {name: value for name, value in found.items() if isinstance(value, Tensor)}


@pytest.mark.parametrize("with_prefix", [False, True])
def test_yielded_tensors_never_change(pipe: VARPipeline, options: SamplingOptions, with_prefix: bool) -> None:
    prefix = [step.token_ids for step in pipe.stream([1, 985], seeds=[8, 9])][:2] if with_prefix else []
    switch = ClassSwitch(1, [417, None], "replay")
    steps, copies = [], []
    for step in pipe.stream([1, 980], seeds=[0, 1], options=options, prefix=prefix, switch=switch, statistics=True):
        steps.append(step)
        copies.append({name: tensor.clone() for name, tensor in tensors_of(step).items()})
    assert len(copies[0]) >= 8
    for step, copy in zip(steps, copies, strict=True):
        for name, tensor in tensors_of(step).items():
            assert torch.equal(tensor, copy[name]), (step.scale, name)


def test_a_picture_is_sampled_as_it_is_streamed(pipe: VARPipeline, options: SamplingOptions) -> None:
    images = pipe.sample([1, None], seeds=[0, 1], options=options)
    *_, last = pipe.stream([1, None], seeds=[0, 1], options=options)
    assert torch.equal(images, pipe.decode(last.latent))
    assert images.shape == (2, 3, 8, 8)


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_own_prefix_and_seed_reproduce_the_picture(pipe: VARPipeline, options: SamplingOptions, kept: int) -> None:
    if options.smooth:
        options = replace(options, smooth=False)  # a blend is no token id
    steps = list(pipe.stream([417, 1], seeds=[5, 6], options=options))
    prefix = [step.token_ids for step in steps[:kept]]
    again = list(pipe.stream([417, 1], seeds=[5, 6], options=options, prefix=prefix))
    assert torch.equal(tokens_of(again), tokens_of(steps))
    assert torch.equal(torch.stack([s.drawn_ids.flatten(1)[:, 0] for s in again]),
                       torch.stack([s.drawn_ids.flatten(1)[:, 0] for s in steps]))  # fmt: skip
    assert torch.allclose(again[-1].latent, steps[-1].latent, atol=1e-5)
    assert [bool(step.kept.all()) for step in again] == [scale < kept for scale in range(3)]


def test_a_full_prefix_is_the_picture_whatever_seed_and_class(pipe: VARPipeline, options: SamplingOptions) -> None:
    plain = replace(options, smooth=False)
    steps = list(pipe.stream([417], seeds=[5], options=plain))
    prefix = [step.token_ids for step in steps]
    forced = list(pipe.stream([980], seeds=[77], options=options, prefix=prefix))
    assert torch.equal(tokens_of(forced), tokens_of(steps))
    assert torch.equal(forced[-1].latent, steps[-1].latent)
    assert any(not torch.equal(step.drawn_ids, step.token_ids) for step in forced)


def test_one_prefix_serves_a_whole_batch(pipe: VARPipeline) -> None:
    prefix = [step.token_ids for step in pipe.stream([417], seeds=[5], options=GUIDED)][:2]
    together = tokens_of(pipe.stream([1, 980], seeds=[0, 1], options=GUIDED, prefix=prefix))
    for row, (class_id, seed) in enumerate(((1, 0), (980, 1))):
        alone = tokens_of(pipe.stream([class_id], seeds=[seed], options=GUIDED, prefix=prefix))
        assert torch.equal(together[row : row + 1], alone)


def test_a_prefix_changed_by_its_owner_after_the_call_changes_nothing(pipe: VARPipeline) -> None:
    prefix = [step.token_ids.clone() for step in pipe.stream([417], seeds=[5], options=GUIDED)]
    expected = torch.cat([ids.flatten(1) for ids in prefix], 1)
    stream = pipe.stream([1], seeds=[0], options=GUIDED, prefix=prefix)
    for ids in prefix:
        ids.zero_()
    assert torch.equal(tokens_of(stream), expected)


@pytest.mark.parametrize("at", [1, 2])
def test_a_replayed_switch_is_a_prefix_under_the_new_class(pipe: VARPipeline, at: int) -> None:
    switched = list(pipe.stream([1], seeds=[4], options=GUIDED, switch=ClassSwitch(at, [985], "replay")))
    prefix = [step.token_ids for step in switched[:at]]
    under_new = list(pipe.stream([985], seeds=[4], options=GUIDED, prefix=prefix))
    assert torch.equal(tokens_of(switched), tokens_of(under_new))
    assert torch.allclose(switched[-1].latent, under_new[-1].latent, atol=1e-5)
    assert torch.equal(tokens_of(switched[:at]), tokens_of(list(pipe.stream([1], seeds=[4], options=GUIDED))[:at]))


def test_keeping_replaying_and_not_switching_all_differ(pipe: VARPipeline, options: SamplingOptions) -> None:
    def after(switch: ClassSwitch | None) -> Tensor:
        steps = list(pipe.stream([1], seeds=[4], options=options, switch=switch, statistics=True))
        assert steps[1].statistics is not None
        return steps[1].statistics.entropy

    kept, replayed, none = after(ClassSwitch(1, [985])), after(ClassSwitch(1, [985], "replay")), after(None)
    for one, other in ((kept, replayed), (kept, none), (replayed, none)):
        assert (one - other).abs().max() > 1e-3


def test_switching_to_the_same_class_changes_nothing(pipe: VARPipeline, options: SamplingOptions) -> None:
    plain = tokens_of(pipe.stream([1, None], seeds=[4, 5], options=options))
    for cache in ("keep", "replay"):
        switch = ClassSwitch(1, [1, None], cache)  # type: ignore[arg-type]
        assert torch.equal(tokens_of(pipe.stream([1, None], seeds=[4, 5], options=options, switch=switch)), plain)
