"""Links that reopen settings: a versioned query string, trusted no more than any other input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, cast
from urllib.parse import urlencode

from app.requests import NO_CLASS, FieldName, Limits, PictureRequest, RefusedValue

LINK_FORMAT = 1
LONGEST_VALUE = 64
KEYS: dict[FieldName, str] = {
    "class_id": "class", "guidance": "guidance", "top_k": "top_k", "top_p": "top_p", "temperature": "temperature",
    "smooth": "smooth", "seed": "seed", "count": "count", "model": "model",
}  # fmt: skip


class Linked(TypedDict):
    """What a link asks for, as the player tells it: the class by name and in Chinese, "" for none, and the seeds."""

    subject: str
    subject_zh: str
    seeds: list[int]


def query_of(request: PictureRequest) -> str:
    """The query string that reopens the settings of a request."""
    values = fields_of(request)
    texts = {KEYS[name]: str(int(value) if isinstance(value, bool) else value) for name, value in values.items()}
    return urlencode({"v": LINK_FORMAT, **texts})


def fields_of(request: PictureRequest) -> dict[FieldName, Any]:
    """The settings of a request as the controls show them: what is off is 0 again."""
    options = request.options
    return {
        "class_id": NO_CLASS if request.class_id is None else request.class_id, "guidance": options.guidance,
        "top_k": options.top_k or 0, "top_p": options.top_p or 0.0, "temperature": options.temperature,
        "smooth": options.smooth, "seed": request.seed, "count": request.count,
        "model": request.model,
    }  # fmt: skip


def request_of(query: Mapping[str, object], limits: Limits) -> PictureRequest | None:
    """The request that a link asks for; None where the query is no link of ours. What it leaves out is the default.

    Raises:
        RefusedValue: for a link of another version, or a value that cannot be used.
    """
    if "v" not in query:
        return None
    if query["v"] != str(LINK_FORMAT):
        raise RefusedValue("link", query["v"], "link", LINK_FORMAT, LINK_FORMAT)
    values = fields_of(limits.example())
    values |= {name: _parsed(name, query[key]) for name, key in KEYS.items() if key in query}
    del values["model"]  # by which the caller has chosen the limits
    return limits.request(**cast(dict[str, Any], values))


def _parsed(name: FieldName, text: object) -> object:
    """The number or switch that a text says, or the text itself, to be refused by name."""
    if not isinstance(text, str) or len(text) > LONGEST_VALUE or not text.isascii():
        return text
    if name == "smooth":
        return {"0": False, "1": True}.get(text, text)
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
