"""The page: heading, language, tabs."""

from __future__ import annotations

import html
import json
from typing import Any, Literal

import gradio as gr

from app.lab.laboratory import Laboratory
from app.labels import Labels
from app.studio import Studio
from app.text import TEXTS, Language, Text, text_for
from app.views.api import api_view
from app.views.generate import generate_view
from app.views.lab import lab_table, lab_view
from app.views.models import about_of, note_of
from app.views.wiring import QUIET

CACHE_SECONDS = 3600
# What the person chose last time; else, where the page may follow the browser, the first of its languages we speak.
GUESS_LANGUAGE = """(lang, model) => {
  let chosen = null;
  try { chosen = localStorage.getItem('var-demo-language'); } catch (error) { /* storage is off */ }
  const spoken = FOLLOWS ? navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()) : [];
  const language = [chosen, ...spoken].find((tag) => tag === 'en' || tag === 'zh') || lang;
  document.documentElement.lang = language;
  document.title = TITLES[language];
  return [language, model];
}"""
REMEMBER_LANGUAGE = """(lang, model) => {
  document.documentElement.lang = lang;
  document.title = TITLES[lang];
  try { localStorage.setItem('var-demo-language', lang); } catch (error) { /* storage is off */ }
  return [lang, model];
}"""
TITLES = json.dumps({language: text.title for language, text in TEXTS.items()}, ensure_ascii=False)
LANGUAGES = [("English", "en"), ("中文", "zh")]
RoomName = Literal["generate", "story", "anatomy", "inspect", "branch", "picture", "compare", "papers"]
# The views of the lab in their order, and whether they run the model by themselves.
LAB_ROOMS: dict[RoomName, bool] = {
    "story": True, "anatomy": False, "inspect": False, "branch": True, "picture": True, "compare": True,
    "papers": False,
}  # fmt: skip


def build_page(studio: Studio, lang: Language | None) -> gr.Blocks:
    """The whole page over a studio, opening in a language; None follows the browser."""
    labels = Labels(TEXTS[lang or "en"])
    with gr.Blocks(
        title=labels.text.title, analytics_enabled=False, delete_cache=(CACHE_SECONDS, CACHE_SECONDS)
    ) as blocks:
        page: gr.Blocks = blocks
        with gr.Row(elem_classes="masthead"):
            labels.put(gr.HTML, lambda text: {"value": _heading(text)}, elem_classes="heading", padding=False)
            language = labels.put(
                gr.Radio, lambda text: {"label": text.language_label}, choices=LANGUAGES, value=labels.text.language,
                elem_id="language", container=False, show_label=False, min_width=120, scale=0,
            )  # fmt: skip
        table = lab_table(labels)
        lab = Laboratory(studio)
        with gr.Tabs(elem_id="rooms"):
            with _room(labels, "generate"):
                choice, about = generate_view(studio, labels, language, table)
            for name, shows in LAB_ROOMS.items():
                with _room(labels, name):
                    lab_view(lab, name, shows=shows)
        api_view(studio, labels.text)

        worded = [*labels.components, choice.note, about]

        def reword(value: object, name: object) -> list[Any]:
            text, model = text_for(value), studio.models.get(name) or studio.models.first
            return [*labels.updates(text), note_of(studio, name, text), about_of(model, text)]

        def greet(value: object, name: object) -> Any:
            if text_for(value) is labels.text:
                return gr.skip()
            return [value, *reword(value, name)]

        guess = GUESS_LANGUAGE.replace("FOLLOWS", "true" if lang is None else "false").replace("TITLES", TITLES)
        remember = REMEMBER_LANGUAGE.replace("TITLES", TITLES)
        untouched: dict[str, Any] = {"preprocess": False, "queue": False, **QUIET}
        blocks.load(greet, [language, choice.name], [language, *worded], js=guess, **untouched)
        language.input(reword, [language, choice.name], worded, js=remember, **untouched)
    return page


def _room(labels: Labels, name: RoomName) -> gr.Tab:
    return labels.put(gr.Tab, lambda text: {"label": getattr(text.rooms, name)}, id=name, elem_id=f"room-{name}")


def _heading(text: Text) -> str:
    return f"<h1>{html.escape(text.heading)}</h1><p>{html.escape(text.lede)}</p>"
