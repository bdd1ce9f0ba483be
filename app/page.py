"""The page: heading, language, tabs."""

from __future__ import annotations

import html
from typing import Any

import gradio as gr

from app.labels import Labels
from app.studio import Studio
from app.text import TEXTS, Language, Text, text_for
from app.views.api import api_view
from app.views.generate import generate_view
from app.views.wiring import QUIET

CACHE_SECONDS = 3600
TELL_LANGUAGE = "(lang) => { document.documentElement.lang = lang; }"
LANGUAGES = [("English", "en"), ("中文", "zh")]


def build_page(studio: Studio, lang: Language) -> gr.Blocks:
    """The whole page over a studio, opening in a language."""
    labels = Labels(TEXTS[lang])
    with gr.Blocks(
        title=labels.text.title, analytics_enabled=False, delete_cache=(CACHE_SECONDS, CACHE_SECONDS)
    ) as blocks:
        page: gr.Blocks = blocks
        with gr.Row(elem_classes="masthead"):
            labels.put(gr.HTML, lambda text: {"value": _heading(text)}, elem_classes="heading", padding=False)
            language = labels.put(
                gr.Radio, lambda text: {"label": text.language_label}, choices=LANGUAGES, value=lang,
                elem_id="language", container=False, show_label=False, min_width=120, scale=0,
            )  # fmt: skip
        generate_view(studio, labels, language)
        labels.put(gr.HTML, lambda text: {"value": _note(studio, text)}, elem_classes="note", padding=False)
        api_view(studio, labels.text)

        def reword(value: object) -> list[dict[str, Any]]:
            return labels.updates(text_for(value))

        for told in (blocks.load, language.change):
            told(None, language, None, js=TELL_LANGUAGE, queue=False, **QUIET)
        language.input(reword, language, labels.components, preprocess=False, queue=False, **QUIET)
    return page


def _heading(text: Text) -> str:
    return f"<h1>{html.escape(text.heading)}</h1><p>{html.escape(text.lede)}</p>"


def _note(studio: Studio, text: Text) -> str:
    config = studio.config
    note = text.model_note.format(
        name=config.name, scales=config.schedule.num_scales, tokens=config.schedule.num_tokens,
        side=config.image_side, classes=len(config.classes),
    )  # fmt: skip
    return f"<p>{html.escape(note)}</p>"
