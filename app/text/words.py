"""The names of all texts. Braces are filled by ``str.format`` here and by the player's script there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerWords:
    """What the player says by itself, in the browser. ``{…}`` are filled by ``static/player.js``."""

    language: str
    player: str
    caption: str
    sum: str
    finished: str
    empty: str
    alt: str
    thumb: str
    scales: str
    scale: str
    play: str
    pause: str
    back: str
    forward: str
    speed: str

    example: str
    waiting: str
    working: str
    done_one: str
    done_many: str
    stopped: str
    stopped_early: str
    failed: str
    nothing: str

    grid: str
    closer: str
    whole: str
    which: str
    looking: str
    linked_one: str
    linked_many: str
    link: str
    copied: str
    in_bar: str
    again: str
    history: str
    kept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickerWords:
    """What the class picker says, in the browser."""

    language: str
    label: str
    hint: str
    none: str
    surprise: str
    nothing: str
    one: str
    many: str
    sights: str
    kept: str
    several: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomWords:
    """The names of the tabs."""

    generate: str
    story: str
    anatomy: str
    inspect: str
    branch: str
    picture: str
    compare: str
    papers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Every text of the page and every message, in one language."""

    language: Language
    title: str
    heading: str
    lede: str
    language_label: str

    model: str
    model_here: str
    model_away: str
    model_tight: str
    fetch: str
    cancel_fetch: str
    fetching: str
    fetch_cancelled: str
    fetch_failed: str
    fetch_done: str
    standing_in: str
    stood_in: str
    class_label: str
    presets: str
    paper: str
    prettier: str
    wild: str
    guidance: str
    guidance_hint: str
    count: str
    more: str
    seed: str
    seed_hint: str
    new_seed: str
    finer: str
    top_k: str
    top_k_hint: str
    top_p: str
    top_p_hint: str
    temperature: str
    temperature_hint: str
    smooth: str
    smooth_hint: str
    generate: str
    stop: str
    download: str
    strip: str
    animation: str
    trace: str
    model_note: str

    refused_number: str
    refused_whole: str
    refused_switch: str
    refused_class: str
    refused_link: str
    refused_model: str
    refused_picture: str
    files_gone: str
    busy: str
    timed_out: str
    out_of_memory: str
    not_lent: str
    model_error: str
    unexpected: str
    error_title: str
    notice: str

    more_rooms: str
    more_tabs: str
    reset: str
    number_input: str
    range_slider: str
    rooms: RoomWords
    picker: PickerWords
    player: PlayerWords
