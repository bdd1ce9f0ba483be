"""The record of options checks itself: every value of faults.md, refused with what it was and what is allowed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction

import numpy as np
import pytest

from var_core.config import ClassLabel, TokenizerConfig, TransformerConfig
from var_core.errors import ConfigError, SamplingError
from var_core.options import MAX_SEED, SamplingOptions, check_seed
from var_core.validation import real_number, shown, whole_number

NAN, INF = float("nan"), float("inf")
HUGE = 10**5000  # Python itself refuses to print an integer this long

BAD_OPTIONS = [
    *[("guidance", value, "from 0 to 100") for value in (NAN, INF, -INF, -1, -1e-9, 100.1, True, "4", None, 2**70)],
    *[("top_k", value, "from 1 to ") for value in (0, -1, 2**70, 1.5, NAN, INF, True, "900", [900], 2**20 + 1)],
    *[("top_p", value, "above 0, up to 1") for value in (0, 0.0, 1.01, -0.5, NAN, INF, True, "0.9", 2**70)],
    *[("temperature", value, "to 5") for value in (0, 5.1, -1, NAN, INF, True, "1", None)],
    *[("smooth", value, "True or False") for value in (0, 1, "yes", None)],
]


@pytest.mark.parametrize(("name", "value", "allowed"), BAD_OPTIONS)
def test_bad_options_are_refused_by_name_value_and_range(name: str, value: object, allowed: str) -> None:
    with pytest.raises(SamplingError) as caught:
        SamplingOptions(**{name: value})  # type: ignore[arg-type]
    for said in (name, repr(value), allowed):
        assert said in str(caught.value)


@pytest.mark.parametrize("value", [-1, 2**32, True, 0.5, None, "7", NAN, INF, 2**70, [3], b"3"])
def test_bad_seeds_are_refused_by_value_and_range(value: object) -> None:
    with pytest.raises(SamplingError) as caught:
        check_seed(value)
    for said in ("seed", repr(value), "0 to 4294967295"):
        assert said in str(caught.value)


def test_the_ends_of_every_range_are_allowed() -> None:
    SamplingOptions(guidance=0, top_k=1, top_p=1e-9, temperature=5)
    SamplingOptions(guidance=100, top_k=None, top_p=None)
    SamplingOptions(top_p=1)
    assert (check_seed(0), check_seed(MAX_SEED)) == (0, 2**32 - 1)


def test_numbers_of_other_kinds_become_plain_ones() -> None:
    options = SamplingOptions(guidance=np.float32(2), top_k=900.0, top_p=Fraction(1, 2))  # type: ignore[arg-type]
    assert [type(value) for value in (options.guidance, options.top_k, options.top_p)] == [float, int, float]
    assert options == SamplingOptions(guidance=2.0, top_k=900, top_p=0.5)
    assert (check_seed(np.int64(5)), type(check_seed(np.int64(5)))) == (5, int)


def test_options_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        SamplingOptions().guidance = 1.0  # type: ignore[misc]


def test_options_survive_their_dictionary() -> None:
    options = SamplingOptions(guidance=1.5, top_k=None, top_p=0.96, temperature=0.9, smooth=True)
    assert SamplingOptions(**options.to_dict()) == options


@pytest.mark.parametrize("value", [HUGE, -HUGE, "x" * 10**6, [0] * 10**5], ids=["huge", "−huge", "text", "list"])
def test_no_value_is_too_long_to_refuse(value: object) -> None:
    for refuse in (check_seed, lambda v: SamplingOptions(guidance=v), lambda v: SamplingOptions(top_k=v)):
        with pytest.raises(SamplingError) as caught:
            refuse(value)  # type: ignore[operator]
        assert len(str(caught.value)) < 300


def test_long_values_are_cut_short_in_messages() -> None:
    assert shown("x" * 100) == "'" + "x" * 56 + "..."
    assert shown(5) == "5"


@pytest.mark.parametrize("value", [True, np.bool_(True), "3", None, 2.5, NAN, INF, 1 + 0j])
def test_only_numbers_are_numbers(value: object) -> None:
    with pytest.raises(ConfigError, match="size must be a whole number from 1 to 9"):
        whole_number(value, "size", 1, 9)
    if value != 2.5:
        with pytest.raises(ConfigError, match="size must be a number from 1 to 9"):
            real_number(value, "size", 1, 9)


def test_a_remedy_closes_the_message() -> None:
    with pytest.raises(SamplingError, match=r"got 0\. None turns it off\.$"):
        SamplingOptions(top_k=0)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (TokenizerConfig, {"channels": 0}),
        (TokenizerConfig, {"codebook_size": 1}),
        (TokenizerConfig, {"multipliers": ()}),
        (TokenizerConfig, {"multipliers": (1, 0)}),
        (TokenizerConfig, {"channels": 100}),  # not a multiple of 32 groups
        (TokenizerConfig, {"num_phi": True}),
        (TransformerConfig, {"depth": 0}),
        (TransformerConfig, {"embed_dim": 1000}),  # not a multiple of 16 heads
        (TransformerConfig, {"num_classes": "10"}),
        (TransformerConfig, {"shared_adaln": 1}),
        (TransformerConfig, {"norm_eps": 0.0}),
        (TransformerConfig, {"norm_eps": NAN}),
        (ClassLabel, {"class_id": -1, "name": "x"}),
        (ClassLabel, {"class_id": 1, "name": " "}),
    ],
)
def test_configurations_that_describe_no_model_are_refused(kind: type, values: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        kind(**values)


def test_whole_floats_in_a_configuration_become_integers() -> None:
    # JSON written elsewhere says 16.0; range(16.0) would fail far from here.
    sizes = TransformerConfig(depth=16.0, embed_dim=1024.0, num_heads=16)  # type: ignore[arg-type]
    assert [type(value) for value in (sizes.depth, sizes.embed_dim)] == [int, int]
    tokenizer = TokenizerConfig(channels=160.0, multipliers=(1.0, 2))  # type: ignore[arg-type]
    assert type(tokenizer.channels) is int
    assert [type(multiplier) for multiplier in tokenizer.multipliers] == [int, int]
