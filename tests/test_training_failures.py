"""Whatever fails beside a step (a sheet, the log, a figure) costs no step, is said in a line, and lets the run end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_support import CLASSES, SCHEDULE, SIZES, TOKENIZER, assert_same_run, saved, train_small_transformer

from var_core.errors import TrainingError, VarError
from var_core.training import sample_grid
from var_core.training.log import TrainingLog, draw_curves
from var_core.training.model_source import fresh_model
from var_core.training.tokenizer_source import new_tokenizer
from var_core.training.transformer_loop import TransformerLearner

TESTS = Path(__file__).parent
FAILING_RUNS = {
    "training": """
from training_support import train_small_tokenizer
from var_core.training.tokenizer_loop import TokenizerLearner
def fail(*values, **named):
    raise ZeroDivisionError
TokenizerLearner.step = fail
train_small_tokenizer(Path(sys.argv[1]), 4, workers=1)
""",
    "encoding": """
from training_support import SCHEDULE, TOKENIZER, NoisePictures
from var_core.training.token_cache import encode_pictures
from var_core.training.tokenizer_source import new_tokenizer
tokenizer = new_tokenizer(TOKENIZER, SCHEDULE, seed=0)
encode_pictures(tokenizer, NoisePictures(90), Path(sys.argv[1]), workers=1, progress=lambda done, total: 1 // 0)
""",
}


@pytest.mark.parametrize("name", list(FAILING_RUNS))
def test_a_run_that_fails_beside_a_worker_ends(tmp_path: Path, name: str) -> None:
    script = "import sys\nfrom pathlib import Path\n" + FAILING_RUNS[name]
    environment = {
        **os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])
    }  # fmt: skip
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stderr=said, env=environment, start_new_session=True
        )
    try:
        code = process.wait(timeout=90)
    finally:
        if process.poll() is None:  # its worker would outlive it
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    text = (tmp_path / "said").read_text()
    assert code == 1, text
    assert "ZeroDivisionError" in text


def full(*_values: object, **_named: object) -> None:
    raise OSError(28, "No space left on device")


def fail_in(method: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(TransformerLearner, method, full)


def fail_in_writing_the_log(patch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def open_all_but_the_log(path: Path, *values: Any, **named: Any) -> Any:
        return full() if path.name == "log.jsonl" else opened(path, *values, **named)

    patch.setattr(Path, "open", open_all_but_the_log)


@pytest.mark.parametrize(
    ("fail", "kind", "words"),
    [
        (fail_in("draw"), TrainingError, "step-00000002.png cannot be .*No space left on device.*Make room"),
        (fail_in_writing_the_log, TrainingError, "log.jsonl cannot be .*No space left on device.*Make room"),
        (fail_in("validate"), OSError, "No space left"),
    ],
    ids=["sheet", "log", "validation"],
)
def test_what_fails_after_a_step_costs_no_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail: Callable[[pytest.MonkeyPatch], None],
    kind: type[Exception], words: str,
) -> None:  # fmt: skip
    fail(monkeypatch)
    with pytest.raises(kind, match=words):
        train_small_transformer(tmp_path, 9, log_every=2, validate_every=2, save_every=0)
    assert saved(tmp_path)[0]["step"] == 2


@pytest.mark.parametrize("method", ["validate", "draw"])
def test_a_kill_while_samples_are_drawn_costs_nothing_that_was_due_to_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    class Killed(BaseException):
        """Stands for SIGKILL: nothing may catch it."""

    def die(*_values: object) -> None:
        raise Killed

    monkeypatch.setattr(TransformerLearner, method, die)
    with pytest.raises(Killed):
        train_small_transformer(tmp_path, 9, validate_every=2, save_every=2)
    assert saved(tmp_path)[0]["step"] == 2


def test_looking_at_a_run_changes_nothing_of_it(tmp_path: Path) -> None:
    for every in (0, 1):
        train_small_transformer(tmp_path / str(every), 3, validate_every=every)
    assert_same_run(tmp_path / "0", tmp_path / "1")


def refused_start(folder: Path) -> None:
    (folder / "log.jsonl").mkdir()
    TrainingLog(folder, 0)


def refused_row(folder: Path) -> None:
    log = TrainingLog(folder, 0)
    log.path.mkdir()
    log.write({"step": 1, "loss": 1.0})


def refused_curves(folder: Path) -> None:
    pytest.importorskip("matplotlib")
    log = TrainingLog(folder, 0)
    log.write({"step": 1, "loss": 1.0})
    (log.picture / "occupied").mkdir(parents=True)
    log.draw()


@pytest.mark.parametrize(
    ("act", "name"),
    [(refused_start, "log.jsonl"), (refused_row, "log.jsonl"), (refused_curves, "training.png")],
)
def test_a_log_that_the_disk_refuses_names_path_reason_and_remedy(
    tmp_path: Path, act: Callable[[Path], None], name: str
) -> None:
    with pytest.raises(TrainingError, match=rf"{name} cannot be read or written \(Is a directory\)\. .* run the same"):
        act(tmp_path)


def test_a_sheet_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_short(target: Any, _pixels: np.ndarray) -> None:
        with target.open("wb") if isinstance(target, Path) else target as file:
            file.write(b"half a picture")
            full()

    tokenizer = new_tokenizer(TOKENIZER, SCHEDULE, seed=0)
    start = fresh_model(SIZES, tokenizer, CLASSES, name="tiny", alng=1e-3, seed=0)
    monkeypatch.setattr(sample_grid, "save_png", cut_short)
    with pytest.raises(VarError, match="No space left"):
        sample_grid.draw_samples(start.transformer, tokenizer, 2.0, tmp_path / "samples" / "sheet.png")
    assert list((tmp_path / "samples").iterdir()) == []


def test_a_figure_that_is_no_number_is_null_in_the_log_and_no_point_of_the_curves(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path, 0)
    for step, norm in enumerate((1.0, float("inf"), 2.0), 1):
        log.write({"step": step, "gradient_norm": norm, "loss_by_scale": [0.5, float("nan")]})
    assert not {"Infinity", "NaN"} & set(log.path.read_text().replace(",", " ").replace("]", " ").split())
    assert [row["gradient_norm"] for row in log.rows()] == [1.0, None, 2.0]
    assert [row["loss_by_scale"] for row in log.rows()] == [[0.5, None]] * 3
    pytest.importorskip("matplotlib")
    log.draw()
    assert log.picture.is_file()


def test_a_value_without_a_neighbour_is_a_dot_of_the_curves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = pytest.importorskip("matplotlib.figure")
    drawn: list[Any] = []
    monkeypatch.setattr(figure.Figure, "savefig", lambda self, file, **_named: drawn.extend(self.axes))
    gaps = [0.5, None, 0.4, 0.3]
    rows = [{"step": step, "loss": 1.0, "loss_by_scale": [value]} for step, value in enumerate(gaps, 1)]
    draw_curves([*rows, {"step": 4, "validation_loss": 2.0}], tmp_path / "training.png")
    dots = {line.get_label(): line.get_markevery() for axis in drawn for line in axis.lines if line.get_marker() == "o"}
    assert dots == {"validation loss": [0], "scale 1": [0]}
    assert [len(axis.lines) for axis in drawn if axis.lines] == [2, 1]
