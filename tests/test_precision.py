"""Devices and precision: what may be named, and what ``fast`` leaves exact."""

from __future__ import annotations

import pytest
import torch
from tiny_models import OPTIONS, tiny_pipeline, tokens_of
from torch import Tensor

from var_core.errors import DeviceError
from var_core.pipeline import VARPipeline
from var_core.precision import choose_device, choose_precision, float32_convolutions, usable_threads

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def fast() -> VARPipeline:
    return tiny_pipeline(precision="fast")


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "CPU", "", 0, True, "cpu; rm -rf", "meta"])
def test_unknown_devices_are_refused_with_those_there_are(name: object) -> None:
    with pytest.raises(DeviceError, match=r"device must be one of .*cpu") as caught:
        choose_device(name)  # type: ignore[arg-type]
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("name", ["bf16", "float16", "Fast", "", 1, True])
def test_unknown_precisions_are_refused_with_both_names(name: object) -> None:
    with pytest.raises(DeviceError, match="'exact' or 'fast'") as caught:
        choose_precision(name, CPU)  # type: ignore[arg-type]
    assert repr(name) in str(caught.value)


def test_the_cpu_is_always_there() -> None:
    assert choose_device("cpu") == CPU
    assert choose_device() in (CPU, torch.device("cuda"), torch.device("mps"))


def test_named_precisions_are_what_they_say() -> None:
    assert choose_precision("exact", CPU).dtype == torch.float32
    assert choose_precision("fast", CPU).dtype == torch.bfloat16
    default = choose_precision(None, CPU)
    assert default.dtype == (torch.float32 if default.name == "exact" else torch.bfloat16)
    assert default.reason


def test_at_least_one_thread_is_usable() -> None:
    assert 1 <= usable_threads() <= 4096


def test_exact_is_float32_throughout(pipe: VARPipeline) -> None:
    parameters = [*pipe.tokenizer.parameters(), *pipe.transformer.parameters()]
    assert {parameter.dtype for parameter in parameters} == {torch.float32}
    assert not any(parameter.requires_grad for parameter in parameters)


def test_fast_keeps_quantiser_and_head_in_float32_and_nothing_else(fast: VARPipeline) -> None:
    named = [*fast.tokenizer.named_parameters(), *fast.transformer.named_parameters()]
    exact = {name for name, parameter in named if parameter.dtype == torch.float32}
    expected = {name for name, _ in named if name.startswith(("quantizer.", "head.", "head_adaln."))}
    assert exact == expected
    assert len(expected) == 13
    assert {parameter.dtype for name, parameter in named if name not in exact} == {torch.bfloat16}


def test_fast_yields_float32_latents_and_pictures(fast: VARPipeline) -> None:
    for name, options in OPTIONS.items():
        for step in fast.stream([1, None], seeds=[0, 1], options=options, statistics=True):
            assert step.latent.dtype == torch.float32, name
            images = fast.decode(step.latent)
            assert images.dtype == torch.float32
            assert 0 <= images.min() <= images.max() <= 1


def test_fast_draws_the_same_token_nearly_always_from_the_same_past(pipe: VARPipeline, fast: VARPipeline) -> None:
    # Whole pictures diverge after one different token, so every scale is drawn from the exact model's past.
    options, seeds = OPTIONS["guided"], list(range(64))
    exact = list(pipe.stream([1, 417, 980, 985] * 16, seeds=seeds, options=options))
    for scale in range(3):
        prefix = [step.token_ids for step in exact[:scale]]
        drawn = list(fast.stream([1, 417, 980, 985] * 16, seeds=seeds, options=options, prefix=prefix))[scale]
        assert (drawn.token_ids == exact[scale].token_ids).float().mean() > 0.93, scale


def test_fast_pictures_of_the_same_latent_are_close(pipe: VARPipeline, fast: VARPipeline) -> None:
    *_, last = pipe.stream([1, 417], seeds=[0, 1], options=OPTIONS["guided"])
    difference = (pipe.decode(last.latent) - fast.decode(last.latent)).abs()
    assert 0 < difference.max() < 0.1


def test_fast_encodes_nearly_the_same_tokens(pipe: VARPipeline, fast: VARPipeline) -> None:
    images = torch.rand(16, 3, 8, 8, generator=torch.Generator().manual_seed(0))

    def first_maps(model: VARPipeline) -> Tensor:
        return model.encode(images)[0]

    assert (first_maps(pipe) == first_maps(fast)).float().mean() > 0.8


def test_fast_pictures_of_a_seed_repeat(fast: VARPipeline) -> None:
    runs = [tokens_of(fast.stream([1], seeds=[3], options=OPTIONS["guided"])) for _ in range(2)]
    assert torch.equal(*runs)


@pytest.mark.parametrize(("capability", "name"), [((7, 5), "exact"), ((8, 0), "fast"), ((9, 0), "fast")])
def test_only_gpus_with_bfloat16_tensor_cores_are_fast_by_default(
    capability: tuple[int, int], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert choose_precision(None, torch.device("cuda")).name == name


def test_float32_convolutions_are_not_rounded_on_a_gpu_and_the_flag_is_put_back() -> None:
    before = torch.backends.cudnn.allow_tf32
    with float32_convolutions(torch.device("cuda")):
        assert not torch.backends.cudnn.allow_tf32
        assert torch.backends.cudnn.enabled
    assert torch.backends.cudnn.allow_tf32 == before
    with float32_convolutions(torch.device("cpu")):
        assert torch.backends.cudnn.allow_tf32 == before
