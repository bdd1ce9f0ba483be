"""What the view ``picture`` needs words for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWords:
    """See ``static/lab/picture.html`` and ``picture*.js``; what stands in braces is filled there."""

    heading: str
    lede: str
    choose: str
    choose_hint: str
    samples: str
    sample: str
    too_large: str

    rebuild: str
    rebuild_note: str
    original: str
    busy: str
    rebuilt: str
    left: str
    left_beyond: str
    here: str
    bars: str
    bar: str
    play: str
    pause: str
    verdict: str
    honest_drawings: str
    honest_photographs: str
    honest_unknown: str
    large: str

    edit: str
    edit_note: str
    starts: str
    start_fill: str
    start_border: str
    start_other: str
    tools: str
    brush: str
    eraser: str
    box: str
    clear: str
    invert: str
    mask_label: str
    mask_line: str
    keys: str
    cell_drawn: str
    cell_kept: str
    size: str
    shrink: str
    across: str
    down: str
    border_note: str
    coarse_note: str

    class_label: str
    nothing: str
    guidance: str
    seed: str
    dice: str
    draw: str
    stop: str
    state_working: str
    state_waiting: str
    state_finished: str
    state_stopped: str
    state_failed: str
    steps: str
    result: str
    view: str
    pasted: str
    raw: str
    pasted_note: str
    raw_note: str
    save: str
    onward: str
    table: str
    tabled: str

    spread: str
    change_alt: str
    kept_line: str
    spread_line: str
    spread_near: str
    spread_far: str
    spread_why: str
    spread_beyond: str
