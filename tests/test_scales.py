"""The schedule's arithmetic, and which φ serves which scale."""

from __future__ import annotations

from itertools import pairwise

import pytest

from var_core.errors import ConfigError
from var_core.quantizer import phi_of_scale
from var_core.scales import SCHEDULE_256, SCHEDULE_512, SCHEDULE_1024, ScaleSchedule


@pytest.mark.parametrize(
    ("schedule", "length", "num_scales"), [(SCHEDULE_256, 680, 10), (SCHEDULE_512, 2240, 10), (SCHEDULE_1024, 9451, 14)]
)
def test_published_schedules_have_the_published_lengths(schedule: ScaleSchedule, length: int, num_scales: int) -> None:
    assert (schedule.num_tokens, schedule.num_scales) == (length, num_scales)


def test_slices_lie_end_to_end_and_cover_the_sequence() -> None:
    schedule = ScaleSchedule((1, 2, 4))
    assert schedule.offsets == (0, 1, 5, 21)
    assert [schedule.slice(scale) for scale in range(3)] == [slice(0, 1), slice(1, 5), slice(5, 21)]
    assert schedule.scale_of_position() == (0,) + (1,) * 4 + (2,) * 16
    assert schedule.last_side == 4


def test_progress_goes_from_exactly_0_to_exactly_1() -> None:
    assert [SCHEDULE_256.progress(scale) for scale in (0, 3, 9)] == [0.0, 3 / 9, 1.0]


@pytest.mark.parametrize(
    "sides", [(), (1,), (2, 4), (1, 1, 2), (1, 4, 2), (0, 1), (1, 129), (1, 2.0), (True, 2), [1, 2], "12", None]
)
def test_sides_that_are_no_schedule_are_refused_by_value(sides: object) -> None:
    with pytest.raises(ConfigError, match="sides must be") as caught:
        ScaleSchedule(sides)  # type: ignore[arg-type]
    assert repr(sides) in str(caught.value)


def test_phi_of_ten_scales_is_the_published_table() -> None:
    assert phi_of_scale(10, 4) == (0, 0, 1, 1, 1, 2, 2, 3, 3, 3)


@pytest.mark.parametrize("num_scales", [2, 3, 5, 10, 14])
@pytest.mark.parametrize("num_phi", [1, 2, 3, 4, 6])
def test_phi_rises_from_the_first_to_the_last_without_leaving_any_behind(num_scales: int, num_phi: int) -> None:
    table = phi_of_scale(num_scales, num_phi)
    assert len(table) == num_scales
    assert (table[0], table[-1]) == (0, num_phi - 1)
    assert all(low <= high for low, high in pairwise(table))
    if num_scales >= 2 * num_phi:
        assert set(table) == set(range(num_phi))
