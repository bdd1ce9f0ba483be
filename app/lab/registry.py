"""All kinds of questions and shows, by name. A new view adds its own here."""

from __future__ import annotations

from typing import TypeVar

from app.lab import anatomy, branch, compare, inspect, papers, picture, story
from app.lab.tasks import Ask, AskKind, Exhibit, FactKind, LabError, Plain, Show, ShowKind
from var_core.config import ModelConfig
from var_core.validation import shown

K = TypeVar("K", AskKind, ShowKind)

VIEWS = (anatomy, branch, compare, inspect, papers, picture, story)
ASKS: dict[str, AskKind] = {name: kind for view in VIEWS for name, kind in view.ASKS.items()}
SHOWS: dict[str, ShowKind] = {name: kind for view in VIEWS for name, kind in view.SHOWS.items()}
# Views that open with a finished show name it in EXHIBITS; ``python -m app exhibits`` makes them.
EXHIBITS: dict[str, Exhibit] = {
    name: exhibit for view in VIEWS for name, exhibit in getattr(view, "EXHIBITS", {}).items()
}
FACTS: dict[str, FactKind] = {**compare.FACTS, **papers.FACTS, **picture.FACTS, **story.FACTS}


def ask_of(name: object, model: str, values: object, config: ModelConfig) -> Ask:
    """The checked question.

    Raises:
        LabError: for an unknown kind or a value that cannot be used.
    """
    known, kind = _chosen(ASKS, name)
    plain = _object(values)
    kind.check(plain, config)
    return Ask(known, model, plain, kind)


def show_of(name: object, model: str, values: object, config: ModelConfig) -> Show:
    """The checked show.

    Raises:
        LabError: for an unknown kind or a value that cannot be used.
        EditingError: for a picture or a mask that cannot.
    """
    known, kind = _chosen(SHOWS, name)
    plain = _object(values)
    return Show(known, model, plain, kind, kind.settings(plain, config))


def _chosen(kinds: dict[str, K], name: object) -> tuple[str, K]:
    if not isinstance(name, str) or name not in kinds:
        raise LabError(f"kind must be one of {', '.join(kinds)}, got {shown(name)}.")
    return name, kinds[name]


def _object(values: object) -> Plain:
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise LabError(f"values must be an object, got {shown(values)}.")
    return values
