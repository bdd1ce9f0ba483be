"""The log of a run: one JSON object a line, and the curves drawn from it."""

from __future__ import annotations

import contextlib
import json
import logging
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from var_core.errors import CheckpointError, TrainingError
from var_core.training.durable import write_file

logger = logging.getLogger(__name__)
# What is drawn: one panel per group that the log has anything of, log rows and validation rows together.
PANELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("loss", ("loss", "validation_loss")),
    ("accuracy", ("accuracy", "accuracy_last", "validation_accuracy")),
    ("loss by scale", ("loss_by_scale",)),
    ("accuracy by scale", ("accuracy_by_scale",)),
    ("reconstruction terms", ("reconstruction", "vq", "fidelity", "perceptual", "adversarial", "critic")),
    ("PSNR, dB", ("psnr", "validation_psnr", "validation_psnr_textures")),
    ("codes used", ("used_by_scale",)),
    ("codes idle", ("idle_codes",)),
    ("share of the codes used", ("validation_codes",)),
    ("learning rate", ("learning_rate",)),
    ("gradient norm", ("gradient_norm",)),
)


class TrainingLog:
    """``log.jsonl`` and ``training.png`` of a run's folder.

    Rows after ``step`` belong to steps that a kill undid; they are dropped, so that no step is in the log twice.

    Raises:
        TrainingError: if the disk refuses, on making one and from each method.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self.path, self.picture = folder / "log.jsonl", folder / "training.png"
        with named_refusal(self.path):
            folder.mkdir(parents=True, exist_ok=True)
            if self.path.exists():
                kept = [row for row in self.rows() if row["step"] <= step]
                text = "".join(json.dumps(row) + "\n" for row in kept)
                write_file(self.path, lambda file: file.write(text.encode()))

    def write(self, row: dict[str, Any]) -> None:
        """Appends a row, which needs a ``step``. What is not finite, as the norm of a skipped fp16 step, is null."""
        text = json.dumps({key: _finite(value) for key, value in row.items()}, allow_nan=False)
        with named_refusal(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")

    def rows(self) -> list[dict[str, Any]]:
        """All whole rows; a line that a kill cut short is passed over."""
        rows = []
        with named_refusal(self.path):
            lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict) and isinstance(row.get("step"), int):
                rows.append(row)
        return rows

    def draw(self) -> None:
        """Writes ``training.png``; without matplotlib, says so and does nothing."""
        rows = self.rows()
        try:
            with named_refusal(self.picture):
                draw_curves(rows, self.picture)
        except ImportError:
            logger.warning("matplotlib is not installed, so there is no %s.", self.picture.name)


@contextlib.contextmanager
def named_refusal(path: Path) -> Iterator[None]:
    """Says what a run's folder refuses as training says it: the path, the reason and the remedy.

    Raises:
        TrainingError: in place of an ``OSError`` or ``CheckpointError`` of the block.
    """
    try:
        yield
    except (OSError, CheckpointError) as error:
        cause = error.__cause__ if isinstance(error, CheckpointError) and error.__cause__ else error
        reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else cause
        raise TrainingError(
            f"{path} cannot be read or written ({reason}). Make room or set it right, and run the same command again."
        ) from error


def draw_curves(rows: list[dict[str, Any]], path: Path) -> None:
    """Draws the panels that the rows have values for.

    Raises:
        ImportError: if matplotlib is missing.
        CheckpointError: if the disk refuses.
    """
    from matplotlib.figure import Figure  # imported here: it is large, and only this needs it

    present = {key for row in rows for key, value in row.items() if value is not None}
    panels = [(title, [key for key in keys if key in present]) for title, keys in PANELS]
    panels = [(title, keys) for title, keys in panels if keys]
    if not panels:
        return
    columns = min(3, len(panels))
    lines = -(-len(panels) // columns)
    figure = Figure(figsize=(5 * columns, 3.2 * lines), layout="constrained")
    axes = list(figure.subplots(lines, columns, squeeze=False).flat)
    for axis in axes:
        axis.set_visible(False)
    for axis, (title, keys) in zip(axes, panels, strict=False):
        axis.set_visible(True)
        for key in keys:
            _plot(axis, [(row["step"], row[key]) for row in rows if row.get(key) is not None], key)
        axis.set_title(title)
        axis.set_xlabel("step")
        axis.grid(alpha=0.3)
        axis.legend(fontsize="x-small")
    write_file(path, lambda file: figure.savefig(file, format="png", dpi=80))


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plot(axis: Any, points: list[tuple[int, Any]], key: str) -> None:
    steps = [step for step, _ in points]
    if not isinstance(points[0][1], list):
        _curve(axis, steps, [value for _, value in points], label=key.replace("_", " "))
        return
    count = len(points[0][1])
    for index in range(count):  # one line per scale, from light to dark
        shade = 0.85 - 0.7 * index / max(1, count - 1)
        label = f"scale {index + 1}" if index in (0, count - 1) else None
        values = [math.nan if value[index] is None else value[index] for _, value in points]
        _curve(axis, steps, values, color=(shade, shade, 0.9 - 0.3 * shade), label=label)


def _curve(axis: Any, steps: list[int], values: list[float], **style: Any) -> None:
    """A line through the values; one without a neighbour, of which no line would be seen, is a dot."""
    there = [False, *map(math.isfinite, values), False]
    alone = [n for n in range(len(values)) if there[n : n + 3] == [False, True, False]]
    axis.plot(steps, values, marker="o" if alone else None, markersize=3, markevery=alone, **style)
