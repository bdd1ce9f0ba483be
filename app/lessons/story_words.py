"""What the view ``story`` needs words for, beside its steps and its quiz."""

from __future__ import annotations

from dataclasses import dataclass

from app.lessons.story_origin import OriginWords
from app.lessons.story_quiz import QuestionWords
from app.lessons.story_steps import StepWords


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryWords(OriginWords):
    """See ``static/lab/story.html`` and ``story.js``."""

    heading: str
    lede: str
    keys: str
    waiting: str
    nothing: str
    contents: str
    step_of: str
    step_name: str
    step_done: str
    progress: str
    quiz_name: str
    previous: str
    next: str
    to_quiz: str
    reveal: str
    reveal_without: str
    right: str
    wrong: str
    answer: str
    stop: str
    curious: str
    back_to_story: str
    opened: str
    not_found: str
    again: str
    draw_here: str
    drawing: str
    queued: str
    failed: str
    smooth: str
    smooth_act: str
    smooth_room: str
    none_measured: str
    cut_none: str
    cut_some: str
    cut_tail: str
    scales: str
    finished_picture: str
    frame_title: str
    average: str
    average_alt: str
    map_unknown: str
    maps: tuple[str, ...]
    signs: tuple[str, ...]
    sign_first: str
    map_alt: str
    maps_note: str
    last_of_all: str
    sum_next: str
    sum_last: str
    sibling: str
    original: str
    prepared: str
    prepared_elsewhere: str
    without: str
    with_it: str
    equal_title: str
    equal_item: str
    first_apart: str
    never_apart: str
    map_title: str
    map_of: str
    nats: str
    no_statistics: str
    columns: tuple[str, ...]
    lane_next: str
    lane_raster: str
    cost_note: str
    bytes_pixels: str
    bytes_tokens: str
    of_mini: str
    of_another: str
    quiz_title: str
    quiz_lede: str
    check: str
    others: str
    score: str
    unanswered: str
    seen_in: str
    steps: tuple[StepWords, ...]
    questions: tuple[QuestionWords, ...]
