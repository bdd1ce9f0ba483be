"""The view ``inspect``: its answers are the library's for that token, and what cannot be answered is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from app.lab.past import ID_KIND
from app.lab.registry import ask_of
from app.lab.tasks import LabError
from app.lab.wire import packed, unpacked
from app.lessons.inspect import WORDS
from var_core.inspection.attention import attention_read
from var_core.inspection.colours import code_colours
from var_core.inspection.context import context_of_trace
from var_core.inspection.positions import PositionLogits, distribution
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.steps import ClassSwitch
from var_core.trace import Trace

GUIDED = SamplingOptions(guidance=3.0, top_k=20, top_p=0.9, temperature=1.2)


def asked(trace: Trace, scale: int, index: int, picture: int = 0) -> dict[str, Any]:
    """What the view sends about a token: the run's settings and only the coarser maps."""
    settings, switch = trace.settings, trace.settings.switch
    return {
        "past": {
            "class_id": settings.class_ids[picture],
            "seed": settings.seeds[picture],
            "options": settings.options.to_dict(),
            "switch": None if switch is None else {
                "scale": switch.scale, "class_id": switch.labels[picture], "cache": switch.cache,
            },
            "ids": [packed(step.token_ids[picture], ID_KIND) for step in trace.steps[:scale]],
        },
        "scale": scale,
        "index": index,
    }  # fmt: skip


def answer(pipe: VARPipeline, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """As it arrives in the browser."""
    return json.loads(json.dumps(ask_of(name, "tiny", values, pipe.config).answer(pipe)))


def floats(text: str, *shape: int, kind: str = "<f4") -> Tensor:
    return torch.from_numpy(unpacked(text, kind, int(np.prod(shape))).astype("float32")).view(shape)


@pytest.mark.parametrize("switch", [None, ClassSwitch(1, (985, 1), "keep"), ClassSwitch(1, (985, 1), "replay")])
def test_logits_give_the_probabilities_that_the_run_recorded(pipe: VARPipeline, switch: ClassSwitch | None) -> None:
    trace = pipe.trace([1, 417], seeds=[3, 4], options=GUIDED, switch=switch)
    size = pipe.config.tokenizer.codebook_size
    for scale, index in ((0, 0), (1, 2), (2, 0), (2, 11)):
        step = trace.steps[scale]
        row, column = divmod(index, step.side)
        got = answer(pipe, "inspect_logits", asked(trace, scale, index, picture=1))
        logits = PositionLogits(
            scale, row, column, got["progress"], floats(got["conditional"], size), floats(got["unconditional"], size)
        )
        spread = distribution(logits, GUIDED)
        cell = (1, row, column)
        token = int(step.drawn_ids[cell])
        assert step.statistics is not None
        assert spread.guidance == pytest.approx(step.guidance)
        for mine, theirs in (
            (spread.probability[token], step.statistics.probability[cell]),
            (spread.filtered_probability[token], step.statistics.filtered_probability[cell]),
            (spread.entropy, step.statistics.entropy[cell]),
        ):
            assert float(mine) == pytest.approx(float(theirs), rel=1e-3, abs=1e-6)


def test_attention_is_the_librarys_and_sums_to_one(pipe: VARPipeline) -> None:
    trace = pipe.trace([985], seeds=[3], options=GUIDED)
    for scale, index in ((0, 0), (2, 7)):
        got = answer(pipe, "inspect_attention", asked(trace, scale, index))
        row, column = divmod(index, pipe.config.schedule.sides[scale])
        read = attention_read(pipe, context_of_trace(trace), scale, row, column)
        shape = (got["depth"], got["heads"])
        shares = floats(got["shares"], *shape, scale + 1)
        weights = floats(got["weights"], *shape, got["positions"], kind="<f2")
        assert torch.allclose(shares, read.shares(), atol=1e-6)
        assert torch.allclose(shares.sum(-1), torch.ones(shape), atol=1e-5)
        assert torch.allclose(weights, read.weights, rtol=1e-3, atol=1e-6)
        assert got["even"] == pytest.approx(read.even_shares().tolist())


def test_colours_come_from_the_codebook_alone(pipe: VARPipeline) -> None:
    got = answer(pipe, "inspect_colours", {})
    codebook = pipe.tokenizer.quantizer.codebook.detach()
    colours = code_colours(codebook)
    expected = colours.rgb(codebook.t()[:, :, None])[:, 0]
    assert (unpacked(got["rgb"], "u1", expected.numel()).reshape(-1, 3) == expected.numpy()).all()
    assert 0 < got["explained"] <= 1
    assert (got["reach"], got["channels"]) == (pytest.approx(colours.reach), codebook.shape[1])


def test_colours_promise_no_more_than_three_dimensions_tell_and_ranks_count_from_the_likeliest() -> None:
    english, chinese = WORDS["en"], WORDS["zh"]
    assert "only as far as three of {channels} dimensions" in english.mosaic_note
    assert "{channels} 维中的三维" in chinese.mosaic_note
    assert "1 = likeliest" in english.note_rank
    assert "1 为最可能" in chinese.note_rank


def test_a_smooth_run_is_answered_only_where_ids_say_what_was_read(pipe: VARPipeline) -> None:
    trace = pipe.trace([985], seeds=[3], options=SamplingOptions(guidance=3.0, top_k=20, smooth=True))
    assert answer(pipe, "inspect_logits", asked(trace, 0, 0))["progress"] == 0
    for name in ("inspect_logits", "inspect_attention"):
        with pytest.raises(LabError, match=r"smooth.*blends of codes.*run it without smooth"):
            ask_of(name, "tiny", asked(trace, 1, 0), pipe.config)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scale": 3}, r"scale must be .*0 to 2.*3"),
        ({"scale": True}, r"scale must be"),
        ({"index": 16}, r"index must be .*0 to 15.*16"),
        ({"index": -1}, r"index must be"),
        ({"index": 1.5}, r"index must be"),
        ({"past": None}, r"past must be an object"),
        ({"ids": []}, r"past.ids must be a list of 2 to 3 maps"),
        ({"ids": ["AAA=", "!"]}, r"base64"),
        ({"class_id": 7}, r"class_id must be one of the model's 4 classes, got 7"),
        ({"options": {"top_k": 99}}, r"top_k must be at most 32, got 99"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name_and_range(pipe: VARPipeline, change: dict, said: str) -> None:
    trace = pipe.trace([985], seeds=[3], options=GUIDED)
    values = asked(trace, 2, 5)
    for key, value in change.items():
        (values["past"] if key in ("ids", "class_id", "options") else values)[key] = value
    for name in ("inspect_logits", "inspect_attention"):
        with pytest.raises(LabError, match=said):
            ask_of(name, "tiny", values, pipe.config)


def test_colours_take_no_values(pipe: VARPipeline) -> None:
    with pytest.raises(LabError, match="send no values, got scale"):
        ask_of("inspect_colours", "tiny", {"scale": 1}, pipe.config)
