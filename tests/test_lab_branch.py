"""Branch and morph in the lab: siblings share what was kept, numbers are the library's, exhibits replay."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from app_support import awaited, save_tiny_model

from app import exhibits
from app.engine import Engine
from app.lab.branch import SPREAD_CELL
from app.lab.laboratory import Laboratory, ShowValue
from app.lab.past import past_of, sent_past
from app.lab.registry import EXHIBITS, ask_of, show_of
from app.lab.tasks import LabError
from app.models import Models
from app.requests import RefusedValue
from app.run import EngineError
from app.studio import Studio
from var_core.errors import ConfigError, SamplingError
from var_core.images import to_pixels
from var_core.inspection.divergence import differences
from var_core.inspection.likeness import likeness
from var_core.pipeline import VARPipeline

SIDES = (1, 2, 3, 4, 5, 6, 8, 10, 13, 16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    pipe = VARPipeline.from_pretrained(folder, device="cpu", precision="exact")
    engine = Engine(pipe)
    studio = Studio(engine, Models([str(folder)], lambda source: pipe, first=pipe), max_batch=4)
    yield Laboratory(studio, tmp_path_factory.mktemp("exhibits"))
    engine.close()


@pytest.fixture(scope="module")
def original(lab: Laboratory) -> Mapping[str, Any]:
    record = awaited(lab.studio.example()).record
    assert record is not None
    return record


def shown(lab: Laboratory, kind: str, values: Mapping[str, Any]) -> list[Any]:
    async def drained() -> list[Any]:
        return [value async for value in lab.show(kind, "", dict(values), None)]

    return awaited(drained())


def maps_of(picture: Mapping[str, Any]) -> list[torch.Tensor]:
    raw = [np.frombuffer(base64.b64decode(text), "<u2").astype("int64") for text in picture["ids"]]
    return [torch.from_numpy(ids).view(1, side, side) for ids, side in zip(raw, SIDES, strict=True)]


@pytest.mark.parametrize("keep", [0, 4, 10])
def test_siblings_share_the_kept_scales_and_are_measured_as_the_library_does(
    lab: Laboratory, original: Mapping[str, Any], keep: int
) -> None:
    wish = {"past": sent_past(original), "keep": keep, "count": 3, "seed": 7, "ticket": 12}
    *_, last = shown(lab, "branch", wish)
    record, facts = last["record"], last["facts"]
    assert last["asked"]["ticket"] == 12
    assert [picture["seed"] for picture in record["pictures"]] == [7, 8, 9]
    for picture in record["pictures"]:
        assert picture["ids"][:keep] == original["pictures"][0]["ids"][:keep]
    maps = [torch.cat(scale) for scale in zip(*map(maps_of, record["pictures"]), strict=True)]
    pipe = lab.studio.engine.pipe
    pixels = torch.from_numpy(to_pixels(pipe.reconstruct(maps)[-1])).permute(0, 3, 1, 2) / 255
    found, alike = differences(pixels, maps), likeness(pixels)
    assert facts["tokens"] == pytest.approx(found.token_shares)
    assert facts["rmse"] == pytest.approx(found.rmse, abs=0.02)  # a pixel may round the other way in another batch
    assert facts["shared"]["layout"] == pytest.approx(alike.layout, abs=1e-3)
    assert all(share == 0 for share in facts["tokens"][:keep])
    assert all(share == 1 for row in facts["equal"] for share in row[:keep])
    spread = np.frombuffer(base64.b64decode(facts["spread"]), "<f4").reshape((facts["spread_side"],) * 2)
    cells = found.spread.view(len(spread), SPREAD_CELL, len(spread), SPREAD_CELL).mean((1, 3))
    assert np.allclose(spread, cells, atol=0.2)
    if keep == 10:
        assert (facts["rmse"], facts["psnr"]) == (0, None)
        assert all(picture["ids"] == original["pictures"][0]["ids"] for picture in record["pictures"])


def test_a_sibling_of_a_sibling_goes_on_from_its_own_tokens(lab: Laboratory, original: Mapping[str, Any]) -> None:
    *_, first = shown(lab, "branch", {"past": sent_past(original), "keep": 2, "count": 2, "seed": 5})
    past = sent_past(first["record"], 1)
    *_, second = shown(lab, "branch", {"past": past, "keep": 6, "count": 2, "seed": 50})
    assert second["record"]["pictures"][0]["ids"][:6] == past["ids"][:6]
    assert past["ids"][:6] != original["pictures"][0]["ids"][:6]


@pytest.mark.parametrize("cache", ["keep", "replay"])
def test_a_morph_says_what_it_is_and_its_children_keep_the_switch(
    lab: Laboratory, original: Mapping[str, Any], cache: str
) -> None:
    other = next(one for one in (417, 437) if one != original["class_id"])
    *_, last = shown(lab, "morph", {"past": sent_past(original), "keep": 3, "class_id": other, "cache": cache})
    record = last["record"]
    names = {417: ("balloon", "气球"), 437: ("lighthouse", "灯塔")}
    subjects = {"subject": names[other][0], "subject_zh": names[other][1]}
    assert record["switch"] == {"scale": 3, "class_id": other, "cache": cache, **subjects}
    assert [record[name] for name in ("class_id", "subject")] == [original[name] for name in ("class_id", "subject")]
    assert last["facts"]["equal"][:3] == [1, 1, 1]
    assert min(last["facts"]["equal"][3:]) < 1
    *_, again = shown(lab, "branch", {"past": sent_past(record), "keep": 10, "count": 2, "seed": 1})
    assert again["record"]["pictures"][1]["ids"] == record["pictures"][0]["ids"]
    assert again["record"]["switch"] == record["switch"]


def test_the_classes_come_with_both_names(lab: Laboratory) -> None:
    classes = awaited(lab.ask("branch_classes", "", {}))["classes"]
    assert [980, "volcano", "火山"] in classes
    assert len(classes) == 4


def test_what_cannot_be_branched_is_refused(lab: Laboratory, original: Mapping[str, Any]) -> None:
    config, past = lab.studio.config, sent_past(original)
    good = {"past": past, "keep": 3, "count": 4, "seed": 0}
    other = {"past": past, "keep": 3, "class_id": 417, "cache": "keep"}
    smooth = {**past, "options": {**past["options"], "smooth": True}}
    switched = {**past, "switch": {"scale": 2, "class_id": 417, "cache": "keep"}}
    for kind, values, named in (
        ("branch", {**good, "keep": 11}, "keep"),
        ("branch", {**good, "keep": True}, "keep"),
        ("branch", {**good, "count": 1}, "count"),
        ("branch", {**good, "count": 7}, "count"),
        ("branch", {**good, "seed": -1}, "seed"),
        ("branch", {**good, "past": {**past, "ids": past["ids"][:3]}}, "10 to 10"),
        ("branch", {**good, "past": smooth}, "smooth"),
        ("morph", {**other, "past": smooth}, "smooth"),
        ("morph", {**other, "keep": 0}, "keep"),
        ("morph", {**other, "keep": 10}, "keep"),
        ("morph", {**other, "class_id": 5}, "class_id"),
        ("morph", {**other, "cache": "both"}, "cache"),
        ("morph", {**other, "past": switched}, "changed its class already"),
    ):
        with pytest.raises(LabError, match=named):
            show_of(kind, "tiny", values, config)
    with pytest.raises(LabError, match="kind"):
        ask_of("branch", "tiny", {}, config)


@pytest.mark.parametrize("reason", ["line", "value", "model", "shape"])
def test_a_refused_show_says_that_it_failed_before_it_raises(
    lab: Laboratory, original: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    wish: Any = {"past": sent_past(original), "keep": 3, "count": 2, "seed": 0, "ticket": 7}
    if reason == "line":
        monkeypatch.setattr(lab.studio.engine, "queue_size", 0)
    elif reason == "value":
        wish["keep"] = 99
    elif reason == "shape":
        wish = ["no", "object"]
    values: list[Any] = []

    async def drain() -> None:
        async for value in lab.show("branch", "nowhere" if reason == "model" else "", wish, None):
            values.append(value)

    with pytest.raises((EngineError, LabError, RefusedValue)):
        awaited(drain())
    (value,) = values
    assert set(value) == set(ShowValue.__annotations__)
    assert (value["state"], value["frames"], value["facts"], value["record"]) == ("failed", [], {}, None)
    assert value["asked"].get("ticket") == (None if reason == "shape" else 7)
    assert value["total"] == len(SIDES)


def test_an_exhibit_replayed_gives_the_same_tokens(
    lab: Laboratory, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ThreadPoolExecutor(1) as pool:  # the browser tests leave a loop running on this thread
        assert pool.submit(exhibits.main, ["branch", "--model", str(folder), "--out", str(tmp_path)]).result() == 0
    assert "branch.json" in capsys.readouterr().out
    value = Laboratory(lab.studio, tmp_path).exhibit("branch")
    assert value["state"] == "finished"
    assert value["record"]["frames"] == [frame["src"] for frame in value["frames"]]
    *_, again = shown(lab, value["kind"], value["asked"])
    for old, new in zip(value["record"]["pictures"], again["record"]["pictures"], strict=True):
        assert old["ids"] == new["ids"]
    past = past_of(value["asked"], lab.studio.config)
    prefix = maps_of(value["record"]["pictures"][2])
    *_, whole = lab.studio.engine.pipe.stream([past.class_id], seeds=[123], options=past.options, prefix=prefix)
    assert torch.equal(whole.token_ids, prefix[-1])


def test_exhibits_are_refused_where_they_are_unknown_or_too_many(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert exhibits.main(["nowhere", "--out", str(tmp_path)]) == 2
    assert "exhibits are" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="may take"):
        exhibits.write({"big": json.dumps("x" * exhibits.MOST_BYTES)}, tmp_path)
    assert not list(tmp_path.iterdir())
    assert "branch" in EXHIBITS


def test_no_exhibit_is_an_empty_answer(lab: Laboratory) -> None:
    assert lab.exhibit("branch") == {}
    with pytest.raises(LabError, match="name"):
        lab.exhibit("../secret")


def test_likeness_tells_layout_colours_and_texture_apart() -> None:
    step = torch.zeros(1, 1, 32, 32)
    step[..., :16] = 0.5
    fine = 0.1 * ((torch.arange(32)[:, None] + torch.arange(32)) % 2).float()
    grey = step.expand(1, 3, 32, 32)
    tint = torch.tensor([0.2, 0.0, -0.2]).view(1, 3, 1, 1) * torch.tensor(1.0)
    base = (grey + tint + 0.25).clamp(0, 1)
    assert likeness(torch.cat([base, base])).layout == pytest.approx(1)
    textured = torch.cat([base + fine, base + 0.1 - fine])
    found = likeness(textured)
    assert (found.layout, found.texture) == (pytest.approx(1), pytest.approx(-1))
    turned = likeness(torch.cat([base, base.flip(3)]))
    assert turned.layout == pytest.approx(-1)
    assert turned.texture is None
    other = (grey - tint + 0.25).clamp(0, 1)
    colours = likeness(torch.cat([base, other])).colours
    assert colours is not None
    assert colours < -0.5
    for bad in (base, torch.zeros(2, 3, 20, 20), torch.zeros(2, 1, 32, 32)):
        with pytest.raises(SamplingError, match="pictures must"):
            likeness(bad)
