"""The first tab: choose, generate, and watch the scales arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from app.labels import Labels
from app.player import player, player_words
from app.requests import MAX_GUIDANCE, NO_CLASS, TEMPERATURES, FieldName
from app.studio import Download, Studio
from app.text import Text, text_for
from app.views.wiring import MODEL_EVENTS, QUIET, refusals


@dataclass(frozen=True, slots=True)
class Controls:
    """What a person sets."""

    fields: dict[FieldName, gr.components.Component]
    new_seed: gr.Checkbox
    generate: gr.Button
    stop: gr.Button


def generate_view(studio: Studio, labels: Labels, language: gr.Radio) -> None:
    """Lays the tab out and connects it."""
    with gr.Row(elem_classes="studio"):
        with gr.Column(scale=2, min_width=300, elem_classes="controls"):
            controls = _controls(studio, labels)
        with gr.Column(scale=3, min_width=300, elem_classes="stage"):
            screen = labels.put(player, lambda text: {"words": player_words(text.player)}, elem_id="player")
            download = labels.put(
                gr.DownloadButton, lambda text: {"label": text.download}, elem_id="download", size="sm",
                interactive=False,
            )  # fmt: skip
    _connect(studio, controls, screen, download, language)


def _controls(studio: Studio, labels: Labels) -> Controls:
    limits, put = studio.limits, labels.put
    fields: dict[FieldName, gr.components.Component] = {}
    fields["class_id"] = put(
        gr.Dropdown, lambda text: {
            "label": text.class_label, "info": text.class_hint, "choices": _choices(studio, text),
        },
        value=studio.config.classes[0].class_id, filterable=True, elem_id="class",
    )  # fmt: skip
    fields["guidance"] = put(
        gr.Slider, lambda text: {"label": text.guidance, "info": text.guidance_hint},
        minimum=0, maximum=MAX_GUIDANCE, step=0.1, value=4, elem_id="guidance",
    )  # fmt: skip
    fields["count"] = put(
        gr.Slider, lambda text: {"label": text.count},
        minimum=1, maximum=limits.max_batch, step=1, value=1, elem_id="count", visible=limits.max_batch > 1,
    )  # fmt: skip
    with gr.Row(elem_classes="actions"):
        generate = put(
            gr.Button, lambda text: {"value": text.generate}, variant="primary", elem_id="generate", min_width=120
        )
        stop = put(gr.Button, lambda text: {"value": text.stop}, elem_id="stop", min_width=80)
    more = put(gr.Accordion, lambda text: {"label": text.more}, open=False, elem_id="more", elem_classes="more")
    with more:
        fields["seed"] = put(
            gr.Number, lambda text: {"label": text.seed, "info": text.seed_hint}, value=0, elem_id="seed"
        )
        new_seed = put(gr.Checkbox, lambda text: {"label": text.new_seed}, value=True, elem_id="new-seed")
        fields["top_k"] = put(
            gr.Slider, lambda text: {"label": text.top_k, "info": text.top_k_hint},
            minimum=0, maximum=limits.codebook_size, step=1, value=limits.default_top_k, elem_id="top-k",
        )  # fmt: skip
        fields["top_p"] = put(
            gr.Slider, lambda text: {"label": text.top_p, "info": text.top_p_hint},
            minimum=0, maximum=1, step=0.01, value=0.95, elem_id="top-p",
        )  # fmt: skip
        fields["temperature"] = put(
            gr.Slider, lambda text: {"label": text.temperature, "info": text.temperature_hint},
            minimum=TEMPERATURES[0], maximum=TEMPERATURES[1], step=0.05, value=1, elem_id="temperature",
        )  # fmt: skip
        fields["smooth"] = put(
            gr.Checkbox, lambda text: {"label": text.smooth, "info": text.smooth_hint}, value=False, elem_id="smooth"
        )
    return Controls(fields, new_seed, generate, stop)


def _connect(
    studio: Studio, controls: Controls, screen: gr.HTML, download: gr.DownloadButton, language: gr.Radio
) -> None:
    fields = controls.fields

    async def develop(
        class_id: object, guidance: object, top_k: object, top_p: object, temperature: object, smooth: object,
        count: object, seed: object, new_seed: object, lang: object, person: gr.Request,
    ) -> AsyncIterator[dict[Any, Any]]:  # fmt: skip
        with refusals(text_for(lang), studio.limits):
            request = studio.request(
                class_id=class_id, guidance=guidance, top_k=top_k, top_p=top_p, temperature=temperature,
                smooth=smooth, count=count, seed=seed, new_seed=new_seed,
            )  # fmt: skip
            yield {fields["seed"]: request.seed, download: gr.update(interactive=False)}
            async for update in studio.updates(request, person.session_hash or ""):
                shown: dict[Any, Any] = {screen: update.value}
                if update.download is not None:
                    shown[download] = _offered(update.download, download)
                yield shown

    async def open_example() -> dict[Any, Any]:
        update = await studio.example()
        shown: dict[Any, Any] = {screen: update.value}
        if update.download is not None:
            shown[download] = _offered(update.download, download)
        return shown

    def stop(person: gr.Request) -> None:
        studio.stop(person.session_hash or "")

    order: tuple[FieldName, ...] = (
        "class_id", "guidance", "top_k", "top_p", "temperature", "smooth", "count", "seed",
    )  # fmt: skip
    # Values come raw (preprocess=False): one validation, ours, meets them wherever they are from.
    controls.generate.click(
        develop, [*(fields[name] for name in order), controls.new_seed, language],
        [screen, fields["seed"], download], preprocess=False, trigger_mode="multiple", **MODEL_EVENTS, **QUIET,
    )  # fmt: skip
    controls.stop.click(stop, None, None, queue=False, trigger_mode="multiple", **QUIET)
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)
    page.load(open_example, None, [screen, download], queue=False, **QUIET)
    page.unload(stop)


def _offered(picture: Download, button: gr.DownloadButton) -> dict[str, Any]:
    """The button with a picture behind it.

    The file is written where Gradio keeps its own copies, so that it lies on the disk once and ``delete_cache``
    clears it away.
    """
    path = save_bytes_to_cache(picture.data, picture.name, button.GRADIO_CACHE)
    return gr.update(value=path, interactive=True)


def _choices(studio: Studio, text: Text) -> list[tuple[str, int | str]]:
    named = [(f"{label.name} ({label.class_id})", label.class_id) for label in studio.config.classes]
    return [*named, (text.no_class, NO_CLASS)]
