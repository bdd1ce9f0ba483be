"""Named settings: starting points, as data."""

from __future__ import annotations

from typing import Literal, get_args

from var_core.options import SamplingOptions

PresetName = Literal["paper", "prettier", "wild"]

PRESETS: dict[PresetName, SamplingOptions] = {
    # Source: the public evaluation notebook, with which the paper's FID was measured.
    "paper": SamplingOptions(guidance=1.5, top_k=900, top_p=0.96),
    "prettier": SamplingOptions(guidance=4.0, top_k=900, top_p=0.95, smooth=True),
    "wild": SamplingOptions(guidance=1.0, top_k=None, top_p=None, temperature=1.2),
}
assert set(PRESETS) == set(get_args(PresetName))
