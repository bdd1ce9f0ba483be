"""A finished run → the files that a person can take away."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.pictures import png
from app.requests import PictureRequest
from app.run import ScaleDone
from var_core.images import SETTINGS_FORMAT, contact_sheet, save_animation
from var_core.trace import RunSettings, record


@dataclass(frozen=True, slots=True)
class Download:
    """A file by name and content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Files:
    """Everything that a run leaves.

    Attributes:
        picture: PNG, the finished pictures side by side, knowing how it was made.
        strip: PNG, all scales from left to right, a row a picture, knowing the same.
        animation: WebP, the scales one after the other.
        trace: ZIP of the two files of a ``Trace``.
    """

    picture: Download
    strip: Download
    animation: Download
    trace: Download


def pack(request: PictureRequest, scales: Sequence[ScaleDone], model: str, precision: str) -> Files:
    """All files of a run that has finished."""
    settings = {
        "format": SETTINGS_FORMAT, "classes": [request.class_id], "seeds": request.seeds,
        "options": request.options.to_dict(), "model": model, "precision": precision,
    }  # fmt: skip
    subject = "no-class" if request.class_id is None else f"class-{request.class_id}"
    name = f"var-{subject}-seed-{request.seed}"
    sheets = [contact_sheet(scale.pixels) for scale in scales]
    columns = [contact_sheet(scale.pixels, columns=1) for scale in scales]
    run = RunSettings(model, precision, tuple(request.class_ids), tuple(request.seeds), request.options)
    with tempfile.TemporaryDirectory(prefix="var-demo-") as folder:
        place = Path(folder)
        save_animation(place / "scales.webp", sheets)
        record(run, [scale.step for scale in scales]).save(place / "trace")
        return Files(
            Download(f"{name}.png", png(sheets[-1], settings)),
            Download(f"{name}-scales.png", png(np.concatenate(columns, axis=1), settings)),
            Download(f"{name}.webp", (place / "scales.webp").read_bytes()),
            Download(f"{name}-trace.zip", _zipped(place / "trace")),
        )


def _zipped(folder: Path) -> bytes:
    """The files of a folder, dated alike, so that the same run gives the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return file.getvalue()
