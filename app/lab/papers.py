"""Numbers: what was published about the official models, and what this project measured; read from two files.

``assets/published.json``: ``format`` 1; ``sources`` (key → cite, url, read: "direct" or "quoted"); ``models``, each
with name, params (of the transformer), depth, side, and ``figures`` (source → fid, is, precision, recall, steps, time
relative to d30); ``others`` likewise; ``validation``; ``laws`` (name, source, quantity, scales, factor, exponent:
y = (factor · N)^exponent, N in ``unit``).

``assets/measured.json``: ``format`` 1; ``groups``, each with key, ``title`` (en, zh), ``command``, ``hardware``
(en, zh), ``columns`` (key → title (en, zh)) and ``rows`` with ``label`` (en, zh), ``values`` (column → number or text)
and perhaps ``unit``. Only what is in it is shown; add rows as they are measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.lab.tasks import AskKind, FactKind, LabError, Plain, ShowKind
from app.models import Model, Models

ASSETS = Path(__file__).parent.parent.parent / "assets"
FIGURES_FORMAT = 1


def read_figures(path: Path) -> dict[str, Any]:
    """One of the two files; empty where there is none.

    Raises:
        LabError: for another format, or no JSON object.
    """
    if not path.is_file():
        return {}
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise LabError(f"{path.name} is no JSON: {error}.") from None
    if not isinstance(figures, dict) or figures.get("format") != FIGURES_FORMAT:
        raise LabError(f"{path.name} must be an object of format {FIGURES_FORMAT}.")
    return figures


def numbers(models: Models, chosen: Model) -> Plain:
    """Everything the view shows."""
    return {"published": read_figures(ASSETS / "published.json"), "measured": read_figures(ASSETS / "measured.json")}


ASKS: dict[str, AskKind] = {}
SHOWS: dict[str, ShowKind] = {}
FACTS: dict[str, FactKind] = {"numbers": numbers}
