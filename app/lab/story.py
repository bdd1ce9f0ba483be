"""What the view ``story`` asks of a model and runs on it."""

from __future__ import annotations

from app.lab.tasks import AskKind, ShowKind

ASKS: dict[str, AskKind] = {}
SHOWS: dict[str, ShowKind] = {}
