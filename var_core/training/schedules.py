"""How learning rate, weight decay and loss weights change over a run: pure functions of the step."""

from __future__ import annotations

import math
from dataclasses import dataclass

WARMUP_START = 0.005
CONSTANT_SHARE = 0.05


def warmup_steps(steps: int) -> int:
    """A fiftieth of the run, at least one step."""
    return max(1, steps // 50)


def linear_rate(step: int, steps: int, *, peak: float, final_ratio: float) -> float:
    """Upstream's schedule of the transformer (its "lin0").

    From 0.005 of the peak up over a fiftieth of the run, constant for the first 5 % of the rest, then linear to
    ``final_ratio`` of the peak at the last step.
    """
    warmup = warmup_steps(steps)
    if step < warmup:
        return peak * (WARMUP_START + (1 - WARMUP_START) * step / warmup)
    progress = min(1.0, (step - warmup) / max(1, steps - 1 - warmup))
    fallen = max(0.0, (progress - CONSTANT_SHARE) / (1 - CONSTANT_SHARE))
    return peak * (1 - (1 - final_ratio) * fallen)


def cosine_rate(step: int, steps: int, *, peak: float, warmup: int, final_ratio: float = 0.1) -> float:
    """Linear warm-up over ``warmup`` steps, times a half cosine down to ``final_ratio`` at the last step."""
    warm = min(1.0, (step + 1) / max(1, warmup))
    return peak * warm * half_cosine(step, steps, 1.0, final_ratio)


def half_cosine(step: int, steps: int, first: float, last: float) -> float:
    """``first`` at step 0, ``last`` at the last step, half a cosine between: how weight decay moves."""
    progress = min(1.0, step / max(1, steps - 1))
    return last + (first - last) * (0.5 + 0.5 * math.cos(math.pi * progress))


@dataclass(frozen=True)
class TermSchedule:
    """The weight of one loss term over the run: nothing before ``start``, then linearly up over ``ramp`` steps."""

    weight: float = 0.0
    start: int = 0
    ramp: int = 0

    def at(self, step: int) -> float:
        """The weight in force at a step."""
        if step < self.start:
            return 0.0
        return self.weight * min(1.0, (step - self.start + 1) / max(1, self.ramp))


OFF = TermSchedule()
