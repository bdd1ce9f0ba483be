"""The face of the library: what it refuses, in what words, and that it does so before any network runs."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import OPTIONS, tiny_config, tiny_pipeline, tokens_of, untouchable
from torch import Tensor

from var_core.errors import CheckpointError, ConfigError, SamplingError, VarError
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.requests import MAX_BATCH
from var_core.steps import ClassSwitch
from var_core.validation import shown

NAN = float("nan")
GUIDED = OPTIONS["guided"]


@pytest.fixture(scope="module")
def thousand() -> VARPipeline:
    return tiny_pipeline(tiny_config(num_classes=1000))


@pytest.mark.parametrize("class_id", [-1, 1000, 10**9, 2**70, True, "5", 5.5, NAN, [5], b"5", torch.tensor(5)])
def test_unknown_classes_are_refused_by_value_and_range(
    thousand: VARPipeline, monkeypatch: pytest.MonkeyPatch, class_id: object
) -> None:
    untouchable(monkeypatch)
    with pytest.raises(SamplingError, match="from 0 to 999") as caught:
        thousand.stream([class_id], seeds=[0], options=GUIDED)  # type: ignore[list-item]
    assert repr(class_id) in str(caught.value)


@pytest.mark.parametrize("class_id", [0, 2, 1000])
def test_ids_with_gaps_are_listed(pipe: VARPipeline, class_id: int) -> None:
    with pytest.raises(SamplingError, match=f"one of 1, 417, 980, 985, got {class_id}"):
        pipe.stream([class_id], seeds=[0], options=GUIDED)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.uint16, torch.uint32, torch.int16])
def test_a_prefix_may_hold_integers_of_any_type(pipe: VARPipeline, dtype: torch.dtype) -> None:
    own, other = (
        pipe.stream([1], seeds=[0], options=GUIDED, prefix=[torch.full((1, 1, 1), 7, dtype=kind)])
        for kind in (torch.int64, dtype)
    )
    assert torch.equal(tokens_of(own), tokens_of(other))


def test_tensors_of_class_ids_and_seeds_are_lists_of_them(pipe: VARPipeline) -> None:
    expected = tokens_of(pipe.stream([1, 417], seeds=[0, 1]))
    steps = pipe.stream(torch.tensor([1, 417]), seeds=torch.tensor([0, 1]))  # type: ignore[arg-type]
    assert torch.equal(tokens_of(steps), expected)
    settings = pipe.trace(torch.tensor([1, 417]), seeds=torch.tensor([0, 1])).settings  # type: ignore[arg-type]
    assert (settings.class_ids, settings.seeds) == ((1, 417), (0, 1))


def test_class_ids_of_numpy_are_class_ids(pipe: VARPipeline) -> None:
    assert [pipe.row_of(kind(417)) for kind in (np.int64, np.uint16)] == [1, 1]
    with pytest.raises(SamplingError, match="got"):
        pipe.row_of(np.bool_(True))  # type: ignore[arg-type]


def test_class_ids_are_rows_by_their_place_in_the_list(pipe: VARPipeline) -> None:
    assert [pipe.row_of(class_id) for class_id in (1, 417, 980, 985, None)] == [0, 1, 2, 3, 4]


BAD_CALLS: dict[str, tuple[dict[str, object], str]] = {
    "no picture": ({"class_ids": [], "seeds": []}, f"1 to {MAX_BATCH}, got 0"),
    "too many": ({"class_ids": [1] * 65, "seeds": [0] * 65}, "1 to 64, got 65"),
    "too few seeds": ({"class_ids": [1, 1], "seeds": [0]}, "got 1 for 2"),
    "too many seeds": ({"class_ids": [1], "seeds": [0, 1]}, "got 2 for 1"),
    "no seeds": ({"seeds": []}, "got 0 for 1"),
    **{f"seed {seed!r}": ({"seeds": [seed]}, f"from 0 to 4294967295, got {seed!r}")
       for seed in (-1, 2**32, True, 0.5, None, "7", NAN)},
    "top_k over the codebook": ({"options": SamplingOptions(top_k=33)}, "from 1 to 32, got 33"),
    "class id alone": ({"class_ids": 417}, "417"),
    "seed alone": ({"seeds": 7}, "7"),
    "options of another kind": ({"options": {"guidance": 4.0}}, "guidance"),
    "prefix too long": ({"prefix": [torch.zeros(1, 1, 1, dtype=torch.int64)] * 4}, "0 to 3"),
    "prefix of another side": ({"prefix": [torch.zeros(1, 2, 2, dtype=torch.int64)]}, r"\(1, 2, 2\)"),
    "prefix of another batch": ({"prefix": [torch.zeros(3, 1, 1, dtype=torch.int64)]}, r"\(3, 1, 1\)"),
    "prefix below": ({"prefix": [torch.full((1, 1, 1), -1)]}, "-1; ids go from 0 to 31"),
    "prefix beyond": ({"prefix": [torch.full((1, 1, 1), 32)]}, "32; ids go from 0 to 31"),
    "prefix of floats": ({"prefix": [torch.zeros(1, 1, 1)]}, "integer"),
    "prefix of Booleans": ({"prefix": [torch.zeros(1, 1, 1, dtype=torch.bool)]}, "integer"),
    "prefix of lists": ({"prefix": [[[0]]]}, "integer"),
    "prefix of complex numbers": ({"prefix": [torch.zeros(1, 1, 1, dtype=torch.complex64)]}, "integer"),
    "prefix of wide unsigned numbers": ({"prefix": [torch.full((1, 1, 1), 32, dtype=torch.uint16)]}, "32; ids go"),
    "no prefix": ({"prefix": None}, "prefix must be a list of 0 to 3 token maps, got None"),
    "empty prefix for nobody": (
        {"class_ids": [], "seeds": [], "prefix": [torch.zeros(0, 1, 1, dtype=torch.int64)]}, "got 0"),
    **{f"switch at {scale!r}": ({"switch": ClassSwitch(scale, [1])}, "from 1 to 2")  # type: ignore[arg-type]
       for scale in (0, 3, -1, True, "1", 1.5)},
    "switch to an unknown class": ({"switch": ClassSwitch(1, [2])}, "one of 1, 417, 980, 985, got 2"),
    "switch to too many": ({"switch": ClassSwitch(1, [1, 1])}, "got 2 for 1"),
    "switch to nothing": ({"switch": ClassSwitch(2, None)}, "labels of a class switch must be a list"),  # type: ignore[arg-type]
    "switch of another kind": ({"switch": 1}, "switch must be a ClassSwitch, got 1"),
    "switch of another cache": ({"switch": ClassSwitch(1, [1], "drop")}, "'keep' or 'replay', got 'drop'"),  # type: ignore[arg-type]
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CALLS)
def test_bad_calls_are_refused_before_any_network_runs(
    pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    values, said = BAD_CALLS[name]
    untouchable(monkeypatch)
    with pytest.raises(SamplingError, match=said):
        pipe.stream(**{"class_ids": [1], "seeds": [0], "options": GUIDED, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values", [{"class_ids": [2]}, {"seeds": [-1]}, {"seeds": [0, 1]}, {"options": SamplingOptions(top_k=33)},
               {"class_ids": [], "seeds": []}, {"class_ids": [1] * 65, "seeds": [0] * 65}]
)  # fmt: skip
def test_bad_edits_are_refused_before_any_network_runs(
    pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch, picture: Tensor, values: dict[str, object]
) -> None:
    untouchable(monkeypatch)
    call = {"class_ids": [1], "seeds": [0], "options": GUIDED, **values}
    with pytest.raises(SamplingError):
        pipe.edit(picture, torch.ones(4, 4, dtype=torch.bool), **call)  # type: ignore[arg-type]


def test_a_batch_over_the_cap_is_refused_before_its_prefix_is_copied(pipe: VARPipeline) -> None:
    prefix = [torch.zeros(1, side, side, dtype=torch.int64) for side in (1, 2, 4)]
    count = 10**12  # no machine could hold its prefix

    class Endless(list[int]):
        def __len__(self) -> int:
            return count

    with pytest.raises(SamplingError, match="1 to 64"):
        pipe.stream(Endless(), seeds=Endless(), options=GUIDED, prefix=prefix)


def test_default_options_fit_a_small_codebook(pipe: VARPipeline) -> None:
    assert pipe.default_options().top_k == 32
    assert len(list(pipe.stream([1], seeds=[0]))) == 3


@pytest.mark.parametrize("temperature", [1e-3, 1e-30, 1e-40, 1e-300])
def test_low_temperatures_are_greedy_or_refused(pipe: VARPipeline, temperature: float) -> None:
    try:
        options = SamplingOptions(guidance=3.0, top_k=None, top_p=None, temperature=temperature)
    except SamplingError:
        return
    greedy = SamplingOptions(guidance=3.0, top_k=1, top_p=None)
    cold = tokens_of(pipe.stream([1], seeds=[0], options=options))
    assert torch.equal(cold, tokens_of(pipe.stream([1], seeds=[0], options=greedy)))


def test_temperature_sharpens_and_flattens(pipe: VARPipeline) -> None:
    def entropy(temperature: float) -> Tensor:
        options = SamplingOptions(guidance=0.0, top_k=None, top_p=None, temperature=temperature)
        first = next(pipe.stream([1], seeds=[0], options=options, statistics=True))
        assert first.statistics is not None
        return first.statistics.entropy

    assert entropy(0.5) < entropy(1.0) < entropy(5.0)


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (torch.zeros(3, 8, 8), r"\(3, 8, 8\)"),
        (torch.zeros(1, 3, 8, 16), r"\(1, 3, 8, 16\)"),
        (torch.zeros(1, 3, 8, 8, dtype=torch.uint8), r"0, 1\], got uint8; divide 8-bit values by 255"),
        (torch.linspace(-0.5, 2.0, 192).view(1, 3, 8, 8), r"0, 1\], got values from -0\.5 to 2;"),
        (torch.linspace(-1, 1, 192).view(1, 3, 8, 8), r"got values from -1 to 1; .*\[-1, 1\] take \(x \+ 1\) / 2"),
        (torch.full((1, 3, 8, 8), NAN), r"0, 1\], got NaN;"),
        (torch.zeros(0, 3, 8, 8), r"one picture or more, got the shape \(0, 3, 8, 8\)"),
        ("x", "'x'"),
    ],
)
def test_pictures_that_cannot_be_encoded_are_refused(pipe: VARPipeline, images: object, said: str) -> None:
    with pytest.raises(VarError, match=said):
        pipe.encode(images)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda latent: latent * NAN, "must hold finite floating-point numbers, got NaN; give the latent of a step"),
        (lambda latent: latent.clamp_min(float("inf")), "got values from inf to inf"),
        (lambda latent: latent.long(), "got int64"),
        (lambda latent: latent[:0], r"one picture or more, got the shape \(0, 8, 4, 4\)"),
        (lambda latent: latent[0], r"must have shape \(B, 8, 4, 4\), got \(8, 4, 4\)"),
        (lambda latent: latent.tolist(), "must have shape"),
    ],
)
def test_latents_that_cannot_be_decoded_are_refused(
    pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch, change: Callable[[Tensor], Tensor], said: str
) -> None:
    latent = torch.zeros(2, pipe.config.tokenizer.code_dim, *[pipe.config.schedule.last_side] * 2)
    assert pipe.decode(latent).shape == (2, 3, 8, 8)
    untouchable(monkeypatch)
    with pytest.raises(SamplingError, match=said):
        pipe.decode(change(latent))


@pytest.mark.parametrize("maps", [None, [], [torch.zeros(0, 1, 1, dtype=torch.int64)], [torch.full((1, 1, 1), 32)]])
def test_token_maps_that_cannot_be_decoded_are_refused(pipe: VARPipeline, maps: list[Tensor]) -> None:
    with pytest.raises(SamplingError, match="token_maps"):
        pipe.reconstruct(maps)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (torch.ones(2, 3, 4), "Tensor of shape (2, 3, 4) and type torch.float32"),
        (np.ones((2, 3)), "ndarray of shape (2, 3) and type float64"),
        ([torch.ones(5, 5), 7], "[Tensor of shape (5, 5) and type torch.float32, 7]"),
        (torch.tensor(5), "tensor(5)"),
        ([[1, 2], "x"], "[[1, 2], 'x']"),
    ],
)
def test_an_error_shows_shape_and_type_of_a_tensor_on_one_line(value: object, said: str) -> None:
    assert shown(value) == said


def test_a_tensor_that_is_refused_is_not_printed(pipe: VARPipeline) -> None:
    maps = [torch.zeros(1, side, side) for side in pipe.config.schedule.sides]
    for call in (
        lambda: pipe.stream([1], seeds=[0], prefix=maps),
        lambda: pipe.reconstruct(torch.zeros(1, 4, 4)),  # type: ignore[arg-type]
        lambda: pipe.edit(torch.zeros(3, 8, 8), torch.zeros(4, 4), [1], seeds=[0]),
    ):
        with pytest.raises(SamplingError, match=r"Tensor of shape \(1, \d, \d\)|Tensor of shape \(4, 4\)") as caught:
            call()
        assert "\n" not in str(caught.value)


def test_a_trace_with_tokens_of_another_codebook_is_refused(pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = [torch.full((1, 1, 1), 3)]
    trace = pipe.trace([1], seeds=[0], options=GUIDED, prefix=prefix)
    assert torch.equal(tokens_of(pipe.replay(trace)), tokens_of(trace.steps))
    foreign = replace(trace.steps[0], token_ids=torch.full((1, 1, 1), 32))
    untouchable(monkeypatch)
    with pytest.raises(SamplingError, match="32; ids go from 0 to 31"):
        pipe.replay(replace(trace, steps=(foreign, *trace.steps[1:])))


def test_random_weights_leave_the_callers_generator_alone() -> None:
    script = (
        "import torch; from var_core.pipeline import VARPipeline; from var_core import loading, models\n"
        "from conftest import tiny_config\n"
        "loading.preset_config = lambda name: tiny_config()\n"
        "state = torch.get_rng_state()\n"
        "one, two = (VARPipeline.with_random_weights('d16', device='cpu', seed=3) for _ in range(2))\n"
        "assert torch.equal(torch.get_rng_state(), state)\n"
        "assert torch.equal(one.transformer.head.weight, two.transformer.head.weight)\n"
    )
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(here), str(here.parent)))}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=60)


@pytest.mark.parametrize(
    "load",
    [
        lambda folder: VARPipeline.from_pretrained("no such model"),
        lambda folder: VARPipeline.from_pretrained(folder / "nowhere"),
        lambda folder: VARPipeline.from_pretrained(["nowhere"]),  # type: ignore[arg-type]
        lambda folder: VARPipeline.from_official(folder / "vae.pth", folder / "var.pth"),
    ],
)
def test_models_that_are_not_there_are_named(load: Callable[[Path], VARPipeline], tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no such model|nowhere|vae\.pth"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["", " ", None])
def test_no_name_is_not_the_folder_one_is_in(name: str, pipe: VARPipeline, tmp_path: Path) -> None:
    pipe.save_pretrained(tmp_path)
    with (
        contextlib.chdir(tmp_path),
        pytest.raises(CheckpointError, match=f"There is no model {name!r}: give mini, d16"),
    ):
        VARPipeline.from_pretrained(name)


def test_unknown_sizes_are_refused_with_the_sizes_there_are() -> None:
    with pytest.raises(ConfigError, match="d16, d20, d24, d30, d36, got 'd17'"):
        VARPipeline.with_random_weights("d17")
