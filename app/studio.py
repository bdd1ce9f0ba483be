"""What the page and the API do, without Gradio: requests in, player values and pictures out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qsl

from torch import Tensor

from app import presenters
from app.answers import ClassAnswer, ModelAnswer, ScaleAnswer, class_answers, model_answer, scale_answer
from app.engine import Engine
from app.example import Example
from app.fetching import Fetches
from app.links import LINK_FORMAT, Linked, fields_of, request_of
from app.models import Model, Models
from app.presenters import PlayerValue, Story
from app.presets import PRESETS, PresetName, within
from app.requests import FieldName, Limits, PictureRequest, RefusedValue
from app.run import Failed, Finished, ScaleDone, Stopped, Task, Waiting
from app.updates import Update, last_update
from app.uploads import Edit, Reconstruction, keep_mask, picture_of
from var_core.config import ModelConfig
from var_core.options import MAX_SEED

LONGEST_QUERY = 1000


class Studio:
    """Everything behind the page.

    Args:
        engine: runs the requests.
        models: what can be chosen; the page opens with the first.
        max_batch: most pictures of one request.
        early: make the example at once; else the first visitor who asks for it has it made.
    """

    def __init__(self, engine: Engine, models: Models, max_batch: int, *, early: bool = True) -> None:
        self.engine, self.models, self.max_batch = engine, models, max_batch
        self.config, self.fetches = models.first.config, Fetches(models)
        self.limits = self._limits_of(models.first)
        self._example = Example(self._made_example, early=early)

    def limits_of(self, name: object) -> Limits:
        """The ranges of the model of that name; those of the first where there is none."""
        model = self.models.get(name)
        return self.limits if model is None else self._limits_of(model)

    def model(self, name: object) -> Model:
        """The model of that name, here and ready to be loaded ("" for the first).

        Raises:
            RefusedValue: if there is none, or it would have to be fetched.
        """
        model = self.models.get(name)
        if model is None or not model.here:
            raise RefusedValue("model", name, "model")
        return model

    def request(self, *, new_seed: object, seed: object, model: object = "", **values: object) -> PictureRequest:
        """A checked request; with ``new_seed`` the seed is drawn here and the one given is not looked at.

        Raises:
            RefusedValue: for a value that cannot be used.
        """
        seed = secrets.randbelow(MAX_SEED + 1) if new_seed is True else seed
        return self._limits_of(self.model(model)).request(seed=seed, **values)

    def linked(self, query: object) -> PictureRequest | None:
        """The checked request of a link's query string, raw; None where it is no link of ours.

        Raises:
            RefusedValue: for a link of another version, or with a value that cannot be used.
        """
        text = query.removeprefix("?") if isinstance(query, str) and len(query) <= LONGEST_QUERY else ""
        values = dict(parse_qsl(text))
        return request_of(values, self._limits_of(self.model(values.get("model", "")))) if "v" in values else None

    def asked(self, request: PictureRequest) -> Linked:
        """What the page says about a link that has been opened."""
        subject, chinese = presenters.subject(request, self._config_of(request))
        return Linked(subject=subject, subject_zh=chinese, seeds=request.seeds)

    def reopened(self, query: object) -> PictureRequest:
        """The checked request of a query string that the player was given, and that came back from outside.

        Raises:
            RefusedValue: as ``linked``, and for what is no link at all.
        """
        request = self.linked(query)
        if request is None:
            raise RefusedValue("link", query, "link", LINK_FORMAT, LINK_FORMAT)
        return request

    def preset(self, name: PresetName, model: object = "") -> dict[FieldName, object]:
        """What the controls show for a preset, within the model's ranges; class, seed and count stay."""
        limits = self.limits_of(model)
        options = within(PRESETS[name], limits.codebook_size)
        fields = fields_of(replace(limits.example(), options=options))
        return {field: fields[field] for field in ("guidance", "top_k", "top_p", "temperature", "smooth")}

    def find_classes(self, query: object, model: object = "") -> list[int]:
        """Ids of the classes of a model that a person may mean, best first."""
        return (self.models.get(model) or self.models.first).index.find(query)

    async def updates(self, request: PictureRequest, owner: str) -> AsyncIterator[Update]:
        """The player's values from submission to the end.

        Raises:
            EngineError: if the line is full, or the run failed; a value that says so has been yielded before.
        """
        run = self.engine.submit(replace(request, statistics=True), owner)
        story = Story(run.id, request, self._config_of(request))
        scales: list[ScaleDone] = []
        try:
            yield Update(story.value("working"))
            async for event in run:
                match event:
                    case Waiting(ahead):
                        yield Update(story.value("waiting" if ahead else "working", ahead))
                    case ScaleDone():
                        scales.append(event)
                        story.add(await asyncio.to_thread(presenters.frame, event, story.tokens))
                        yield Update(story.value("working"))
                    case Stopped():
                        yield Update(story.value("stopped"))
                    case Failed(error):
                        yield Update(story.value("failed"))
                        raise error
                    case Finished():
                        yield Update(story.value("finished"))
                        yield await asyncio.to_thread(self._finished, story.value("finished"), request, scales)
        finally:
            self.engine.cancel(run)

    async def answers(self, request: PictureRequest) -> AsyncIterator[ScaleAnswer]:
        """One answer a scale, coarse to fine, for API callers.

        Raises:
            EngineError: if the line is full, or the run failed.
        """
        async for answer in self._answers(request, request.seeds, self._config_of(request).schedule.num_scales):
            yield answer

    async def reconstruction(self, picture: object, model: object) -> AsyncIterator[ScaleAnswer]:
        """A picture of the caller's through the tokenizer, one answer a scale.

        Raises:
            EditingError: if the picture cannot be used; and as ``model`` and ``answers``.
        """
        chosen = self.model(model)
        tensor = await asyncio.to_thread(picture_of, picture, chosen.config.image_side)
        task = Reconstruction(tensor, chosen.name)
        async for answer in self._answers(task, [], chosen.config.schedule.num_scales, tensor):
            yield answer

    async def edit(
        self, request: PictureRequest, picture: object, box: object, outside: object
    ) -> AsyncIterator[ScaleAnswer]:
        """Part of a picture of the caller's drawn again, one answer a scale; errors as ``reconstruction``."""
        config = self._config_of(request)
        keep = keep_mask(box, outside, config.image_side)
        task = Edit(await asyncio.to_thread(picture_of, picture, config.image_side), keep, request)
        async for answer in self._answers(task, request.seeds, config.schedule.num_scales):
            yield answer

    async def example(self) -> Update:
        """The finished example that the page opens with; an empty player if there is none."""
        try:
            return await self._example.ready()
        except Exception:  # the page must open whatever became of its example; the engine has logged why
            return Update(presenters.empty(self.config))

    def classes(self, model: object = "") -> list[ClassAnswer]:
        """The classes of a model; errors as ``model``, but it need not be here."""
        chosen = self.models.get(model)
        if chosen is None:
            raise RefusedValue("model", model, "model")
        return class_answers(chosen)

    def model_list(self) -> list[ModelAnswer]:
        """Every model of the server."""
        loaded = self.models.loaded
        return [model_answer(model, loaded) for model in self.models.all]

    def stop(self, owner: str) -> None:
        """Cancels what the owner has in line or in work."""
        self.engine.cancel_owner(owner)

    def close(self) -> None:
        """Ends the engine."""
        self.engine.close()

    def _limits_of(self, model: Model) -> Limits:
        return Limits(model.config, self.max_batch, model.name)

    def _config_of(self, request: PictureRequest) -> ModelConfig:
        model = self.models.get(request.model)
        return self.config if model is None else model.config

    async def _answers(
        self, task: Task, seeds: list[int], num_scales: int, reference: Tensor | None = None
    ) -> AsyncIterator[ScaleAnswer]:
        run = self.engine.submit(task)
        tokens = 0
        try:
            async for event in run:
                if isinstance(event, Failed):
                    raise event.error
                if isinstance(event, ScaleDone):
                    answer = await asyncio.to_thread(scale_answer, event, tokens, seeds, num_scales, reference)
                    tokens = answer["tokens"]
                    yield answer
        finally:
            self.engine.cancel(run)

    def _made_example(self) -> Update:
        """Runs the example, through the engine like everything else."""
        request = self.limits.example()
        story = Story("example", request, self.config)
        scales: list[ScaleDone] = []
        for event in self.engine.submit(replace(request, statistics=True)):
            if isinstance(event, Failed):
                raise event.error
            if isinstance(event, ScaleDone):
                story.add(presenters.frame(event, story.tokens))
                scales.append(event)
        if len(scales) < self.config.schedule.num_scales:
            raise RuntimeError("the example was stopped")
        return self._finished(story.value("example"), request, scales)

    def _finished(self, value: PlayerValue, request: PictureRequest, scales: list[ScaleDone]) -> Update:
        model = request.model or self.models.first.name
        return last_update(value, request, scales, self._config_of(request), model, self.engine.pipe.precision.name)
