"""Compare and race: a side is the library's picture, the race counts what the library counts, nonsense is refused."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from app_support import awaited, save_tiny_model

from app.engine import Engine
from app.lab.compare import order_costs, pace
from app.lab.laboratory import Laboratory
from app.lab.registry import show_of
from app.lab.tasks import LabError
from app.lessons import LESSONS
from app.lessons.race import WORDS as RACE
from app.models import Models
from app.requests import RefusedValue
from app.studio import Studio
from var_core.config import PRESETS, TokenizerConfig
from var_core.inspection.cost import next_scale_cost, raster_cost
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline

GOOD = {"class_id": 980, "seed": 3, "options": {"guidance": 2.0, "top_k": 0, "top_p": 0.9}}


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> VARPipeline:
    folder = save_tiny_model(tmp_path_factory.mktemp("model"))
    return VARPipeline.from_pretrained(folder, device="cpu", precision="exact")


@pytest.fixture(scope="module")
def lab(pipe: VARPipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    folder = save_tiny_model(tmp_path_factory.mktemp("other"))
    studio = Studio(Engine(pipe), Models([str(folder), "d16"], lambda source: pipe, first=pipe), 4)
    yield Laboratory(studio)
    studio.close()


def test_a_side_is_the_librarys_picture(lab: Laboratory, pipe: VARPipeline) -> None:
    async def last() -> Any:
        return [value async for value in lab.show("sample", "", GOOD, None)][-1]

    value = awaited(last())
    options = SamplingOptions(guidance=2.0, top_k=None, top_p=0.9)
    expected = list(pipe.stream([980], seeds=[3], options=options))
    assert value["state"] == "finished"
    assert value["asked"]["seed"] == 3
    for packed, step in zip(value["record"]["pictures"][0]["ids"], expected, strict=True):
        ids = np.frombuffer(base64.b64decode(packed), "<u2")
        assert (ids == step.token_ids.flatten().numpy()).all()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"class_id": 5}, "class_id must be one of"), ({"class_id": True}, "class_id must be one of"),
        ({"seed": -1}, "seed"), ({"seed": 2**32}, "seed"), ({"seed": 1.5}, "seed"), ({"seed": None}, "seed"),
        ({"options": None}, "options must be an object"), ({"options": {"heat": 1}}, "options must be an object"),
        ({"options": {"guidance": float("nan")}}, "guidance"), ({"options": {"top_k": 65}}, "top_k must be at most 64"),
        ({"options": {"smooth": 1}}, "smooth"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_name(pipe: VARPipeline, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(LabError, match=says):
        show_of("sample", "", {**GOOD, **wrong}, pipe.config)


def test_the_catalogue_lists_what_is_here_and_nothing_else(lab: Laboratory, pipe: VARPipeline) -> None:
    models = awaited(lab.ask("catalogue", "", {}))["models"]
    assert [model["name"] for model in models] == ["tiny"]
    assert models[0]["codebook_size"] == 64
    assert [entry[0] for entry in models[0]["classes"]] == [label.class_id for label in pipe.config.classes]
    with pytest.raises(RefusedValue):
        awaited(lab.ask("race", "d16", {}))  # its files are not here


def test_the_race_counts_what_the_library_counts(lab: Laboratory) -> None:
    entries = awaited(lab.ask("race", "", {}))["entries"]
    assert [entry["name"] for entry in entries] == ["tiny", "d16"]
    config = lab.studio.config
    sizes = [
        (config.transformer, config.tokenizer, config.schedule),
        (PRESETS["d16"].transformer, TokenizerConfig(), PRESETS["d16"].schedule),
    ]
    for entry, size in zip(entries, sizes, strict=True):
        for key, count in (("next", next_scale_cost), ("raster", raster_cost)):
            cost, lane = count(*size), entry[key]
            assert (lane["passes"], lane["tokens"]) == (cost.passes, cost.tokens)
            assert len(lane["flops"]) == cost.passes
            assert sum(lane["flops"]) == cost.work.blocks
    ours, raster = (sum(entries[1][key]["flops"]) for key in ("next", "raster"))
    assert ours / raster == pytest.approx(2.8, abs=0.05)


def test_a_later_raster_pass_looks_at_more_keys() -> None:
    d16 = PRESETS["d16"]
    flops = order_costs("d16", d16.transformer, TokenizerConfig(), d16.schedule)["raster"]["flops"]
    steps = {after - before for before, after in pairwise(flops)}
    assert steps == {4 * 1024 * 16}


def test_the_pace_is_measured_without_touching_the_generator(pipe: VARPipeline) -> None:
    state = torch.get_rng_state()
    times = pace(pipe, {})
    assert torch.equal(torch.get_rng_state(), state)
    assert times["single"] > 0
    assert len(times["next"]) == 10
    assert min(times["next"]) > 0


# The next scale is fed the accumulated sum, pooled to its side; what was said of tokens here, and would be said again:
FED = r"\btokens?\b[^.;:?]*\b(?:is|are|was|were) fed (?:to|into)|词元[^，。；：？]*(?:输入|送入|喂)[^，。；：？]*下一"
WRONG = ("From there on, each token that differs is fed to the next scale.", "此后每个不同的词元都会输入下一个尺度。")


def test_no_lesson_says_that_tokens_are_fed_to_the_next_scale() -> None:
    assert all(re.search(FED, sentence) for sentence in WRONG)
    for view, words in LESSONS.items():
        assert not re.search(FED, repr(words)), view
    assert "the pooled sum is what the next scale is fed" in LESSONS["compare"]["en"].told_off
    assert "下一尺度的输入正是池化后的累加和" in LESSONS["compare"]["zh"].told_off


def test_the_race_says_no_figure_of_one_model_in_its_text() -> None:
    assert not re.search(r"\b256\b|\bten\b|十次|十张|10 次", repr(RACE))
    assert all({"{raster}", "{passes}"} <= set(re.findall(r"{\w+}", words.told_passes)) for words in RACE.values())
