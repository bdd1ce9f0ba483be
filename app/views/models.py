"""The choice of a model: what each would take is said first; fetching shows how far it is and can be cancelled."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
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
class Fetched:
    """A page's transfer: of which model ("" for none), and why it failed, if it did."""

    name: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The components around the choice.

    Attributes:
        name: what is chosen.
        note, fetch: what it would take, and the wish for it.
        transfer, cancel: how far the model is that is being fetched, which need not be the one chosen by now.
        fetched: that transfer, a ``Fetched``.
    """

    name: gr.Dropdown
    note: gr.HTML
    fetch: gr.Button
    transfer: gr.HTML
    cancel: gr.Button
    fetched: gr.State


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
        fetch = labels.put(gr.Button, lambda text: {"value": text.fetch}, size="sm", visible=False, elem_id="fetch")
        transfer = gr.HTML(elem_classes="note", elem_id="transfer", padding=False, visible=False)
        cancel = labels.put(
            gr.Button, lambda text: {"value": text.cancel_fetch}, size="sm", visible=False, elem_id="cancel-fetch"
        )
    return ModelChoice(name, note, fetch, transfer, cancel, gr.State(Fetched()))


def connect_model_choice(
    studio: Studio, choice: ModelChoice, picker: gr.HTML, top_k: gr.Slider, about: gr.HTML, language: gr.Radio
) -> None:
    """Lets the other controls follow the model, and fetches it where it is not here."""

    def wanted(model: Model, fetched: Fetched, text: Text) -> dict[Any, Any]:
        """What is said and offered about the model chosen; one is fetched at a time."""
        return {
            choice.note: note_of(studio, model.name, text),
            choice.fetch: gr.update(visible=not fetched.name and can_fetch(model)),
        }

    def follow(name: object, class_id: object, k: object, fetched: Fetched, lang: object) -> dict[Any, Any]:
        model = studio.models.get(name) or studio.models.first
        text, limits = text_for(lang), studio.limits_of(model.name)
        known = class_id in model.index.names if isinstance(class_id, int) else class_id == "none"
        chosen: dict[str, Any] = {} if known else {"value": limits.example().class_id}
        most = limits.codebook_size
        return {
            picker: gr.update(
                entries=model.index.entries(), sights=favourites(model.index), model=model.name, **chosen
            ),
            top_k: gr.update(maximum=most, value=min(k, most) if isinstance(k, int) else limits.opening.top_k),
            about: about_of(model, text),
            **wanted(model, fetched, text),
        }

    async def fetch(name: object, lang: object) -> AsyncIterator[dict[Any, Any]]:
        text, model = text_for(lang), studio.models.get(name) or studio.models.first
        begun = Fetched(model.name)
        yield {choice.fetched: begun, choice.fetch: gr.update(visible=False), choice.cancel: gr.update(visible=True)}
        try:
            async for arrived, total in studio.fetches.follow(model.name):
                percent = 100 * arrived // total if total else 0
                said = text.fetching.format(name=model.name, percent=percent, total=gigabytes(total))
                yield {choice.transfer: gr.update(value=_paragraph(said), visible=True)}
        except FetchCancelled:
            pass
        except Exception as error:
            why = reason(error, text) if isinstance(error, DownloadError) else explain(error, text, studio.limits)
            yield {choice.fetched: replace(begun, why=why)}

    def settle(name: object, fetched: Fetched, lang: object) -> dict[Any, Any]:
        """After a transfer, however it ended: who still waits for a model that is not here gets the first."""
        text, model = text_for(lang), studio.models.get(name) or studio.models.first
        waits = model.name == fetched.name and not model.here
        used = studio.models.first if waits else model
        tell_end(fetched, used, text)
        return {
            choice.fetched: Fetched(), choice.cancel: gr.update(visible=False),
            choice.transfer: gr.update(visible=False), choice.name: used.name if waits else gr.skip(),
            **wanted(used, Fetched(), text),
        }  # fmt: skip

    def tell_end(fetched: Fetched, used: Model, text: Text) -> None:
        got = studio.models.get(fetched.name) if fetched.name else None
        if got is None:
            return
        if fetched.why:
            said = text.fetch_failed.format(name=got.name, first=used.name, reason=fetched.why)
            gr.Warning(html.escape(said if used.here else fetched.why), duration=None, title=text.notice)
        elif got.here:
            gr.Info(html.escape(text.fetch_done.format(name=got.name)), title=text.notice)
        elif used.here:
            gr.Info(html.escape(text.fetch_cancelled.format(first=used.name)), title=text.notice)

    quick: dict[str, Any] = {"preprocess": False, "concurrency_limit": None, **QUIET}
    choice.name.change(
        follow, [choice.name, picker, top_k, choice.fetched, language],
        [picker, top_k, about, choice.note, choice.fetch], preprocess=False, queue=False, **QUIET,
    )  # fmt: skip
    fetching = choice.fetch.click(
        fetch, [choice.name, language], [choice.fetched, choice.fetch, choice.cancel, choice.transfer], **quick
    )
    # This comes after a cancelled transfer too.
    fetching.then(
        settle, [choice.name, choice.fetched, language],
        [choice.name, choice.note, choice.fetch, choice.transfer, choice.cancel, choice.fetched], **quick,
    )  # fmt: skip
    choice.cancel.click(None, cancels=[fetching], **QUIET)


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
