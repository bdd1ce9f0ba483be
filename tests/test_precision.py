"""Devices and precision: what may be named, and what ``fast`` leaves exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from tiny_models import OPTIONS, tiny_pipeline, tokens_of
from torch import Tensor
from torch.backends import cudnn

from var_core.errors import DeviceError
from var_core.pipeline import VARPipeline
from var_core.precision import choose_device, choose_precision, usable_threads, without_tf32

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
    assert choose_device().type in ("cpu", "cuda")


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


# How a caller may have set TF32 before: by the older flags, by the newer names, by either of the names above them.
SETUPS: dict[str, Callable[[], None]] = {
    "untouched": lambda: None,
    "convolutions by flag, off": lambda: setattr(cudnn, "allow_tf32", False),
    "products by flag": lambda: setattr(torch.backends.cuda.matmul, "allow_tf32", True),
    "products high": lambda: torch.set_float32_matmul_precision("high"),
    "products medium": lambda: torch.set_float32_matmul_precision("medium"),
    "convolutions by name, off": lambda: setattr(cudnn.conv, "fp32_precision", "ieee"),
    "convolutions by name, inherited": lambda: setattr(cudnn.conv, "fp32_precision", "none"),
    "products by name": lambda: setattr(torch.backends.cuda.matmul, "fp32_precision", "tf32"),
    "CUDA by name": lambda: setattr(cudnn, "fp32_precision", "tf32"),
    "everything by name": lambda: setattr(torch.backends, "fp32_precision", "tf32"),
    "everything by name, off": lambda: setattr(torch.backends, "fp32_precision", "ieee"),
    "flag off, then everything by name": lambda: (
        setattr(cudnn, "allow_tf32", False),
        setattr(torch.backends, "fp32_precision", "tf32"),
    )[0],
    "medium, then the CPU by name": lambda: (
        torch.set_float32_matmul_precision("medium"),
        setattr(torch.backends.mkldnn.matmul, "fp32_precision", "ieee"),
    )[0],
}


def _read(read: Callable[[], object]) -> object:
    try:
        return read()
    except RuntimeError:  # flags and names contradict each other
        return "contradiction"


def tf32_settings() -> list[object]:
    """All that can be read, and again under other settings of what is inherited, which shows who inherits."""
    read = [
        lambda: torch.backends.fp32_precision, lambda: cudnn.fp32_precision, lambda: cudnn.conv.fp32_precision,
        lambda: cudnn.rnn.fp32_precision, lambda: torch.backends.cuda.matmul.fp32_precision,
        lambda: torch.backends.mkldnn.matmul.fp32_precision, lambda: cudnn.allow_tf32,
        lambda: torch.backends.cuda.matmul.allow_tf32, torch.get_float32_matmul_precision,
    ]  # fmt: skip
    found = [_read(one) for one in read]
    everything = torch.backends.fp32_precision
    for value in ("none", "ieee", "tf32"):
        torch.backends.fp32_precision = value
        found += [_read(one) for one in read]
    torch.backends.fp32_precision = everything
    return found


@pytest.fixture
def tf32() -> Iterator[None]:
    """What is set for the whole process is as PyTorch starts, before the test and after it."""

    def as_at_the_start() -> None:
        for owner in (torch.backends, cudnn, torch.backends.mkldnn):
            owner.fp32_precision = "none"
        torch.set_float32_matmul_precision("highest")
        torch.backends.mkldnn.matmul.fp32_precision = torch.backends.cuda.matmul.fp32_precision = "none"
        cudnn.allow_tf32 = True

    as_at_the_start()
    yield
    as_at_the_start()


@pytest.mark.parametrize("setup", SETUPS)
def test_no_float32_is_rounded_on_a_gpu_until_the_last_has_left_and_all_is_put_back(setup: str, tf32: None) -> None:
    SETUPS[setup]()
    before = tf32_settings()

    def check() -> None:
        assert cudnn.conv.fp32_precision == "ieee"
        assert torch.backends.cuda.matmul.fp32_precision == "ieee"
        assert not cudnn.allow_tf32
        assert not torch.backends.cuda.matmul.allow_tf32
        assert torch.get_float32_matmul_precision() == "highest"
        assert cudnn.enabled

    first, second = (without_tf32(torch.device("cuda")) for _ in range(2))
    first.__enter__()
    check()
    second.__enter__()
    check()
    first.__exit__(None, None, None)
    check()
    second.__exit__(None, None, None)
    assert tf32_settings() == before
    with without_tf32(CPU):
        assert tf32_settings() == before


def test_many_threads_may_forbid_tf32_at_once(tf32: None) -> None:
    before = tf32_settings()

    def enter(_index: int) -> bool:
        with without_tf32(torch.device("cuda")):
            return cudnn.conv.fp32_precision == "ieee" == torch.backends.cuda.matmul.fp32_precision

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(enter, range(400)))
    assert tf32_settings() == before


def test_an_error_inside_puts_tf32_back(tf32: None) -> None:
    before = tf32_settings()
    with pytest.raises(MemoryError), without_tf32(torch.device("cuda")):
        raise MemoryError
    assert tf32_settings() == before


def gpus(monkeypatch: pytest.MonkeyPatch, current: int) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: current)


def test_a_gpu_is_chosen_with_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus(monkeypatch, current=1)
    assert choose_device("cuda") == choose_device() == torch.device("cuda", 1)
    assert choose_device("cuda:0") == torch.device("cuda", 0)
    assert choose_device("cpu") == CPU


def test_without_a_gpu_cuda_is_not_asked_which_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: pytest.fail("CUDA was started"))
    assert choose_device().type == "cpu"
    with pytest.raises(DeviceError, match="'cuda'"):
        choose_device("cuda")


def test_mps_is_used_only_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device() == CPU
    assert choose_device("mps") == torch.device("mps")
    with pytest.raises(DeviceError, match="mps"):
        choose_device("gpu")
