"""What the view ``inspect`` needs words for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectWords:
    """See ``static/lab/inspect.html`` and ``inspect*.js``, which fill the braces."""

    heading: str
    lede: str
    about: str
    nothing: str
    smooth: str
    pictures: str
    person: str

    reel: str
    reel_item: str
    reel_note: str
    picture: str
    picture_last: str
    picture_note: str
    picture_alt: str
    mosaic: str
    mosaic_keys: str
    mosaic_note: str
    mosaic_given: str

    measure: str
    measure_entropy: str
    measure_probability: str
    measure_rank: str
    measure_divergence: str
    measure_change: str
    note_entropy: str
    note_probability: str
    note_rank: str
    note_divergence: str
    note_change: str
    map_alt: str
    map_given: str
    map_none: str
    map_unrecorded: str
    overlay: str

    fact_place: str
    fact_id: str
    fact_origin: str
    fact_probability: str
    fact_filtered: str
    fact_rank: str
    fact_entropy: str
    fact_divergence: str
    place: str
    rank: str
    nats: str
    absent: str
    drawn: str
    given: str
    facts_drawn: str
    facts_given: str
    spoken: str

    draw_title: str
    draw_lede: str
    guidance: str
    guidance_here: str
    guidance_first: str
    top_k: str
    top_p: str
    temperature: str
    off: str
    reset: str
    as_run: str
    changed: str
    kept: str
    own_dropped: str
    bar_before: str
    bar_after: str
    bar_final: str
    bars_caption: str
    column_id: str
    column_bars: str
    column_before: str
    column_after: str
    column_final: str
    tail: str
    gap: str
    stack: str
    stack_own: str
    stack_top: str
    stack_tail: str
    stack_dropped: str
    smooth_heavy: str

    attention_title: str
    attention_lede: str
    block: str
    head: str
    mean: str
    own_scale: str
    shares_note: str
    share_of: str
    reads_note: str
    read_alt: str

    ramp_title: str
    ramp_note: str
    ramp_unguided: str
    column_scale: str
    column_guidance: str
    column_divergence: str
