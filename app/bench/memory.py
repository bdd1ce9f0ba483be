"""Does the server grow? A line through its memory over many generations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

EVERY = 5


def readings(generate: Callable[[], object], read: Callable[[], int], generations: int, warm_up: int) -> list[int]:
    """Bytes after every fifth of so many generations, which follow a warm-up that is not looked at."""
    for _ in range(warm_up):
        generate()
    taken = [read()]
    for number in range(1, generations + 1):
        generate()
        if number % EVERY == 0:
            taken.append(read())
    return taken


def growth(taken: Sequence[int]) -> float:
    """Megabytes by which a hundred generations grow, by least squares through the readings."""
    if len(taken) < 2:
        return 0.0
    slope = np.polynomial.Polynomial.fit(EVERY * np.arange(len(taken)), np.asarray(taken, float), 1).convert().coef[1]
    return float(100 * slope / 1e6)
