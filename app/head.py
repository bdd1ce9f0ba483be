"""What the page says about itself where Gradio leaves no room: the tags for previews, and the title of an error.

Gradio's page brings its own ``og:`` and ``twitter:`` tags, name and picture included, before ours; and its script
(6.31) calls every error "Error", whatever title and language it was raised with, gives the menu of tabs no name, and
names its own controls in English for screen readers.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

from app.text import TEXTS, Text

PREVIEW_TAGS = re.compile(rb'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')
# Gradio's names and ours; {name} is the label of the field.
NAMES = {
    "More tabs": "more_tabs", "Reset to default value": "reset", "number input for {name}": "number_input",
    "range slider for {name}": "range_slider",
}  # fmt: skip
SCRIPT = Path(__file__).parent / "static" / "names.js"
CHARSET = b'<meta charset="utf-8" />'


class OwnPreview:
    """ASGI middleware: whatever preview tags a page has are replaced by ours, once each.

    Args:
        app: what answers.
        text: the language of the tags.
    """

    def __init__(self, app: Any, text: Text) -> None:
        self._app, self._tags = app, preview_tags(text)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or "gradio_api" in scope["path"]:
            await self._app(scope, receive, send)
            return
        start: dict[str, Any] = {}
        body = bytearray()

        async def hold(message: dict[str, Any]) -> None:
            """Keeps a page until it is whole; anything else goes on as it comes."""
            if message["type"] == "http.response.start" and _is_page(message):
                start.update(message)
            elif message["type"] != "http.response.body" or not start:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    page = PREVIEW_TAGS.sub(b"", bytes(body)).replace(CHARSET, CHARSET + self._tags, 1)
                    headers = [(key, value) for key, value in start["headers"] if key.lower() != b"content-length"]
                    headers.append((b"content-length", str(len(page)).encode()))
                    await send({**start, "headers": headers})
                    await send({**message, "body": page})

        await self._app(scope, receive, hold)


def preview_tags(text: Text) -> bytes:
    """The tags by which other sites show a link to the page."""
    tags = {"og:title": text.title, "og:description": text.lede, "og:type": "website"}
    lines = [f'<meta property="{name}" content="{html.escape(value)}" />' for name, value in tags.items()]
    return "\n".join(["", *lines, '<meta name="twitter:card" content="summary" />']).encode()


def own_words() -> str:
    """A style that puts our words where Gradio's are fixed, in the language of the page.

    Every error gets its title, and the menu of the tabs that find no room its name.
    """
    lines = [
        ".toast-title.error { visibility: hidden; font-size: 0 !important; }",
        ".toast-title.error::before { visibility: visible; font-size: var(--text-lg); }",
        "#rooms .overflow-menu > button::before { margin-inline-end: 0.4em; }",
    ]
    for language, text in TEXTS.items():
        named = {".toast-title.error": text.error_title, "#rooms .overflow-menu > button": text.more_rooms}
        for place, words in named.items():
            lines.append(f"html[lang={language}] {place}::before {{ content: {_quoted(words)}; }}")
    return "\n".join(lines)


def own_names() -> str:
    """A script, in its tag, that names Gradio's own controls in the language of the page."""
    names = {
        language: {theirs: getattr(text, ours) for theirs, ours in NAMES.items()} for language, text in TEXTS.items()
    }
    script = SCRIPT.read_text(encoding="utf-8").replace("NAMES[", f"{json.dumps(names, ensure_ascii=False)}[")
    return f"<script>\n{script}</script>"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _is_page(start: dict[str, Any]) -> bool:
    kind = dict(start["headers"]).get(b"content-type", b"")
    return bool(kind.startswith(b"text/html"))
