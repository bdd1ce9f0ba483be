"""Whatever kills a run, the newest checkpoint that verifies is whole, and going on gives the same weights."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
import torch
from training_support import (
    PLAIN,
    TOKENIZER_FLAGS,
    assert_same_run,
    saved,
    train_small_tokenizer,
    train_small_transformer,
    train_to_be_killed,
)

from var_core.errors import TrainingError
from var_core.saving import replacing
from var_core.training.checkpoints import MANIFEST, STATE, WEIGHTS, CheckpointFolder, read_weights_of, verified
from var_core.training.schedules import TermSchedule
from var_core.training.stopping import StopRequest

TESTS = Path(__file__).parent


class Killed(BaseException):
    """Stands for SIGKILL at one call: nothing may catch it."""


def content(step: int) -> dict[str, Any]:
    return {"step": step, "values": torch.full((50,), float(step))}


def kill_at(monkeypatch: pytest.MonkeyPatch, number: int) -> Callable[[], bool]:
    """Dies at the ``number``-th durable operation, before or after it; tells whether it came to that."""
    calls = 0

    def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number:
                raise Killed
            result = function(*values, **named)
            calls += 1
            if calls == number:
                raise Killed
            return result

        return call

    for owner, name in ((os, "fsync"), (torch, "save"), (shutil, "rmtree"), (Path, "rename"), (Path, "unlink")):
        monkeypatch.setattr(owner, name, guarded(getattr(owner, name)))
    return lambda: calls >= number


def test_a_kill_at_any_operation_of_a_save_leaves_the_old_or_the_new_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    survivors = set()
    for number in range(1, 200):
        folder = CheckpointFolder(tmp_path / str(number), keep=1)
        folder.save(1, content(1), content(1))
        with monkeypatch.context() as patch:
            reached = kill_at(patch, number)
            with contextlib.suppress(Killed):
                folder.save(2, content(2), content(2))
            died = reached()
        newest = folder.newest()
        assert newest is not None
        step = read_weights_of(newest)["step"]
        assert torch.equal(read_weights_of(newest)["values"], torch.full((50,), float(step)))
        survivors.add(step)
        folder.save(3, content(3), content(3))  # and the next save works, whatever was left lying about
        assert [path.name for path in folder.folder.iterdir()] == ["step-00000003"]
        if not died:
            break
    else:
        pytest.fail("the save never came to its end")
    assert survivors == {1, 2}
    assert number > 15


@pytest.mark.parametrize("name", [WEIGHTS, STATE, MANIFEST])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "missing"])
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(tmp_path: Path, name: str, damage: str) -> None:
    folder = CheckpointFolder(tmp_path, keep=2)
    folder.save(1, content(1), content(1))
    file = folder.save(2, content(2), content(2)) / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    new = {"flip": bytes(data), "cut": bytes(data[: len(data) // 2]), "empty": b"", "missing": None}[damage]
    file.unlink() if new is None else file.write_bytes(new)
    newest = folder.newest()
    assert newest is not None
    assert newest.name == "step-00000001"
    again = folder.save(2, content(2), content(2))
    assert verified(again)


def test_old_checkpoints_are_pruned_only_after_the_new_one_stands(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path, keep=2)
    for step in (1, 2, 3):
        folder.save(step, content(step), content(step))
    assert sorted(path.name for path in folder.folder.iterdir()) == ["step-00000002", "step-00000003"]


@pytest.mark.parametrize("keep", [1, 2])
def test_a_save_beside_a_damaged_newer_checkpoint_stands(tmp_path: Path, keep: int) -> None:
    folder = CheckpointFolder(tmp_path, keep=keep)
    for step in (1000, 2000):
        folder.save(step, content(step), content(step))
    weights = folder.folder / "step-00002000" / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:100])  # its manifest is there, so it looks whole
    assert verified(folder.save(1500, content(1500), content(1500)))
    newest = folder.newest()
    assert newest is not None
    assert read_weights_of(newest)["step"] == 1500
    assert sorted(path.name for path in folder.folder.iterdir()) == ["step-00001000", "step-00001500"][-keep:]


def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = CheckpointFolder(tmp_path)
    folder.save(1, content(1), content(1))

    def full(*_values: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(TrainingError, match="No space left"):
        folder.save(2, content(2), content(2))
    assert [path.name for path in folder.folder.iterdir()] == ["step-00000001"]


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with replacing(tmp_path / "model") as folder:
            (folder / "config.json").write_text(text)
    assert (tmp_path / "model" / "config.json").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


# The first number of pictures ends its epochs inside batches, the second just where runs are stopped.
@pytest.mark.parametrize(("count", "changes"), [(5, {}), (8, {}), (5, {"optimizer": "muon", "coarse_share": 0.5})])
def test_a_transformer_resumed_after_every_step_ends_with_the_same_bits(
    tmp_path: Path, count: int, changes: dict[str, Any]
) -> None:
    train_small_transformer(tmp_path / "whole", 6, count, **changes)
    for _ in range(5):
        train_small_transformer(tmp_path / "parts", 6, count, minutes=0.0, **changes)
    assert saved(tmp_path / "parts")[0]["step"] == 5
    train_small_transformer(tmp_path / "parts", 6, count, **changes)
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


@pytest.mark.parametrize("changes", [{}, {"adversarial": TermSchedule(0.5, start=4)}, {"optimizer": "muon"}])
def test_a_tokenizer_resumed_in_every_phase_ends_with_the_same_bits(tmp_path: Path, changes: dict[str, Any]) -> None:
    train_small_tokenizer(tmp_path / "whole", 8, 6, **changes)
    for _ in range(7):  # unquantised, the codebook's start, revivals, the critic's start
        train_small_tokenizer(tmp_path / "parts", 8, 6, minutes=0.0, **changes)
    train_small_tokenizer(tmp_path / "parts", 8, 6, **changes)
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_workers_that_prepare_data_change_nothing(tmp_path: Path) -> None:
    for workers in (0, 2):
        train_small_tokenizer(tmp_path / str(workers), 4, 6, workers=workers)
    assert_same_run(tmp_path / "0", tmp_path / "2")


def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int) -> None:
    """Kills a run again and again, each time a random moment after it made a step; then lets it end."""
    steps, rng = 2 * kills, random.Random(0)
    # The fork server is a new interpreter: it finds the tests by the environment, and must own a single thread.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS), str(TESTS.parent)]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["training_warm"])

    def start(out: Path) -> ForkServerProcess:
        process = context.Process(target=train_to_be_killed, args=(out, steps))
        process.start()
        return process

    out, log = tmp_path / "killed", tmp_path / "killed" / "log.jsonl"
    reached = hits = 0
    for _ in range(kills):
        rows = log.read_bytes().count(b"\n") if log.exists() else 0
        process = start(out)
        # The log may first shrink by the row of a step that was not saved.
        while process.is_alive() and (not log.exists() or log.read_bytes().count(b"\n") < max(1, rows)):
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.12))
        hits += process.is_alive()
        process.kill()
        process.join()
        newest = CheckpointFolder(out).newest()
        step = read_weights_of(newest)["step"] if newest else 0
        assert step >= reached, "a kill lost a checkpoint that had been written"
        reached = step
    assert hits > kills // 2
    for folder in (out, tmp_path / "whole"):
        process = start(folder)
        process.join(600)
        assert process.exitcode == 0
    assert_same_run(tmp_path / "whole", out)
    logged = [json.loads(line)["step"] for line in log.read_text().splitlines()]
    assert logged == list(range(1, steps + 1))


def test_twenty_kills_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(tmp_path, monkeypatch, 20)


@pytest.mark.soak
def test_two_hundred_kills_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep(tmp_path, monkeypatch, 200)


def test_sigterm_to_the_whole_group_finishes_the_step_saves_and_exits_0(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "var_core", "train-tokenizer", "--out", str(out), "--steps", "100000"]
    flags = [*TOKENIZER_FLAGS, *PLAIN, "--workers", "1", "--batch", "2", "--log-every", "1", "--validate-every", "0"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([*command, *flags], stderr=subprocess.PIPE, env=environment, start_new_session=True)
    deadline = time.monotonic() + 120
    while not (out / "log.jsonl").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()
    weights, _ = saved(out)
    logged = [json.loads(line)["step"] for line in (out / "log.jsonl").read_text().splitlines()]
    assert weights["step"] == logged[-1] >= 1
    assert f"Stopped at step {logged[-1]} (SIGTERM)" in said.decode()


def test_a_second_interrupt_does_not_wait() -> None:
    before = signal.getsignal(signal.SIGINT)  # ignored, where a shell runs the tests in the background
    with StopRequest() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wanted()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) == before


def test_another_architecture_in_the_folder_is_refused_by_name(tmp_path: Path) -> None:
    train_small_transformer(tmp_path, 1)
    with pytest.raises(TrainingError, match=r"batch 8, and this one has batch 4; choose another --out"):
        train_small_transformer(tmp_path, 2, batch=4)


def test_a_run_that_diverges_says_so_and_saves_nothing_of_it(tmp_path: Path) -> None:
    train_small_transformer(tmp_path, 2, save_every=1)
    with pytest.raises(TrainingError, match="last good checkpoint is step-00000002"):
        train_small_transformer(tmp_path, 6, learning_rate=float("inf"), save_every=1)
    assert saved(tmp_path)[0]["step"] == 2
