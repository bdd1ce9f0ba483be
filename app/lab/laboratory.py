"""The lab without Gradio: wishes in, answers and show values out, through the studio's engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypedDict

from app import presenters
from app.lab.asking import answer
from app.lab.record import LabRecord, columns_of, record_of
from app.lab.registry import show_of
from app.lab.tasks import LabError, Plain, Show
from app.presenters import Frame, State
from app.run import Failed, Finished, ScaleDone, Stopped, Waiting
from app.studio import Studio
from var_core.validation import shown

LONGEST_ECHO = 500  # characters
EXHIBITS = Path(__file__).parent.parent.parent / "assets" / "exhibits"


class ShowValue(TypedDict):
    """What a show looks like so far. ``record`` comes with the last; ``facts`` are the kind's own.

    ``kind`` and ``asked`` say what it answers to; ``frames`` only grow within a ``run``.
    """

    run: str
    kind: str
    asked: Plain
    state: State
    ahead: int
    total: int
    columns: int
    seeds: list[int]
    frames: list[Frame]
    facts: Plain
    record: LabRecord | None


class Laboratory:
    """Everything behind the views of the lab.

    Args:
        studio: whose engine and models it uses.
        exhibits: folder of finished shows, for a visit before anything was asked for.
    """

    def __init__(self, studio: Studio, exhibits: Path = EXHIBITS) -> None:
        self.studio, self.exhibits = studio, exhibits

    async def ask(self, name: object, model: object, values: object) -> Plain:
        """The answer to a question, see ``asking.answer``."""
        return await answer(self.studio, name, model, values)

    async def show(self, name: object, model: object, values: object, owner: str | None) -> AsyncIterator[ShowValue]:
        """The values of a show, from submission to the end; errors as ``ask``, and EditingError for a picture.

        Before an error a value says that the show has failed, even if it never began: a view that waits for the
        answer to its wish learns of it in this way alone.
        """
        try:
            chosen = self.studio.model(model)
            task = await asyncio.to_thread(show_of, name, chosen.name, values, chosen.config)
            run = self.studio.engine.submit(task, owner)
        except Exception:
            yield self._refused(name, values)
            raise
        scales: list[ScaleDone] = []
        frames: list[Frame] = []
        facts: Plain = {}
        asked = _sent_back(task.values)

        def value(state: State, ahead: int = 0, record: LabRecord | None = None) -> ShowValue:
            count = len(task.settings.seeds)
            return ShowValue(
                run=run.id, kind=task.name, asked=asked, state=state, ahead=ahead,
                total=chosen.config.schedule.num_scales, columns=columns_of(count), seeds=list(task.settings.seeds),
                frames=list(frames), facts=facts, record=record,
            )  # fmt: skip

        try:
            yield value("working")
            async for event in run:
                match event:
                    case Waiting(ahead):
                        yield value("waiting" if ahead else "working", ahead)
                    case ScaleDone():
                        scales.append(event)
                        before = frames[-1]["tokens"] if frames else 0
                        frames.append(await asyncio.to_thread(presenters.frame, event, before))
                        facts = await asyncio.to_thread(
                            task.kind.facts, task.values, task.settings, scales, chosen.config
                        )
                        yield value("working")
                    case Stopped():
                        yield value("stopped")
                    case Failed(error):
                        yield value("failed")
                        raise error
                    case Finished():
                        yield value("finished", record=await asyncio.to_thread(self._record, run.id, task, scales))
        finally:
            self.studio.engine.cancel(run)

    def exhibit(self, name: object) -> Plain:
        """A finished show that was made beforehand; empty if there is none.

        Raises:
            LabError: for what is no name.
        """
        if not isinstance(name, str) or not name.isidentifier():
            raise LabError(f"exhibit must be a name, got {shown(name)}.")
        path = self.exhibits / f"{name}.json"
        if not path.is_file():
            return {}
        value: Plain = json.loads(path.read_text(encoding="utf-8"))
        record = value.get("record")
        if record is not None and not record["frames"]:  # those of the value; the file holds them once
            record["frames"] = [frame["src"] for frame in value["frames"]]
        return value

    def _refused(self, name: object, values: object) -> ShowValue:
        kind, asked = name if isinstance(name, str) else "", _sent_back(values) if isinstance(values, dict) else {}
        return ShowValue(
            run="", kind=kind, asked=asked, state="failed", ahead=0, total=self.studio.config.schedule.num_scales,
            columns=1, seeds=[], frames=[], facts={}, record=None,
        )  # fmt: skip

    def _record(self, run: str, task: Show, scales: list[ScaleDone]) -> LabRecord:
        settings, pipe = task.settings, self.studio.engine.pipe
        config = self.studio.model(task.model).config
        return record_of(
            run, settings.class_id, settings.seeds, settings.options, scales, config, model=task.model,
            precision=pipe.precision.name, switch=settings.switch,
        )  # fmt: skip


def _sent_back(values: Plain) -> Plain:
    """What came in as a picture need not travel back."""
    return {key: value for key, value in values.items() if not (isinstance(value, str) and len(value) > LONGEST_ECHO)}
