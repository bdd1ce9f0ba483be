"""The choice of a model: what each would take is said first; fetching shows how far it is and can be cancelled."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.favourites import favourites
from app.labels import Labels
from app.messages import explain
from app.models import FetchCancelled, Model
from app.studio import Studio
from app.text import Text, reason, text_for
from app.views.wiring import QUIET
from var_core.errors import DownloadError
from var_core.resources import gigabytes


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The components around the choice."""

    name: gr.Dropdown
    note: gr.HTML
    fetch: gr.Button
    cancel: gr.Button


def build_model_choice(studio: Studio, labels: Labels) -> ModelChoice:
    """The choice, shown where there is one."""
    several = len(studio.models.all) > 1
    names = [(model.name, model.name) for model in studio.models.all]
    with gr.Column(elem_classes="model", visible=several):
        name = labels.put(
            gr.Dropdown, lambda text: {"label": text.model}, choices=names, value=studio.models.first.name,
            elem_id="model", filterable=False,
        )  # fmt: skip
        note = gr.HTML(note_of(studio, studio.models.first.name, labels.text), elem_classes="note", padding=False)
        with gr.Row():
            fetch = labels.put(gr.Button, lambda text: {"value": text.fetch}, size="sm", visible=False, elem_id="fetch")
            cancel = labels.put(
                gr.Button, lambda text: {"value": text.cancel_fetch}, size="sm", visible=False, elem_id="cancel-fetch"
            )
    return ModelChoice(name, note, fetch, cancel)


def connect_model_choice(
    studio: Studio, choice: ModelChoice, picker: gr.HTML, top_k: gr.Slider, about: gr.HTML, language: gr.Radio
) -> None:
    """Lets the other controls follow the model, and fetches it where it is not here."""
    first = studio.models.first.name

    def follow(name: object, class_id: object, k: object, lang: object) -> dict[Any, Any]:
        model = studio.models.get(name) or studio.models.first
        text, limits = text_for(lang), studio.limits_of(model.name)
        known = class_id in model.index.names if isinstance(class_id, int) else class_id == "none"
        chosen: dict[str, Any] = {} if known else {"value": model.config.classes[0].class_id}
        most = limits.codebook_size
        return {
            picker: gr.update(
                entries=model.index.entries(), sights=favourites(model.index), model=model.name, **chosen
            ),
            top_k: gr.update(maximum=most, value=min(k, most) if isinstance(k, int) else limits.default_top_k),
            about: about_of(model, text),
            choice.note: note_of(studio, model.name, text),
            choice.fetch: gr.update(visible=can_fetch(model)),
        }

    async def fetch(name: object, lang: object) -> AsyncIterator[dict[Any, Any]]:
        text, model = text_for(lang), studio.models.get(name) or studio.models.first
        yield {choice.fetch: gr.update(visible=False), choice.cancel: gr.update(visible=True)}
        done: dict[Any, Any] = {choice.cancel: gr.update(visible=False), choice.fetch: gr.update(visible=False)}
        try:
            async for arrived, total in studio.fetches.follow(model.name):
                percent = 100 * arrived // total if total else 0
                said = text.fetching.format(name=model.name, percent=percent, total=gigabytes(total))
                yield {choice.note: _paragraph(said)}
            yield {**done, choice.note: _paragraph(text.fetch_done.format(name=model.name))}
        except FetchCancelled:
            yield {**done, choice.name: first}
        except Exception as error:
            why = reason(error, text) if isinstance(error, DownloadError) else explain(error, text, studio.limits)
            said = text.fetch_failed.format(name=model.name, first=first, reason=why)
            gr.Warning(html.escape(said), duration=None, title=text.notice)
            yield {**done, choice.name: first}

    def cancelled(lang: object) -> dict[Any, Any]:
        text = text_for(lang)
        gr.Info(html.escape(text.fetch_cancelled.format(first=first)), title=text.notice)
        return {
            choice.cancel: gr.update(visible=False), choice.fetch: gr.update(visible=False), choice.name: first,
        }  # fmt: skip

    choice.name.change(
        follow, [choice.name, picker, top_k, language], [picker, top_k, about, choice.note, choice.fetch],
        preprocess=False, queue=False, **QUIET,
    )  # fmt: skip
    fetching = choice.fetch.click(
        fetch, [choice.name, language], [choice.name, choice.note, choice.fetch, choice.cancel], preprocess=False,
        concurrency_limit=None, **QUIET,
    )  # fmt: skip
    choice.cancel.click(
        cancelled, language, [choice.name, choice.fetch, choice.cancel], cancels=[fetching], preprocess=False,
        concurrency_limit=None, **QUIET,
    )  # fmt: skip


def can_fetch(model: Model) -> bool:
    """Whether a model is not here and this machine has room for it."""
    estimate = model.estimate
    return estimate is not None and not model.here and estimate.fits_disk and estimate.fits_memory


def about_of(model: Model, text: Text) -> str:
    """What a model is, as HTML."""
    config = model.config
    return _paragraph(text.model_note.format(
        name=model.name, scales=config.schedule.num_scales, tokens=config.schedule.num_tokens,
        side=config.image_side, classes=len(config.classes),
    ))  # fmt: skip


def note_of(studio: Studio, name: object, text: Text) -> str:
    """What choosing a model would take, as HTML."""
    model = studio.models.get(name) or studio.models.first
    estimate = model.estimate
    if estimate is None or model.here:
        return _paragraph(text.model_here)
    sizes = {"download": gigabytes(estimate.download_bytes), "memory": gigabytes(estimate.memory_bytes)}
    if not (estimate.fits_disk and estimate.fits_memory):
        return _paragraph(text.model_tight.format(**sizes))
    return _paragraph(text.model_away.format(minutes=max(1, round(estimate.seconds / 60)), **sizes))


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"
