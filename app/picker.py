"""The class picker: a combobox that finds a class by its name in English or Chinese, by its number, or misspelt.

Its value is a class id or ``"none"``. Markup, style and script are files in ``static``, as for the player.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import gradio as gr

from app.player import static_text
from app.text import PickerWords


def picker(
    words: dict[str, str], entries: list[tuple[int, str, str]], sights: dict[str, str], *, value: int | str,
    find: Callable[[object, object], list[int]], **options: Any,
) -> gr.HTML:  # fmt: skip
    """A picker.

    Args:
        words: what it says.
        entries: id, English and Chinese name of every class.
        sights: data URIs of small pictures by class id as text, to choose some classes at sight.
        value: the class chosen at first.
        find: what is typed and the name of a model → ids, best first; called without a queue, must be quick.
        options: for ``gr.HTML``.
    """

    def find_classes(asked: object) -> list[int]:  # all arguments of the call come as one list
        return find(*asked) if isinstance(asked, list) and len(asked) == 2 else []

    return gr.HTML(
        value,
        html_template=static_text("picker.html"),
        css_template=static_text("picker.css"),
        js_on_load=static_text("picker.js"),
        apply_default_css=False,
        padding=False,
        server_functions=[find_classes],
        words=words,
        entries=entries,
        sights=sights,
        **options,
    )


def picker_words(words: PickerWords) -> dict[str, str]:
    """The words as the script wants them."""
    return asdict(words)
