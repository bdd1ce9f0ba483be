"""What the view ``story`` asks of a model and runs on it."""

from __future__ import annotations

from app.lab.seen import seen_by
from app.lab.tasks import AskKind, FactKind, Plain, ShowKind
from app.models import Model, Models


def seen(models: Models, chosen: Model) -> Plain:
    """What the model was trained on: ``seen``, see ``seen_by``."""
    return {"seen": seen_by(chosen)}


ASKS: dict[str, AskKind] = {}
SHOWS: dict[str, ShowKind] = {}
FACTS: dict[str, FactKind] = {"seen": seen}
