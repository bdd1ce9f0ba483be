"""What the page and the API do, without Gradio: requests in, player values and pictures out."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypedDict

from app import presenters
from app.engine import Engine
from app.pictures import png, png_uri
from app.presenters import PlayerValue, Story
from app.requests import Limits, PictureRequest
from app.run import Failed, Finished, ScaleDone, Stopped, Waiting
from var_core.images import contact_sheet
from var_core.options import MAX_SEED

EXAMPLE_PATIENCE = 60.0
SETTINGS_FORMAT = 1  # of the settings inside a PNG, as ``python -m var_core sample`` reads them


@dataclass(frozen=True, slots=True)
class Download:
    """A finished picture as a file."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Update:
    """The next thing to show; the download comes with the last."""

    value: PlayerValue
    download: Download | None = None


class ScaleAnswer(TypedDict):
    """What API callers get for each scale; ``pictures`` (lossless) only with the last."""

    scale: int
    side: int
    tokens: int
    guidance: float
    milliseconds: int
    seeds: list[int]
    preview: str
    pictures: list[str] | None


class ClassAnswer(TypedDict):
    """A class of the model."""

    class_id: int
    name: str


class Studio:
    """Everything behind the page.

    Args:
        engine: runs the requests.
        max_batch: most pictures of one request.
    """

    def __init__(self, engine: Engine, max_batch: int) -> None:
        self.engine = engine
        self.config = engine.pipe.config
        self.limits = Limits(self.config, max_batch)
        self._example: Future[Update] = Future()
        threading.Thread(target=self._make_example, name="var-example", daemon=True).start()

    def request(self, *, new_seed: object, seed: object, **values: object) -> PictureRequest:
        """A checked request; with ``new_seed`` the seed is drawn here and the one given is not looked at.

        Raises:
            RefusedValue: for a value that cannot be used.
        """
        seed = secrets.randbelow(MAX_SEED + 1) if new_seed is True else seed
        return self.limits.request(seed=seed, **values)

    async def updates(self, request: PictureRequest, owner: str) -> AsyncIterator[Update]:
        """The player's values from submission to the end.

        Raises:
            EngineError: if the line is full, or the run failed; a value that says so has been yielded before.
        """
        run = self.engine.submit(request, owner)
        story = Story(run.id, request, self.config)
        last: ScaleDone | None = None
        try:
            yield Update(story.value("working"))
            async for event in run:
                match event:
                    case Waiting(ahead):
                        yield Update(story.value("waiting" if ahead else "working", ahead))
                    case ScaleDone():
                        last = event
                        story.add(await asyncio.to_thread(presenters.frame, event, story.tokens))
                        yield Update(story.value("working"))
                    case Stopped():
                        yield Update(story.value("stopped"))
                    case Failed(error):
                        yield Update(story.value("failed"))
                        raise error
                    case Finished():
                        assert last is not None
                        yield Update(story.value("finished"), await asyncio.to_thread(self._download, request, last))
        finally:
            self.engine.cancel(run)

    async def answers(self, request: PictureRequest) -> AsyncIterator[ScaleAnswer]:
        """One answer a scale, coarse to fine, for API callers.

        Raises:
            EngineError: if the line is full, or the run failed.
        """
        run = self.engine.submit(request)
        tokens = 0
        try:
            async for event in run:
                if isinstance(event, Failed):
                    raise event.error
                if isinstance(event, ScaleDone):
                    answer = await asyncio.to_thread(self._answer, request, event, tokens)
                    tokens = answer["tokens"]
                    yield answer
        finally:
            self.engine.cancel(run)

    async def example(self) -> Update:
        """The finished example that the page opens with; an empty player if there is none."""
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._example), EXAMPLE_PATIENCE)
        except Exception:  # the page must open whatever became of its example; the engine has logged why
            return Update(presenters.empty(self.config))

    def classes(self) -> list[ClassAnswer]:
        """The model's classes."""
        return [ClassAnswer(class_id=label.class_id, name=label.name) for label in self.config.classes]

    def stop(self, owner: str) -> None:
        """Cancels what the owner has in line or in work."""
        self.engine.cancel_owner(owner)

    def close(self) -> None:
        """Ends the engine."""
        self.engine.close()

    def _answer(self, request: PictureRequest, event: ScaleDone, tokens: int) -> ScaleAnswer:
        shown = presenters.frame(event, tokens)
        final = event.step.scale + 1 == self.config.schedule.num_scales
        return ScaleAnswer(
            scale=event.step.scale + 1, side=shown["side"], tokens=shown["tokens"], guidance=shown["guidance"],
            milliseconds=shown["ms"], seeds=request.seeds, preview=shown["src"],
            pictures=[png_uri(picture) for picture in event.pixels] if final else None,
        )  # fmt: skip

    def _make_example(self) -> None:
        """Runs the example once, through the engine like everything else."""
        request, last = self.limits.example(), None
        story = Story("example", request, self.config)
        try:
            for event in self.engine.submit(request):
                if isinstance(event, Failed):
                    raise event.error
                if isinstance(event, ScaleDone):
                    story.add(presenters.frame(event, story.tokens))
                    last = event
            if last is None:
                raise RuntimeError("the example was stopped")
            self._example.set_result(Update(story.value("example"), self._download(request, last)))
        except Exception as error:
            self._example.set_exception(error)

    def _download(self, request: PictureRequest, last: ScaleDone) -> Download:
        """The finished pictures as one file that knows how it was made."""
        settings = {
            "format": SETTINGS_FORMAT, "classes": [request.class_id], "seeds": request.seeds,
            "options": request.options.to_dict(), "model": self.config.name,
            "precision": self.engine.pipe.precision.name,
        }  # fmt: skip
        subject = "no-class" if request.class_id is None else f"class-{request.class_id}"
        return Download(f"var-{subject}-seed-{request.seed}.png", png(contact_sheet(last.pixels), settings))
