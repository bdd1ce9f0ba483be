"""What all views share when they connect events."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from app.messages import as_html, explain
from app.requests import Limits
from app.text import Text

# Everything that reaches the model shares one id. Gradio's own limit is off: the engine keeps the line, because
# it can tell people where they stand and refuse them in their language.
MODEL_EVENTS: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": None}
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@contextlib.contextmanager
def refusals(text: Text, limits: Limits, say: Callable[[str], str] = as_html) -> Iterator[None]:
    """Turns every error of the block into one that Gradio shows to the person who asked.

    Args:
        text: of their language.
        limits: what values may be.
        say: from the message to what is shown; a page renders HTML.
    """
    try:
        yield
    except Exception as error:
        message = say(explain(error, text, limits))
        raise gr.Error(message, title=text.error_title, print_exception=False) from None
