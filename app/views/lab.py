"""What every view of the lab is made of: one ``gr.HTML`` with its own files, a way to ask, a way to run a show.

A view named ``branch`` has ``static/lab/branch.html``, ``.css`` and ``.js``, and its words in ``lessons/branch.py``. A
long script has parts, ``branch_*.js``; they and those of ``shared.js`` make up one function.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

import gradio as gr

from app.lab.laboratory import Laboratory
from app.labels import Labels
from app.lessons import LESSONS
from app.messages import explain
from app.player import STATIC, static_text
from app.text import Text, text_for
from app.views.wiring import MODEL_EVENTS, QUIET, refusals


def lab_table(labels: Labels) -> gr.HTML:
    """What all views read, as an invisible component: its value is the record of the last run."""
    return labels.put(
        gr.HTML, lambda text: {"words": lab_words(text)}, value=None, html_template="<span></span>",
        js_on_load=_script("table"), apply_default_css=False, padding=False, elem_id="lab-table",
        elem_classes="unseen",
    )  # fmt: skip


def lab_words(text: Text) -> dict[str, dict[str, Any]]:
    """The words of every view, and under ``rooms`` how each room is called on its tab."""
    lessons = {name: {**asdict(words[text.language]), "language": text.language} for name, words in LESSONS.items()}
    return {**lessons, "rooms": asdict(text.rooms)}


def lab_view(lab: Laboratory, name: str, *, shows: bool = False) -> gr.HTML:
    """A view, laid out where it is called.

    Args:
        lab: answers and shows.
        name: of its files and words.
        shows: whether it may start streams with ``show(kind, values)`` and end them with ``stopShow()``; its value
            then is a ``ShowValue``.
    """
    view = gr.HTML(
        None, html_template=static_text(f"lab/{name}.html"),
        css_template=static_text("lab/shared.css") + static_text(f"lab/{name}.css"), js_on_load=_script(name),
        server_functions=[_asker(lab)], apply_default_css=False, padding=False, elem_id=f"lab-{name}",
    )  # fmt: skip
    if shows:
        _connect(lab, view, name)
    return view


def _script(name: str) -> str:
    files = [*_scripts_of("shared"), *_scripts_of(name)]
    return "\n".join([f"const VIEW = {name!r};", *map(static_text, files)])


def _scripts_of(name: str) -> list[str]:
    """The script ``name`` after its parts, which only define what it then puts to work."""
    parts = sorted(f"lab/{path.name}" for path in (STATIC / "lab").glob(f"{name}_*.js"))
    return [*parts, f"lab/{name}.js"]


def _asker(lab: Laboratory) -> Callable[[object], Awaitable[dict[str, Any]]]:
    async def lab_ask(asked: object) -> dict[str, Any]:  # all arguments of the call come as one list
        kind, model, values, language = asked if isinstance(asked, list) and len(asked) == 4 else (None,) * 4
        try:
            if kind == "exhibit":
                return await asyncio.to_thread(lab.exhibit, values)
            return await lab.ask(kind, model, values)
        except Exception as error:
            return {"error": explain(error, text_for(language), lab.studio.limits)}

    return lab_ask


def _connect(lab: Laboratory, view: gr.HTML, name: str) -> None:
    page = gr.context.Context.root_block
    assert isinstance(page, gr.Blocks)

    async def run(event: gr.EventData, person: gr.Request) -> AsyncIterator[Any]:
        data = getattr(event, "_data", None)
        wish = data if isinstance(data, dict) else {}
        with refusals(text_for(wish.get("language")), lab.studio.limits):
            owner = f"{person.session_hash}/{name}"
            async for value in lab.show(wish.get("kind"), wish.get("model"), wish.get("values"), owner):
                yield value

    def halt(person: gr.Request) -> None:
        lab.studio.stop(f"{person.session_hash}/{name}")

    begins: Callable[..., Any] = view.show  # events of the view's script
    ends: Callable[..., Any] = view.halt
    begins(run, None, view, trigger_mode="multiple", **MODEL_EVENTS, **QUIET)
    ends(halt, None, None, queue=False, trigger_mode="multiple", **QUIET)
    page.unload(halt)
