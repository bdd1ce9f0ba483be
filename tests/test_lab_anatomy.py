"""One step taken apart, in the lab: the numbers are the library's, and what cannot be used is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from app_support import awaited, save_tiny_model
from torch import Tensor

from app.engine import Engine
from app.lab.laboratory import Laboratory
from app.lab.past import past_of
from app.lab.tasks import LabError
from app.lab.wire import unpacked
from app.lessons.anatomy import WORDS
from app.models import Models
from app.studio import Studio
from var_core.inspection.anatomy import step_anatomy
from var_core.inspection.colours import code_colours
from var_core.inspection.context import sums_of_tokens
from var_core.inspection.contribution import contributions
from var_core.inspection.cost import scale_costs
from var_core.inspection.spectrum import bands
from var_core.pipeline import VARPipeline

LAST = 9


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    folder: Path = save_tiny_model(tmp_path_factory.mktemp("model"))
    pipe = VARPipeline.from_pretrained(folder, device="cpu", precision="exact")
    engine = Engine(pipe)
    studio = Studio(engine, Models([str(folder)], lambda source: pipe, first=pipe), max_batch=4)
    yield Laboratory(studio)
    engine.close()


@pytest.fixture(scope="module")
def past(lab: Laboratory) -> dict[str, Any]:
    record: Mapping[str, Any] | None = awaited(lab.studio.example()).record
    assert record is not None
    picture = record["pictures"][0]
    return {
        "class_id": record["class_id"], "seed": picture["seed"], "options": record["options"], "ids": picture["ids"],
        "switch": None,
    }  # fmt: skip


def maps_of(lab: Laboratory, past: dict[str, Any]) -> tuple[VARPipeline, tuple[Tensor, ...]]:
    pipe = lab.studio.engine.pipe
    return pipe, past_of({"past": past}, pipe.config).token_ids


def floats(text: str, *shape: int) -> Tensor:
    values = unpacked(text, "<f4", int(np.prod(shape)))
    return torch.from_numpy(values.astype("float32")).view(*shape)


@pytest.mark.parametrize("scale", [0, 4, 8, LAST])
def test_a_step_is_the_librarys_and_adds_up_exactly(lab: Laboratory, past: dict[str, Any], scale: int) -> None:
    pipe, maps = maps_of(lab, past)
    found, own = awaited(lab.ask("anatomy_step", "", {"past": past, "scale": scale})), step_anatomy(pipe, maps, scale)
    assert found == awaited(lab.ask("anatomy_step", "", {"past": past, "scale": float(scale)}))
    for name in ("codes", "upsampled", "contribution", "before"):
        assert torch.equal(floats(found[name], *getattr(own, name).shape), getattr(own, name))
    assert torch.equal(
        floats(found["before"], *own.after.shape) + floats(found["contribution"], *own.after.shape), own.after
    )
    if own.next_input is None:
        assert scale == LAST
        assert found["next"] is None
    else:
        assert torch.equal(floats(found["next"], *own.next_input.shape), own.next_input)
    assert found["phi"] == pipe.tokenizer.quantizer.phi_index[scale]


def test_colours_have_one_range_at_every_scale_and_grey_is_zero(lab: Laboratory, past: dict[str, Any]) -> None:
    pipe, maps = maps_of(lab, past)
    answers = [awaited(lab.ask("anatomy_step", "", {"past": past, "scale": scale})) for scale in (0, 5, LAST)]
    assert len({(each["reach"], each["range"], each["axes"]) for each in answers}) == 1
    colours = code_colours(pipe.tokenizer.quantizer.codebook)
    axes = floats(answers[0]["axes"], 3, len(colours.mean)).t()
    assert torch.equal(axes, colours.axes)
    plain = replace(colours, mean=torch.zeros_like(colours.mean))
    assert (plain.rgb(torch.zeros(len(axes), 1, 1)) == 128).all()
    sums = torch.cat(sums_of_tokens(pipe, maps))
    beyond = (torch.einsum("nchw,ca->nahw", sums, axes).abs() > answers[0]["reach"]).float().mean()
    assert float(beyond) <= 0.011
    assert float((sums.abs() > answers[0]["range"]).float().mean()) <= 0.011


def test_the_decoded_difference_is_the_librarys_for_each_scale(lab: Laboratory, past: dict[str, Any]) -> None:
    pipe, maps = maps_of(lab, past)
    own = contributions(pipe, [latent[0] for latent in sums_of_tokens(pipe, maps)])
    for scale in (0, 3, LAST):
        found = awaited(lab.ask("anatomy_change", "", {"past": past, "scale": scale}))
        assert found["rms"] == pytest.approx(float(own.changes[scale].square().mean().sqrt()) * 255, abs=1e-3)
        assert found["largest"] == pytest.approx(float(own.changes[scale].abs().max()) * 255, abs=1e-2)
        assert all(found[name].startswith("data:image/webp;base64,") for name in ("without", "with", "change"))


def test_spectra_asked_in_parts_are_the_librarys_bands(lab: Laboratory, past: dict[str, Any]) -> None:
    pipe, maps = maps_of(lab, past)
    own = bands(torch.cat(pipe.reconstruct(list(maps))).cpu())
    rows: list[Tensor] = []
    for first in range(0, LAST + 1, 2):
        found = awaited(lab.ask("anatomy_spectrum", "", {"past": past, "first": first, "count": 2}))
        assert found["frequencies"] == own.frequencies.int().tolist()
        assert found["median"] == own.median[first : first + 2].tolist()
        rows += [floats(text, len(own.frequencies)) for text in found["energy"]]
    energy = torch.stack(rows)
    assert torch.allclose(energy, own.energy, atol=1e-4)
    assert torch.allclose(torch.minimum(energy[:, None], energy[None]).sum(-1), own.overlap, atol=1e-3)


@pytest.mark.parametrize("guided", [True, False])
def test_costs_are_the_librarys_counts(lab: Laboratory, guided: bool) -> None:
    config = lab.studio.engine.pipe.config
    own = scale_costs(config.transformer, config.tokenizer, config.schedule, guided=guided)
    found = awaited(lab.ask("anatomy_cost", "", {"guided": guided}))
    assert found["flops"] == [cost.flops for cost in own]
    assert found["cache_bytes"] == [cost.cache_bytes for cost in own]
    assert found["decoder_flops"] == own[0].decoder_flops
    assert found["decoder_ms"] > 0


def test_what_cannot_be_used_is_refused_with_value_and_range(lab: Laboratory, past: dict[str, Any]) -> None:
    smooth = {**past, "options": {**past["options"], "smooth": True}}
    short = {**past, "ids": past["ids"][:4]}
    for kind, values, said in (
        ("anatomy_step", {"past": past, "scale": 10}, r"scale.*0.*9.*10"),
        ("anatomy_step", {"past": past, "scale": 1.5}, "scale"),
        ("anatomy_step", {"past": short, "scale": 4}, "5 to 10 maps"),
        ("anatomy_step", {"past": smooth, "scale": 4}, "without smooth"),
        ("anatomy_change", {"scale": 4}, "past must be"),
        ("anatomy_change", {"past": smooth, "scale": 4}, "without smooth"),
        ("anatomy_spectrum", {"past": past, "first": 9, "count": 2}, r"count.*1.*1.*2"),
        ("anatomy_spectrum", {"past": past, "first": 0, "count": 3}, "count"),
        ("anatomy_cost", {"guided": "yes"}, r"true or false.*yes"),
    ):
        with pytest.raises(LabError, match=said):
            awaited(lab.ask(kind, "", values))


def test_both_languages_say_the_same_things_with_the_same_numbers() -> None:
    english, chinese = WORDS["en"], WORDS["zh"]
    for one, other in zip(english.stages, chinese.stages, strict=True):
        assert bool(one.first) == bool(other.first)
        assert bool(one.last) == bool(other.last)
    assert len(english.figures) == len(english.signs) == len(chinese.figures) == len(chinese.signs) == 8
