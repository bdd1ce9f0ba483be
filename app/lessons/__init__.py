"""What the views of the lab say, as data: one module a view, every sentence in English and Chinese."""

from __future__ import annotations

from typing import Any

from app.lessons import anatomy, branch, compare, film, inspect, papers, picture, story
from app.text import Language

LESSONS: dict[str, dict[Language, Any]] = {
    "anatomy": anatomy.WORDS,
    "inspect": inspect.WORDS,
    "branch": branch.WORDS,
    "picture": picture.WORDS,
    "compare": compare.WORDS,
    "papers": papers.WORDS,
    "story": story.WORDS,
    "film": film.WORDS,  # no view: the small player that several of them use
}
