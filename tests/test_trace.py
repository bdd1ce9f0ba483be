"""The trace: a run recorded whole, saved, loaded and run again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from var_core.errors import CheckpointError, SamplingError
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.steps import ClassSwitch, StepStatistics
from var_core.trace import JSON_FILE, TENSOR_FILE, Trace, load_trace, record

OPTIONS = SamplingOptions(guidance=3.0, top_k=8, top_p=0.9)


def run(pipe: VARPipeline) -> Trace:
    return pipe.trace([1, 417], seeds=[5, 6], options=OPTIONS)


@pytest.fixture(scope="module")
def given(pipe: VARPipeline, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run of two pictures whose first token was given."""
    folder = tmp_path_factory.mktemp("trace")
    pipe.trace([1, 417], seeds=[5, 6], options=OPTIONS, prefix=[torch.full((1, 1, 1), 3)]).save(folder)
    return folder


def assert_equal(first: Trace, second: Trace) -> None:
    assert first.settings == second.settings
    for one, other in zip(first.steps, second.steps, strict=True):
        assert (one.side, one.guidance, one.seconds) == (other.side, other.guidance, other.seconds)
        for name in ("token_ids", "drawn_ids", "kept", "latent"):
            assert torch.equal(getattr(one, name), getattr(other, name)), name
        assert one.statistics is not None
        assert other.statistics is not None
        for field in fields(StepStatistics):
            mine, theirs = getattr(one.statistics, field.name), getattr(other.statistics, field.name)
            assert (mine is None) == (theirs is None)
            assert mine is None or torch.equal(mine, theirs), field.name


def test_a_saved_trace_loads_back_bit_for_bit(pipe: VARPipeline, tmp_path: Path) -> None:
    trace = run(pipe)
    trace.save(tmp_path / "run")
    assert_equal(load_trace(tmp_path / "run"), trace)
    modes = {path.stat().st_mode for path in (tmp_path / "run").iterdir()}
    assert len(modes) == 1  # whoever may read a part may read all


def test_a_trace_says_all_that_was_asked_for(pipe: VARPipeline) -> None:
    settings = run(pipe).settings
    assert (settings.class_ids, settings.seeds, settings.options) == ((1, 417), (5, 6), OPTIONS)
    assert (settings.model, settings.precision) == (pipe.config.name, "exact")


def test_a_trace_cannot_be_changed(pipe: VARPipeline) -> None:
    trace = run(pipe)
    with pytest.raises(FrozenInstanceError):
        trace.steps = ()  # type: ignore[misc]


def test_a_loaded_trace_replays_to_the_same_latents(pipe: VARPipeline, tmp_path: Path) -> None:
    trace = run(pipe)
    trace.save(tmp_path)
    again = list(pipe.replay(load_trace(tmp_path)))
    assert all(torch.equal(a.latent, b.latent) for a, b in zip(again, trace.steps, strict=True))


def test_a_class_switch_and_a_smooth_run_replay(pipe: VARPipeline, tmp_path: Path) -> None:
    smooth = SamplingOptions(guidance=2.0, top_k=None, top_p=None, smooth=True)
    trace = pipe.trace([1], seeds=[3], options=smooth, switch=ClassSwitch(1, (985,), "replay"))
    trace.save(tmp_path)
    again = list(pipe.replay(load_trace(tmp_path)))
    assert torch.equal(again[-1].latent, trace.latent)


def test_an_edit_replays_from_its_trace_alone(pipe: VARPipeline) -> None:
    side = pipe.config.image_side
    keep = torch.zeros(pipe.config.schedule.last_side, pipe.config.schedule.last_side, dtype=torch.bool)
    keep[:, :2] = True
    image = torch.rand(3, side, side, generator=torch.Generator().manual_seed(1))
    steps = list(pipe.edit(image, keep, [417], seeds=[9], options=OPTIONS, statistics=True))
    trace = record(pipe.settings_of([417], [9], OPTIONS), steps)
    assert trace.kept() is not None
    assert torch.equal(list(pipe.replay(trace))[-1].latent, trace.latent)


def test_its_token_maps_forced_as_a_prefix_give_its_latents(pipe: VARPipeline) -> None:
    trace = run(pipe)
    forced = list(pipe.stream([1, 417], seeds=[0, 0], options=OPTIONS, prefix=trace.token_maps))
    assert all(torch.equal(a.latent, b.latent) for a, b in zip(forced, trace.steps, strict=True))


@pytest.mark.parametrize(
    ("file", "change"),
    [
        (JSON_FILE, lambda text: "{"),
        (JSON_FILE, lambda text: "[]"),
        (JSON_FILE, lambda text: json.dumps({**json.loads(text), "format": 99})),
        (JSON_FILE, lambda text: json.dumps({**json.loads(text), "seeds": None})),
        (JSON_FILE, lambda text: json.dumps({**json.loads(text), "options": {"guidance": -1}})),
        (JSON_FILE, lambda text: json.dumps({**json.loads(text), "scales": []})),
        (JSON_FILE, lambda text: json.dumps({**json.loads(text), "scales": json.loads(text)["scales"][::-1]})),
        (TENSOR_FILE, lambda text: ""),
        (TENSOR_FILE, lambda text: "<html>404</html>"),
    ],
)
def test_a_damaged_trace_is_refused_by_name(pipe: VARPipeline, tmp_path: Path, file: str, change) -> None:
    run(pipe).save(tmp_path)
    damaged = tmp_path / file
    damaged.write_text(change(damaged.read_text(encoding="latin-1")))
    with pytest.raises(CheckpointError, match=str(tmp_path)):
        load_trace(tmp_path)


def json_of(change: dict[str, object]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        header = json.loads((folder / JSON_FILE).read_text())
        (folder / JSON_FILE).write_text(json.dumps({**header, **change}))

    return edit


def tensor_of(name: str, change: Callable[[Tensor], Tensor | None]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        tensors = load_file(folder / TENSOR_FILE)
        changed = change(tensors.pop(name, torch.zeros(1)))
        save_file(tensors if changed is None else {**tensors, name: changed.contiguous()}, folder / TENSOR_FILE)

    return edit


def half_kept(folder: Path) -> None:
    """Says that a row was given, and that other tokens were drawn in both."""
    ids = load_file(folder / TENSOR_FILE)["1.token_ids"]
    tensor_of("1.drawn_ids", lambda _none: ids + 1)(folder)
    tensor_of("1.kept", lambda kept: torch.tensor([[True, True], [False, False]]))(folder)


SWITCH = {"scale": 1, "labels": [1, 1], "cache": "keep"}


@pytest.mark.parametrize(
    ("edit", "part"),
    [
        (json_of({"class_ids": [1]}), "seeds are 2, class_ids 1"),
        (json_of({"class_ids": [1], "seeds": [5]}), "0.kept|0.token_ids"),
        (json_of({"class_ids": "12"}), "class_ids"),
        (json_of({"class_ids": [1, "417"]}), "class_ids"),
        (json_of({"seeds": [5, -1]}), "seed"),
        (json_of({"model": None}), "model"),
        (json_of({"precision": 1}), "precision"),
        (json_of({"switch": {**SWITCH, "labels": [1]}}), "switch"),
        (json_of({"switch": {**SWITCH, "scale": 3}}), "switch"),
        (json_of({"switch": {**SWITCH, "cache": "drop"}}), "switch"),
        (json_of({"scales": [{"side": side, "guidance": 0, "seconds": 1e999} for side in (1, 2, 4)]}), "seconds"),
        (json_of({"scales": [{"side": side, "guidance": 0, "seconds": 0} for side in (1, 2)]}), "latent"),
        (tensor_of("1.token_ids", lambda ids: ids[:1]), "1.token_ids"),
        (tensor_of("1.token_ids", lambda ids: ids.float()), "1.token_ids"),
        (tensor_of("1.token_ids", lambda ids: ids - 1000), "1.token_ids"),
        (half_kept, "1.token_ids .* not those drawn"),
        (tensor_of("0.drawn_ids", lambda ids: ids[:1]), "0.drawn_ids"),
        (tensor_of("0.drawn_ids", lambda ids: None), "0.drawn_ids"),
        (tensor_of("0.kept", lambda kept: ~kept), "0.drawn_ids belongs to nothing"),
        (tensor_of("1.kept", lambda kept: ~kept), "1.drawn_ids' is missing"),
        (tensor_of("1.kept", lambda kept: kept[:1]), "1.kept"),
        (tensor_of("1.kept", lambda kept: kept.long()), "1.kept"),
        (tensor_of("2.latent", lambda latent: latent[:, :3]), "2.latent"),
        (tensor_of("2.latent", lambda latent: latent.double()), "2.latent"),
        (tensor_of("0.latent", lambda latent: latent[0, 0]), "0.latent"),
        (tensor_of("1.latent", lambda latent: latent[..., :2]), "1.latent"),
        (tensor_of("1.statistics.rank", lambda rank: None), "1.statistics.rank"),
        (tensor_of("1.statistics.rank", lambda rank: rank.float()), "1.statistics.rank"),
        (tensor_of("1.statistics.entropy", lambda entropy: entropy[:, :1]), "1.statistics.entropy"),
        (tensor_of("1.statistics.divergence", lambda values: values[:1]), "1.statistics.divergence"),
        (tensor_of("0.statistics.next_input", lambda pooled: pooled[..., :1]), "0.statistics.next_input"),
        (tensor_of("7.latent", lambda _none: torch.zeros(1)), "7.latent"),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_together_are_refused_by_name(
    given: Path, tmp_path: Path, edit: Callable[[Path], None], part: str
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(given, folder)
    load_trace(folder)
    edit(folder)
    with pytest.raises(CheckpointError, match=part) as caught:
        load_trace(folder)
    assert str(folder) in str(caught.value)


def test_numbers_of_numpy_run_and_are_written_down(pipe: VARPipeline, tmp_path: Path) -> None:
    ids, seeds = np.array([417, 985]), np.array([1, 2])
    trace = pipe.trace(ids, seeds=seeds, options=OPTIONS, switch=ClassSwitch(1, np.array([1, 1])))  # type: ignore[arg-type]
    trace.save(tmp_path)
    assert load_trace(tmp_path).settings == trace.settings
    assert trace.settings.class_ids == (417, 985)
    plain = pipe.trace([417, 985], seeds=[1, 2], options=OPTIONS, switch=ClassSwitch(1, [1, 1]))
    assert torch.equal(trace.latent, plain.latent)


@pytest.mark.parametrize("other", [{"model": "another"}, {"precision": "fast"}])
def test_a_trace_of_another_model_or_precision_replays_with_a_warning(
    pipe: VARPipeline, caplog: pytest.LogCaptureFixture, other: dict[str, str]
) -> None:
    trace = run(pipe)
    pipe.replay(trace)
    assert not caplog.records
    foreign = replace(trace, settings=replace(trace.settings, **other))
    assert len(list(pipe.replay(foreign))) == 3
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    for said in (*other, *other.values(), "need not come again"):
        assert said in record.getMessage()


def test_a_replay_hands_out_nothing_that_belongs_to_the_trace(pipe: VARPipeline, given: Path) -> None:
    trace = load_trace(given)
    masks = [step.kept.clone() for step in trace.steps]
    ids = [step.drawn_ids.clone() for step in trace.steps]
    for step in pipe.replay(trace):
        step.kept.logical_not_()
    for step in trace.steps:
        step.token_ids.zero_()
    for step, mask, drawn in zip(trace.steps, masks, ids, strict=True):
        assert torch.equal(step.kept, mask)
        assert torch.equal(step.drawn_ids, drawn)


def test_a_trace_of_other_sides_is_not_replayed(pipe: VARPipeline) -> None:
    trace = run(pipe)
    with pytest.raises(SamplingError, match="sides"):
        pipe.replay(Trace(trace.settings, trace.steps[:-1]))
