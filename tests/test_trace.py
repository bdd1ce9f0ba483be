"""The trace: a run recorded whole, saved, loaded and run again."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
import torch

from var_core.errors import CheckpointError, SamplingError
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.steps import ClassSwitch, StepStatistics
from var_core.trace import JSON_FILE, TENSOR_FILE, Trace, load_trace, record

OPTIONS = SamplingOptions(guidance=3.0, top_k=8, top_p=0.9)


def run(pipe: VARPipeline) -> Trace:
    return pipe.trace([1, 417], seeds=[5, 6], options=OPTIONS)


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


def test_a_trace_of_other_sides_is_not_replayed(pipe: VARPipeline) -> None:
    trace = run(pipe)
    with pytest.raises(SamplingError, match="sides"):
        pipe.replay(Trace(trace.settings, trace.steps[:-1]))
