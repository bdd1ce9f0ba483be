"""Arrays as text and back: base64 of little-endian numbers, which a browser reads without parsing them one by one."""

from __future__ import annotations

import base64
import binascii

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from app.lab.tasks import LabError
from var_core.validation import shown

LONGEST = 200_000  # characters of one array from outside


def packed(values: Tensor | NDArray[np.generic], kind: str) -> str:
    """Values, flattened, as base64 of ``kind`` ("<f4", "<u2", "u1")."""
    array = values.detach().cpu().numpy() if isinstance(values, Tensor) else values
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.dtype(kind)).tobytes()).decode("ascii")


def unpacked(text: object, kind: str, count: int) -> NDArray[np.generic]:
    """What ``packed`` packed, from outside.

    Raises:
        LabError: if it is no such text, or of another length.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise LabError(f"An array must be base64 text, got {shown(text)}.")
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise LabError("An array must be base64 text; this one is damaged.") from None
    if len(data) != count * np.dtype(kind).itemsize:
        raise LabError(f"An array must hold {count} values, got {len(data)} bytes.")
    return np.frombuffer(data, dtype=np.dtype(kind))
