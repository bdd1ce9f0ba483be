"""Errors → what a person reads: the only place that decides how much of an error leaves the server.

Refusals are told in full, in the reader's language. An unexpected error leaves only a note number, under which the
log has the rest. Texts are returned plain; whoever shows them as HTML escapes them.
"""

from __future__ import annotations

import html
import logging
import secrets

from app.requests import FieldName, Limits, RefusedValue
from app.run import Busy, NotLent, OutOfMemory, TimedOut
from app.text import Text, reason
from var_core.errors import CheckpointError, DownloadError, EditingError, VarError

log = logging.getLogger(__name__)


def explain(error: Exception, text: Text, limits: Limits) -> str:
    """One or two sentences about an error: what was received, what is allowed, what to do."""
    if isinstance(error, RefusedValue):
        return _refusal(error, text, limits)
    if isinstance(error, Busy):
        return text.busy
    if isinstance(error, TimedOut):
        return text.timed_out
    if isinstance(error, OutOfMemory):
        return text.out_of_memory
    if isinstance(error, NotLent):
        return text.not_lent.format(reason=reason(error, text))
    if isinstance(error, EditingError):
        return text.refused_picture.format(reason=reason(error, text))
    if isinstance(error, VarError) and not isinstance(error, CheckpointError | DownloadError):
        return text.model_error.format(reason=reason(error, text))
    note = secrets.token_hex(3)
    log.error("note %s", note, exc_info=error)
    return text.unexpected.format(note=note)


def as_html(message: str) -> str:
    """The message for where Gradio renders HTML."""
    return html.escape(message, quote=False)


def _refusal(error: RefusedValue, text: Text, limits: Limits) -> str:
    if error.kind == "class":
        ids = [str(label.class_id) for label in limits.config.classes[:5]]
        return text.refused_class.format(
            count=len(limits.config.classes), known=", ".join(ids), received=error.received
        )
    if error.kind == "link":
        return text.refused_link.format(known=f"{error.high:.10g}", received=error.received)
    if error.kind == "model":
        return text.refused_model.format(received=error.received)
    sentence = {"whole": text.refused_whole, "real": text.refused_number, "switch": text.refused_switch}
    return sentence[error.kind].format(
        name=_names(text)[error.field], low=f"{error.low:.10g}", high=f"{error.high:.10g}", received=error.received
    )


def _names(text: Text) -> dict[FieldName, str]:
    return {
        "class_id": text.class_label, "guidance": text.guidance, "top_k": text.top_k, "top_p": text.top_p,
        "temperature": text.temperature, "smooth": text.smooth, "seed": text.seed, "count": text.count,
        "link": text.player.link, "model": text.model,
    }  # fmt: skip
