"""Checks of single values, shared by everything that meets the outside world.

Values arrive from command lines, browsers and raw HTTP, where NaN, True, "5" and 2**70 all pass for numbers.
Each function returns the value in its proper type or raises with the value, the range and the remedy.
"""

from __future__ import annotations

import math
from numbers import Integral, Real

from var_core.errors import ConfigError, VarError


def shown(value: object) -> str:
    """The value as an error message shows it: its repr on one line, cut short so that no message can be flooded.

    Of a tensor or array, also in a list, shape and type are shown: nobody reads the numbers.
    """
    try:
        text = _text(value)
    except ValueError:  # Python prints no integer of more than 4300 digits
        text = f"a {type(value).__name__} too long to print"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _text(value: object) -> str:
    if getattr(value, "shape", None) and hasattr(value, "dtype"):
        return f"{type(value).__name__} of shape {tuple(value.shape)} and type {value.dtype}"  # type: ignore[attr-defined]
    if isinstance(value, list | tuple) and any(hasattr(item, "dtype") for item in value):
        return f"[{', '.join(map(_text, value))}]"
    return " ".join(repr(value).splitlines())


def whole_number(
    value: object, name: str, low: int, high: int, *, error: type[VarError] = ConfigError, remedy: str = ""
) -> int:
    """``value`` as an int in low…high; a Boolean, a text, a fraction or NaN is refused with ``error``."""
    number: int | None = None
    if (isinstance(value, Integral) and not isinstance(value, bool)) or (
        isinstance(value, float) and value.is_integer()
    ):
        number = int(value)
    if number is None or not low <= number <= high:
        raise error(f"{name} must be a whole number from {low} to {high}, got {shown(value)}.{_then(remedy)}")
    return number


def real_number(
    value: object,
    name: str,
    low: float,
    high: float,
    *,
    low_open: bool = False,
    error: type[VarError] = ConfigError,
    remedy: str = "",
) -> float:
    """``value`` as a finite float in [low, high], or in (low, high] with ``low_open``; else ``error``."""
    number = math.nan
    if isinstance(value, Real) and not isinstance(value, bool) and abs(value) <= high:  # type: ignore[operator]
        number = float(value)
    if not low <= number <= high or (low_open and number == low):
        allowed = f"a number {f'above {low:g}, up' if low_open else f'from {low:g}'} to {high:g}"
        raise error(f"{name} must be {allowed}, got {shown(value)}.{_then(remedy)}")
    return number


def _then(remedy: str) -> str:
    return f" {remedy}" if remedy else ""
