"""A question of the lab from an event loop: however many wait for their answers, none of them holds a thread."""

from __future__ import annotations

import asyncio

from app.lab.registry import FACTS, ask_of
from app.lab.tasks import Ask, LabError, Plain
from app.run import Answered, Failed
from app.studio import Studio


async def answer(studio: Studio, name: object, model: object, values: object) -> Plain:
    """The answer to a question.

    Raises:
        LabError: for a kind or value that cannot be used.
        RefusedValue: for a model that is not here.
        EngineError: if the line is full, or the question failed.
    """
    task = await asyncio.to_thread(_checked, studio, name, model, values)
    if not isinstance(task, Ask):
        return task
    found: Plain | None = None
    async for event in studio.engine.submit(task):
        if isinstance(event, Failed):
            raise event.error
        if isinstance(event, Answered):
            found = event.value
    if found is None:
        raise LabError("The question was cancelled; ask again.")
    return found


def _checked(studio: Studio, name: object, model: object, values: object) -> Ask | Plain:
    """The question ready for the line, or the answer of one that waits in none."""
    chosen = studio.model(model)
    if isinstance(name, str) and name in FACTS:
        return FACTS[name](studio.models, chosen)
    return ask_of(name, chosen.name, values, chosen.config)
