"""The named endpoints for programs: the same engine, line and checks as the page, without its components.

Their refusals are plain text: no page shows them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from gradio.events import api as endpoint

from app.links import fields_of
from app.studio import Studio
from app.text import Text
from app.views.wiring import MODEL_EVENTS, refusals

SAMPLING = """class_id: one of /classes, or null for no class. guidance 0-10 (0 is off). top_k 0 to codebook size
(0 is off). top_p 0-1 (0 is off). temperature 0.1-2. smooth: true or false. seed 0-4294967295; picture i has seed + i.
count: pictures, refined together. model: one of /models that is here; "" is the server's first."""
GENERATE = f"""Generates pictures and answers once per scale, coarse to fine.

{SAMPLING}
The last answer carries the finished pictures as lossless PNG data URIs."""
RECONSTRUCT = """Sends a picture through the tokenizer and answers once per scale, coarse to fine, with the PSNR (dB).

picture: a data URI (or plain base64) of a PNG, JPEG, WebP, GIF, BMP or TIFF file, at most 20 MB and 16 million pixels;
its centre square is used. model: one of /models that is here; "" is the server's first."""
EDIT = f"""Draws part of a picture again and keeps the rest; answers once per scale, coarse to fine.

picture: as for /reconstruct. box: [top, left, bottom, right] as fractions 0-1, what is drawn again. outside: keep the
box and draw the rest instead.
{SAMPLING}
The last answer carries the finished pictures as lossless PNG data URIs."""
CLASSES = """The classes of a model, with English and Chinese names. model: one of /models; "" is the server's first."""
MODELS = """The models of this server: which are here, what they make, and what would have to be fetched."""


def api_view(studio: Studio, text: Text) -> None:
    """Declares the endpoints."""
    # What a caller leaves out is what the page opens with.
    opening = fields_of(studio.limits.example())

    async def generate(
        class_id: int | None = None, guidance: float = opening["guidance"], top_k: int = opening["top_k"],
        top_p: float = opening["top_p"], temperature: float = opening["temperature"],
        smooth: bool = opening["smooth"], seed: int = 0, count: int = 1, model: str = "",
    ) -> AsyncIterator[Any]:  # fmt: skip
        with refusals(text, studio.limits_of(model), say=str):
            request = studio.request(
                class_id=class_id, guidance=guidance, top_k=top_k, top_p=top_p, temperature=temperature,
                smooth=smooth, count=count, seed=seed, new_seed=False, model=model,
            )  # fmt: skip
            async for answer in studio.answers(request):
                yield answer

    async def reconstruct(picture: str, model: str = "") -> AsyncIterator[Any]:
        with refusals(text, studio.limits, say=str):
            async for answer in studio.reconstruction(picture, model):
                yield answer

    async def edit(
        picture: str, box: list[float], outside: bool = False, class_id: int | None = None,
        guidance: float = opening["guidance"], top_k: int = opening["top_k"], top_p: float = opening["top_p"],
        temperature: float = opening["temperature"], smooth: bool = opening["smooth"], seed: int = 0, count: int = 1,
        model: str = "",
    ) -> AsyncIterator[Any]:  # fmt: skip
        with refusals(text, studio.limits_of(model), say=str):
            request = studio.request(
                class_id=class_id, guidance=guidance, top_k=top_k, top_p=top_p, temperature=temperature,
                smooth=smooth, count=count, seed=seed, new_seed=False, model=model,
            )  # fmt: skip
            async for answer in studio.edit(request, picture, box, outside):
                yield answer

    def classes(model: str = "") -> list[dict[str, Any]]:
        with refusals(text, studio.limits, say=str):
            return [dict(answer) for answer in studio.classes(model)]

    def models() -> list[dict[str, Any]]:
        return [dict(answer) for answer in studio.model_list()]

    # Gradio reads the schema of an answer off the annotation, which for a stream is that of its items.
    for stream, description in ((generate, GENERATE), (reconstruct, RECONSTRUCT), (edit, EDIT)):
        stream.__annotations__["return"] = dict[str, Any]
        endpoint(stream, api_name=stream.__name__, api_description=description, **MODEL_EVENTS)
    for listing, description in ((classes, CLASSES), (models, MODELS)):
        listing.__annotations__["return"] = list[dict[str, Any]]
        endpoint(listing, api_name=listing.__name__, api_description=description, concurrency_limit=None)
