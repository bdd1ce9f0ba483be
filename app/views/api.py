"""The named endpoints for programs: the same engine, line and checks as the page, without its components."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from gradio.events import api as endpoint

from app.studio import ScaleAnswer, Studio
from app.text import Text
from app.views.wiring import MODEL_EVENTS, refusals

GENERATE = """Generates pictures and answers once per scale, coarse to fine.

class_id: one of /classes, or null for no class. guidance 0-10 (0 is off). top_k 0-codebook size (0 is off).
top_p 0-1 (0 is off). temperature 0.1-2. smooth: true or false. seed 0-4294967295; picture i has seed + i.
count: pictures, refined together. The last answer carries the finished pictures as lossless PNG data URIs."""


def api_view(studio: Studio, text: Text) -> None:
    """Declares the endpoints."""

    async def generate(
        class_id: int | None = None,
        guidance: float = 4.0,
        top_k: int = studio.limits.default_top_k,
        top_p: float = 0.95,
        temperature: float = 1.0,
        smooth: bool = False,
        seed: int = 0,
        count: int = 1,
    ) -> AsyncIterator[ScaleAnswer]:
        with refusals(text, studio.limits):
            request = studio.request(
                class_id=class_id, guidance=guidance, top_k=top_k, top_p=top_p, temperature=temperature,
                smooth=smooth, count=count, seed=seed, new_seed=False,
            )  # fmt: skip
            async for answer in studio.answers(request):
                yield answer

    def classes() -> list[dict[str, Any]]:
        return [dict(answer) for answer in studio.classes()]

    # Gradio reads the schema of an answer off the annotation, which for a stream is that of its items.
    generate.__annotations__["return"] = dict[str, Any]
    classes.__annotations__["return"] = list[dict[str, Any]]
    endpoint(generate, api_name="generate", api_description=GENERATE, **MODEL_EVENTS)
    endpoint(classes, api_name="classes", api_description="The classes of the model.", concurrency_limit=None)
