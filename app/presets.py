"""Named settings: starting points, as data."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from var_core.options import SamplingOptions

PresetName = Literal["paper", "prettier", "wild"]

# What the page opens with and the API falls back on: surer draws than the library's own. A volcano, where the model
# knows it, for its scales are told apart at sight.
OPENING_CLASS = 980
OPENING = SamplingOptions(top_p=0.9, temperature=0.75)

PRESETS: dict[PresetName, SamplingOptions] = {
    # Source: the public evaluation notebook, with which the paper's FID was measured.
    "paper": SamplingOptions(guidance=1.5, top_k=900, top_p=0.96),
    "prettier": replace(OPENING, smooth=True),
    "wild": SamplingOptions(guidance=1.0, top_k=None, top_p=None, temperature=1.2),
}
assert set(PRESETS) == set(get_args(PresetName))


def within(options: SamplingOptions, codebook_size: int) -> SamplingOptions:
    """The same settings for a model with fewer codes than ``top_k``."""
    return options if options.top_k is None else replace(options, top_k=min(options.top_k, codebook_size))
