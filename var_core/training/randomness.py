"""Random numbers that are a pure function of what they are for: seed, purpose, step."""

from __future__ import annotations

import numpy as np
import torch

ORDER, STEP = 1, 2  # purposes, so that no two of them ever share their numbers


def generator(*key: int) -> torch.Generator:
    """A CPU generator for a key of whole numbers from 0; another key gives unrelated numbers.

    The key is hashed, because PyTorch's CPU generator looks at the lowest 32 bits of a seed only: seeds such as
    ``seed * 2**32 + step`` would all give the numbers of ``step``.
    """
    low = np.random.SeedSequence(key).generate_state(1, np.uint32)[0]
    return torch.Generator().manual_seed(int(low))
