"""The scale schedule: the sides of the K token maps and the arithmetic that follows from them.

VAR generates K maps r_1 … r_K of s_k × s_k tokens (§3.2). Laid end to end, coarse to fine and row-major in
each, they form one sequence of L = Σ s_k² positions. This module is the only owner of that arithmetic; scales
are counted from 0 in code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from var_core.errors import ConfigError

MAX_SIDE = 128


@dataclass(frozen=True)
class ScaleSchedule:
    """Sides of the token maps, coarse to fine.

    Args:
        sides: K ≥ 2 strictly increasing integers in 1…128; the first is 1, because generation starts from a
            single position (the class token).

    Raises:
        ConfigError: if the sides are not such a sequence.

    Source: VAR §3.2; the published schedules are read off the released models.
    """

    sides: tuple[int, ...]

    def __post_init__(self) -> None:
        sides = self.sides
        if not isinstance(sides, tuple) or not all(type(side) is int for side in sides):
            raise ConfigError(f"sides must be a tuple of integers, got {sides!r}; for instance (1, 2, 4).")
        increasing = all(low < high for low, high in pairwise(sides))
        if len(sides) < 2 or sides[0] != 1 or sides[-1] > MAX_SIDE or not increasing:
            raise ConfigError(
                f"sides must be at least two strictly increasing integers from 1 to at most {MAX_SIDE}, "
                f"got {sides!r}; for instance (1, 2, 4)."
            )

    @property
    def num_scales(self) -> int:
        """K."""
        return len(self.sides)

    @property
    def last_side(self) -> int:
        """s_K, the side of the latent."""
        return self.sides[-1]

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """K + 1 positions: scale k occupies ``offsets[k]`` … ``offsets[k + 1] − 1`` of the sequence."""
        return (0, *accumulate(side * side for side in self.sides))

    @property
    def num_tokens(self) -> int:
        """L = Σ s_k²."""
        return self.offsets[-1]

    def slice(self, scale: int) -> slice:
        """Positions of one scale (0 … K−1) in the sequence of L."""
        return slice(self.offsets[scale], self.offsets[scale + 1])

    def progress(self, scale: int) -> float:
        """r = k / (K − 1) for the 0-based scale k: 0 at the first scale, 1 at the last."""
        return scale / (self.num_scales - 1)

    def scale_of_position(self) -> tuple[int, ...]:
        """The scale (0 … K−1) of each of the L positions."""
        return tuple(scale for scale, side in enumerate(self.sides) for _ in range(side * side))


SCHEDULE_256 = ScaleSchedule((1, 2, 3, 4, 5, 6, 8, 10, 13, 16))
SCHEDULE_512 = ScaleSchedule((1, 2, 3, 4, 6, 9, 13, 18, 24, 32))
SCHEDULE_1024 = ScaleSchedule((1, 2, 3, 4, 5, 7, 9, 12, 16, 21, 27, 36, 48, 64))
