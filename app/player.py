"""The canvas player: a ``gr.HTML`` that draws frames in the browser, in order, and replays them without a call.

Its value is a ``PlayerValue``; only what is new travels on the wire. Markup, style and script are real files in
``static``; words arrive as a property, so that the language can change under a picture, and so does ``linked``, what a
link asks for that nobody has made yet. (A function and not a subclass: Gradio writes a ``.pyi`` file beside every
subclass that it meets.)
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr

from app.text import PlayerWords

STATIC = Path(__file__).parent / "static"
SCRIPTS = (  # one body, in this order
    "player.js", "player_arriving.js", "player_playing.js", "player_closer.js", "player_history.js", "player_start.js",
)  # fmt: skip


def player(words: dict[str, str], **options: Any) -> gr.HTML:
    """A player without pictures; ``words`` is what it says by itself."""
    return gr.HTML(
        None,
        html_template=static_text("player.html"),
        css_template=static_text("player.css"),
        js_on_load="\n".join(map(static_text, SCRIPTS)),
        apply_default_css=False,
        padding=False,
        words=words,
        linked=None,
        **options,
    )


def player_words(words: PlayerWords) -> dict[str, str]:
    """The words as the script wants them."""
    return asdict(words)


def static_text(name: str) -> str:
    """One of our files for the browser."""
    return (STATIC / name).read_text(encoding="utf-8")
