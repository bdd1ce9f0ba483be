"""What a model saw in training, as far as this server knows."""

from __future__ import annotations

from pathlib import Path

from app.models import Model
from var_core.models import EMBEDDED, embedded_folder
from var_core.registry import OFFICIAL_MODELS


def seen_by(model: Model) -> str:
    """One of "drawings", "photographs" and "unknown".

    Only the embedded model is known to have seen nothing but drawings; one trained here may share its name.
    """
    source = Path(model.source)
    if model.source in EMBEDDED or source.resolve() in {embedded_folder(name).resolve() for name in EMBEDDED}:
        return "drawings"
    return "photographs" if model.published or model.name in OFFICIAL_MODELS else "unknown"
