"""Nothing that a person or a program sends reaches the model unchecked; refusals say what and why."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from app_support import tiny_config

from app.messages import as_html, explain
from app.presets import OPENING, within
from app.requests import NO_CLASS, Limits, RefusedValue
from app.run import Busy, OutOfMemory, TimedOut
from app.text import TEXTS
from var_core.config import ClassLabel
from var_core.errors import CheckpointError, SamplingError
from var_core.options import SamplingOptions

LIMITS = Limits(tiny_config(), max_batch=4)
GOOD: dict[str, Any] = {
    "class_id": 980, "guidance": 4.0, "top_k": 20, "top_p": 0.95, "temperature": 1.0, "smooth": False, "seed": 7,
    "count": 1,
}  # fmt: skip
FOREIGN = [None, True, False, "5", "", [], {}, math.nan, math.inf, -math.inf, 2**70, -(2**70), 10**400]
BAD = {
    "class_id": [-1, 5, 1000, 10**9, 980.0, "980", True, math.nan, 2**70, [980], {}],
    "guidance": [*FOREIGN, -0.1, 10.1],
    "top_k": [*FOREIGN, -1, 65, 3.5],
    "top_p": [*FOREIGN, -0.1, 1.1],
    "temperature": [*FOREIGN, 0, 0.05, 2.1],
    "smooth": [None, 0, 1, "true", [], math.nan],
    "seed": [*FOREIGN, -1, 2**32, 0.5],
    "count": [*FOREIGN, 0, 5, 1.5, -1],
}
CASES = [(field, value) for field, values in BAD.items() for value in values]


@pytest.mark.parametrize(("field", "value"), CASES, ids=[f"{field}={value!r:.20}" for field, value in CASES])
def test_a_bad_value_is_refused_by_name_value_and_range(field: str, value: object) -> None:
    with pytest.raises(RefusedValue) as refusal:
        LIMITS.request(**{**GOOD, field: value})
    for text in TEXTS.values():
        message = explain(refusal.value, text, LIMITS)
        name = {"class_id": text.class_label}.get(field) or getattr(text, field)
        assert name in message
        assert repr(value)[:50] in message
        assert len(message) < 220
        assert "{" not in message.replace(repr(value), "")


def test_ranges_in_refusals_are_those_of_the_model() -> None:
    with pytest.raises(RefusedValue) as refusal:
        LIMITS.request(**{**GOOD, "top_k": 65})
    assert explain(refusal.value, TEXTS["en"], LIMITS) == "Top-k must be a whole number from 0 to 64, got 65."
    with pytest.raises(RefusedValue) as refusal:
        LIMITS.request(**{**GOOD, "seed": -1})
    assert "from 0 to 4294967295" in explain(refusal.value, TEXTS["en"], LIMITS)


def test_zero_typed_by_a_person_means_off() -> None:
    request = LIMITS.request(**{**GOOD, "guidance": 0, "top_k": 0, "top_p": 0})
    assert request.options == SamplingOptions(guidance=0.0, top_k=None, top_p=None)
    assert LIMITS.request(**GOOD).options == SamplingOptions(guidance=4.0, top_k=20, top_p=0.95)


@pytest.mark.parametrize("value", [None, NO_CLASS])
def test_no_class_is_the_null_class(value: object) -> None:
    assert LIMITS.request(**{**GOOD, "class_id": value}).class_id is None


def test_whole_numbers_may_come_as_floats_from_json() -> None:
    request = LIMITS.request(**{**GOOD, "seed": 5.0, "count": 2.0, "top_k": 9.0})
    assert (request.seed, request.count, request.options.top_k) == (5, 2, 9)
    assert type(request.seed) is int


def test_seeds_of_a_batch_follow_each_other_and_wrap() -> None:
    request = LIMITS.request(**{**GOOD, "seed": 2**32 - 2, "count": 4})
    assert request.seeds == [2**32 - 2, 2**32 - 1, 0, 1]
    assert request.class_ids == [980] * 4


@pytest.mark.parametrize("lang", TEXTS)
def test_every_known_error_has_its_sentence(lang: str) -> None:
    text = TEXTS[lang]
    assert explain(Busy("x"), text, LIMITS) == text.busy
    assert explain(TimedOut("x"), text, LIMITS) == text.timed_out
    assert explain(OutOfMemory("x"), text, LIMITS) == text.out_of_memory
    assert "prefix too long" in explain(SamplingError("prefix too long"), text, LIMITS)


@pytest.mark.parametrize(
    "error",
    [RuntimeError("/home/secret/token hf_abc"), KeyError("hf_abc"), CheckpointError("/home/secret: hf_abc"), OSError()],
)
def test_an_unexpected_error_tells_a_note_and_nothing_else(error: Exception) -> None:
    for text in TEXTS.values():
        message = explain(error, text, LIMITS)
        assert "secret" not in message
        assert "hf_abc" not in message
        assert type(error).__name__ not in message


def test_messages_are_inert_in_html() -> None:
    with pytest.raises(RefusedValue) as refusal:
        LIMITS.request(**{**GOOD, "class_id": "<img src=x onerror=alert(1)>"})
    message = as_html(explain(refusal.value, TEXTS["en"], LIMITS))
    assert "<" not in message
    assert "&lt;img" in message


@pytest.mark.parametrize(("ids", "first"), [((3, 980, 5), 980), ((3, 5), 3)])
def test_the_page_opens_on_a_volcano_or_on_the_first_class_where_there_is_none(
    ids: tuple[int, ...], first: int
) -> None:
    classes = tuple(ClassLabel(class_id, f"class {class_id}") for class_id in ids)
    sizes = replace(LIMITS.config.transformer, num_classes=len(ids))
    request = Limits(replace(LIMITS.config, transformer=sizes, classes=classes), 4).example()
    assert (request.class_id, request.seed, request.count) == (first, 0, 1)
    assert request.options == within(OPENING, LIMITS.codebook_size)
