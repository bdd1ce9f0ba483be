"""What cannot be written is refused before any work, in one line with exit code 2."""

from __future__ import annotations

import argparse
import errno
from pathlib import Path

import pytest
from safetensors import SafetensorError
from test_cli import SAMPLE

from var_core.cli import models
from var_core.cli.main import COMMANDS, main
from var_core.cli.outputs import check_outputs
from var_core.pipeline import VARPipeline

DRAW = ["sample", "--class-id", "980"]
EDIT = ["edit", "photo.jpg", "--box", "0", "0", "1", "1"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder "folder" and a file "file" to stumble over, and no model to load."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(VARPipeline, "from_pretrained", lambda *_given, **_named: pytest.fail("a model was loaded"))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*DRAW, "--out", "/proc/x.png"], "--out /proc/x.png cannot be written"),
        ([*DRAW, "--out", "folder"], "--out folder cannot be written: it is a folder"),
        ([*DRAW, "--out", "x" * 300], "File name too long"),
        ([*DRAW, "--out", "x.xyz"], "--out is written as PNG: its name must end in .png, got x.xyz"),
        ([*DRAW, "--out", "x.jpg"], "its name must end in .png, got x.jpg"),
        ([*DRAW, "--strip", "s.webp"], "--strip is written as PNG: its name must end in .png, got s.webp"),
        (["reconstruct", "photo.jpg", "--out", "x.xyz"], "--out is written as PNG"),
        ([*EDIT, "--out", "x.xyz"], "--out is written as PNG"),
        ([*DRAW, "--strip", "file/s.png"], "--strip file/s.png cannot be written: "),
        ([*DRAW, "--animation", "a.mp4"], "must end in .webp, .gif, .png, got a.mp4"),
        ([*DRAW, "--animation", "a.jpg"], "must end in .webp, .gif, .png, got a.jpg"),
        ([*DRAW, "--animation", "a"], "must end in .webp, .gif, .png, got a"),
        ([*DRAW, "--animation", "/proc/a.webp"], "--animation /proc/a.webp cannot be written"),
        ([*DRAW, "--trace", "file"], "--trace file cannot be written: it is a file"),
        ([*DRAW, "--trace", "file/run"], "--trace file/run cannot be written: "),
        (["reconstruct", "photo.jpg", "--out", "folder"], "--out folder cannot be written"),
        (["reconstruct", "photo.jpg", "--strip", "/proc/x.png"], "--strip /proc/x.png cannot be written"),
        ([*EDIT, "--out", "/proc/deep/x.png"], "--out /proc/deep/x.png cannot be written"),
        (["bench", "--json", "folder"], "--json folder cannot be written: it is a folder"),
        (["bench", "--json", "file/b.json"], "--json file/b.json cannot be written: "),
        (["evaluate-samples", "--out", "file"], "--out file cannot be written: it is a file"),
        (["train-tokenizer", "--out", "file"], "--out file cannot be written: it is a file"),
        (["train", "--tokenizer", "mini", "--out", "file"], "--out file cannot be written: it is a file"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_a_model_is_loaded(
    place: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("error: ")
    assert words in said


def test_looking_leaves_nothing_behind_and_refuses_nothing_that_can_be_written(place: Path) -> None:
    before = sorted(place.rglob("*"))
    good = {"out": Path("deep/er/x.png"), "strip": place / "file", "animation": Path("A.GIF"), "trace": Path("folder")}
    check_outputs(argparse.Namespace(**good), COMMANDS["sample"].WRITES)
    check_outputs(argparse.Namespace(**{**good, "out": Path("X.PNG")}), COMMANDS["sample"].WRITES)
    check_outputs(argparse.Namespace(json=Path("/dev/null")), COMMANDS["bench"].WRITES)
    assert sorted(place.rglob("*")) == before


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "sample.png"), "No space left on device: 'sample.png'"),
        (SafetensorError("I/O error:\nno space"), "I/O error: no space"),
    ],
)
def test_what_the_disk_refuses_later_is_one_line_too(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_options: object) -> None:
        raise error

    monkeypatch.setattr(models, "run", fail)
    assert main(["models"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert words in said
    assert said.count("\n") == 1


def test_the_box_must_cover_a_pixel_and_leave_one_where_it_counts(
    tmp_path: Path, pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(VARPipeline, "from_pretrained", lambda *_given, **_named: pipe)
    out = ["--out", str(tmp_path / "o.png"), *SAMPLE]
    for box, words in (
        ([".5", ".5", ".501", ".501"], "covers no pixel"),
        ([".5", ".5", ".501", ".501", "--outside"], "covers no pixel"),
        (["0", "0", ".999", "1", "--outside"], "covers the whole picture"),
    ):
        assert main(["edit", "photo.jpg", "--box", *box, *out]) == 2
        assert words in capsys.readouterr().err
