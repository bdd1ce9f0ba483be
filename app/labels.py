"""Components whose words can change: built in one language, re-worded in another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.blocks import Block

from app.text import Text

C = TypeVar("C", bound=Block)
Words = Callable[[Text], dict[str, Any]]


class Labels:
    """Remembers, for each component, how its words follow from a ``Text``.

    Args:
        text: the language that the page opens in.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        self.components: list[Block] = []
        self._words: list[Words] = []

    def put(self, build: Callable[..., C], words: Words, **fixed: Any) -> C:
        """Builds a component from its words and everything that no language changes."""
        component = build(**words(self.text), **fixed)
        self.components.append(component)
        self._words.append(words)
        return component

    def updates(self, text: Text) -> list[dict[str, Any]]:
        """One update per component, in the order of ``components``."""
        return [gr.update(**words(text)) for words in self._words]
