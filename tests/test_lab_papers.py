"""The published and the measured figures: each has its source, and agrees with what else this project states."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.lab.papers import ASSETS, read_figures
from app.lab.tasks import LabError
from var_core.config import PRESETS
from var_core.registry import OFFICIAL_MODELS, TOKENIZER_WEIGHTS

PUBLISHED, MEASURED = (read_figures(ASSETS / name) for name in ("published.json", "measured.json"))
LANGUAGES = {"en", "zh"}


def test_every_published_figure_has_a_source() -> None:
    sources = set(PUBLISHED["sources"])
    for model in PUBLISHED["models"] + PUBLISHED["others"]:
        assert set(model["figures"]) <= sources
    laws = PUBLISHED["laws"]
    assert {PUBLISHED["validation"]["source"], laws["source"], laws["reducible_source"]} <= sources
    assert all(source["url"].startswith("https://") for source in PUBLISHED["sources"].values())
    assert {source["read"] for source in PUBLISHED["sources"].values()} <= {"direct", "quoted"}


def test_the_official_models_are_those_of_the_registry() -> None:
    named = {model["preset"]: model for model in PUBLISHED["models"] if "preset" in model}
    assert set(named) == set(OFFICIAL_MODELS)
    for name, official in OFFICIAL_MODELS.items():
        model, readme = named[name], named[name]["figures"]["readme"]
        assert readme["fid"] == official.fid
        assert readme.get("time") == official.relative_cost
        assert model["side"] == official.image_side
        assert model["depth"] == PRESETS[name].transformer.depth
        assert model["params"] == pytest.approx(official.num_weights - TOKENIZER_WEIGHTS, rel=0.04)


def test_the_laws_give_plausible_values_in_their_unit() -> None:
    laws = PUBLISHED["laws"]
    values = {curve["key"]: (curve["factor"] * 2.0) ** curve["exponent"] for curve in laws["curves"]}  # 2.0 billion
    assert laws["unit"] == 1e9
    assert values["loss_last"] == pytest.approx(0.727, abs=0.001)
    assert 0.85 < values["error_last"] < 0.95


def test_measured_figures_come_with_command_and_machine_in_both_languages() -> None:
    for group in MEASURED["groups"]:
        assert group["command"].startswith("python -m ")
        labels = [row["label"] for row in group["rows"]]
        texts = [group["title"], group["hardware"], *group["columns"].values(), *labels]
        assert all(set(text) == LANGUAGES for text in texts)
        for row in group["rows"]:
            assert set(row["values"]) <= set(group["columns"])


def test_a_missing_file_is_empty_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    assert read_figures(tmp_path / "measured.json") == {}
    for text in ("{", "[]", json.dumps({"format": 2})):
        (tmp_path / "measured.json").write_text(text)
        with pytest.raises(LabError, match=r"measured\.json"):
            read_figures(tmp_path / "measured.json")
