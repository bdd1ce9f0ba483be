"""The first tab: choose, generate, and watch the scales arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from app.labels import Labels
from app.links import fields_of
from app.player import player, player_words, static_text
from app.presets import PresetName
from app.requests import FieldName, PictureRequest
from app.shelves import Shelves
from app.studio import Studio
from app.takeaway import Download
from app.text import text_for
from app.updates import Update
from app.views.controls import Controls, Shelf, build_controls, build_shelf
from app.views.models import ModelChoice, about_of, connect_model_choice
from app.views.wiring import MODEL_EVENTS, QUIET, refusals

ORDER: tuple[FieldName, ...] = (
    "class_id", "guidance", "top_k", "top_p", "temperature", "smooth", "count", "seed", "model",
)  # fmt: skip
ENDED = ("finished", "stopped", "failed")
EMPTIED = "() => Array(4).fill({ __type__: 'update', interactive: false })"
TELL_QUERY = "(lang) => [document.documentElement.lang || lang, window.location.search]"


def generate_view(studio: Studio, labels: Labels, language: gr.Radio, table: gr.HTML) -> tuple[ModelChoice, gr.HTML]:
    """Lays the tab out and connects it; returns the choice of a model and what is said about it below.

    The record of what was made goes to ``table``.
    """
    with gr.Row(elem_classes="studio"):
        with gr.Column(scale=2, min_width=300, elem_classes="controls"):
            # On a phone the rest of the settings unfolds from here; see app.css.
            labels.put(
                gr.HTML, lambda text: {"words": {"finer": text.finer}}, html_template=static_text("finer.html"),
                js_on_load=static_text("finer.js"), apply_default_css=False, padding=False, elem_classes="finer",
            )  # fmt: skip
            controls = build_controls(studio, labels)
        with gr.Column(scale=3, min_width=300, elem_classes="stage"):
            screen = labels.put(player, lambda text: {"words": player_words(text.player)}, elem_id="player")
            shelf = build_shelf(labels)
    _connect_runs(studio, controls, screen, shelf, language, table)
    _connect_settings(studio, controls, screen, language)
    about = gr.HTML(about_of(studio.models.first, labels.text), elem_classes="note", padding=False)
    picker, top_k = controls.fields["class_id"], controls.fields["top_k"]
    assert isinstance(picker, gr.HTML)
    assert isinstance(top_k, gr.Slider)
    connect_model_choice(studio, controls.model, picker, top_k, about, language)
    return controls.model, about


def _connect_runs(
    studio: Studio, controls: Controls, screen: gr.HTML, shelf: Shelf, language: gr.Radio, table: gr.HTML
) -> None:
    fields, shelves = controls.fields, Shelves()

    async def develop(
        class_id: object, guidance: object, top_k: object, top_p: object, temperature: object, smooth: object,
        count: object, seed: object, model: object, new_seed: object, lang: object, person: gr.Request,
    ) -> AsyncIterator[dict[Any, Any]]:  # fmt: skip
        with refusals(text_for(lang), studio.limits_of(model)):
            request = studio.request(
                model=model, class_id=class_id, guidance=guidance, top_k=top_k, top_p=top_p, temperature=temperature,
                smooth=smooth, count=count, seed=seed, new_seed=new_seed,
            )  # fmt: skip
            owner, run = person.session_hash or "", ""
            async for update in studio.updates(request, owner):
                if not run:  # a request that is refused changes nothing
                    run = update.value["run"]
                    shelves.begin(owner, run)
                    yield {fields["seed"]: request.seed, **_emptied(shelf)}
                if update.value["state"] in ENDED:
                    shelves.end(owner, run)
                files = _packed(update, shelf)
                if files:
                    shelves.put(run, files)
                if not files:
                    yield {screen: update.value}
                elif not shelves.replaced(owner, run):
                    yield _shown(update, files if shelves.shows(owner, run) else [], screen, shelf, table)

    async def open_example(person: gr.Request) -> dict[Any, Any]:
        update = await studio.example()
        if shelves.replaced(person.session_hash or "", update.value["run"]):
            return {screen: gr.skip()}
        return _shown(update, _packed(update, shelf), screen, shelf, table)

    def recall(lang: object, event: gr.EventData, person: gr.Request) -> dict[Any, Any]:
        run = str(getattr(event, "run", ""))
        if not shelves.recall(person.session_hash or "", run):
            return _emptied(shelf)
        files = shelves.files(run)
        if files is not None:
            return _filled(shelf, files)
        gr.Info(text_for(lang).files_gone, title=text_for(lang).notice)
        return _emptied(shelf)

    def stop(person: gr.Request) -> None:
        studio.stop(person.session_hash or "")

    # Values come raw (preprocess=False): one validation, ours, meets them wherever they are from.
    surprise: Callable[..., Any] = fields["class_id"].surprise  # type: ignore[attr-defined]
    for begins in (controls.generate.click, surprise):
        begins(
            develop, [*(fields[name] for name in ORDER), controls.new_seed, language],
            [screen, table, fields["seed"], *shelf.buttons], preprocess=False, trigger_mode="multiple", **MODEL_EVENTS,
            **QUIET,
        )  # fmt: skip
    recalls: Callable[..., Any] = screen.recall  # an event of the player's script
    # The browser empties the shelf at once; what then fills it goes through the queue, whose answers keep their order.
    recalls(None, None, shelf.buttons, js=EMPTIED, **QUIET)
    recalls(recall, language, shelf.buttons, preprocess=False, concurrency_limit=None, trigger_mode="multiple", **QUIET)
    controls.stop.click(stop, None, None, queue=False, trigger_mode="multiple", **QUIET)
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    page.load(open_example, None, [screen, table, *shelf.buttons], queue=False, **QUIET)
    page.unload(stop)


def _connect_settings(studio: Studio, controls: Controls, screen: gr.HTML, language: gr.Radio) -> None:
    """Presets, links and earlier runs: whatever sets several controls at once."""
    fields = controls.fields
    all_fields = [*(fields[name] for name in ORDER), controls.new_seed]

    def reopened(request: PictureRequest) -> dict[Any, Any]:
        shown: dict[Any, Any] = {fields[name]: value for name, value in fields_of(request).items()}
        return {**shown, controls.new_seed: False}

    def open_link(lang: object, query: object) -> dict[Any, Any]:
        with refusals(text_for(lang), studio.limits):
            request = studio.linked(query)
        if request is None:
            return {controls.new_seed: gr.skip()}
        return {**reopened(request), screen: gr.update(linked=studio.asked(request))}

    def use_again(lang: object, event: gr.EventData) -> dict[Any, Any]:
        with refusals(text_for(lang), studio.limits):
            request = studio.reopened(getattr(event, "query", None))
        return reopened(request)

    def apply(name: PresetName, model: object) -> dict[Any, Any]:
        return {fields[field]: value for field, value in studio.preset(name, model).items()}

    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    address = gr.Textbox(visible=False)
    # In the queue, though quick: what is not has no way to show a message.
    quick: dict[str, Any] = {"preprocess": False, "concurrency_limit": None, **QUIET}
    page.load(open_link, [language, address], [*all_fields, screen], js=TELL_QUERY, **quick)
    again: Callable[..., Any] = screen.again  # an event of the player's script
    again(use_again, language, all_fields, **quick)
    for name, button in controls.presets.items():
        chosen = [fields[field] for field in studio.preset(name)]
        button.click(partial(apply, name), fields["model"], chosen, preprocess=False, queue=False, **QUIET)


def _shown(update: Update, files: list[str], screen: gr.HTML, shelf: Shelf, table: gr.HTML) -> dict[Any, Any]:
    shown: dict[Any, Any] = {screen: update.value}
    if update.record is not None:
        shown[table] = update.record
    return shown | _filled(shelf, files) if files else shown


def _emptied(shelf: Shelf) -> dict[Any, Any]:
    return dict.fromkeys(shelf.buttons, gr.update(interactive=False))


def _filled(shelf: Shelf, files: list[str]) -> dict[Any, Any]:
    return {button: gr.update(value=file, interactive=True) for button, file in zip(shelf.buttons, files, strict=True)}


def _packed(update: Update, shelf: Shelf) -> list[str]:
    """Paths of the files that came with an update, a button each; nothing for nothing."""
    files = update.files
    if files is None:
        return []
    downloads = [files.picture, files.strip, files.animation, files.trace]
    return [_written(file, button) for file, button in zip(downloads, shelf.buttons, strict=True)]


def _written(file: Download, button: gr.DownloadButton) -> str:
    """Where a file lies once it is written.

    That is where Gradio keeps its own copies, so that it lies on the disk once, and ``delete_cache`` clears it away
    even if it never gets behind the button.
    """
    path: str = save_bytes_to_cache(file.data, file.name, button.GRADIO_CACHE)
    button.temp_files.add(path)
    return path
