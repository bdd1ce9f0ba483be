"""What the view ``anatomy`` says. Braces are filled in the browser."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StageWords:
    """One part of a step.

    Attributes:
        title: over the text.
        sentence: the answer to the usual question; ``first`` and ``last`` replace it at the first and last scale.
        equation: with shapes.
        deep: the second level.
        source: where the paper has it.
    """

    title: str
    sentence: str
    first: str = ""
    last: str = ""
    equation: str
    deep: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnatomyWords:
    """See ``static/lab/anatomy.html`` and ``anatomy*.js``.

    ``figures`` are the captions of the eight maps in their order, ``signs`` what leads to each of them.
    """

    heading: str
    lede: str
    nothing: str
    waiting: str
    smooth: str
    which: str
    scales: str
    pictures: str
    picture: str
    play: str
    pause: str
    back: str
    forward: str
    transport: str
    position: str
    overview: str
    overview_text: str
    stages: tuple[StageWords, ...]
    deeper: str
    figures: tuple[str, ...]
    signs: tuple[str, ...]
    sign_given: str
    map_alt: str
    picture_alt: str
    grid: str
    cell: str
    chosen: str
    given: str
    no_next: str

    colour_by: str
    contrast: str
    axes: str
    channel: str
    axes_note: str
    channel_note: str
    cut: str
    bars: str
    bars_note: str
    bar: str
    rows: tuple[str, ...]
    adds_up: str

    change_heading: str
    change_text: str
    change_legend: str
    change_map: str
    change_ask: str
    change_asking: str
    change_pictures: tuple[str, ...]
    change_said: str
    change_note: str

    cost_heading: str
    cost_text: str
    cost_columns: tuple[str, ...]
    cost_total: str
    cost_decoder: str
    cost_said: str
    cost_note: str
    branches: tuple[str, str]
    one_picture: str
    many_pictures: str

    spectrum_heading: str
    spectrum_text: str
    spectrum_waiting: str
    spectrum_x: str
    spectrum_y: str
    spectrum_alt: str
    spectrum_said: str
    spectrum_before: str
    spectrum_after: str
    spectrum_none: str
    spectrum_note: str
    spectrum_table: str
    spectrum_columns: tuple[str, ...]
