"""The two commands: from pictures to a model that samples, and refusals before time is spent."""

from __future__ import annotations

import functools
import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
import torch
from PIL import Image
from training_support import (
    CLASSES,
    MODEL_FLAGS,
    PLAIN,
    TOKENIZER_FLAGS,
    NoisePictures,
    saved,
    tensors_of,
    train_small_tokenizer,
)
from training_two_processes import main as both_trainings

from var_core.cli.main import main
from var_core.cli.training_options import found
from var_core.locking import held
from var_core.models import folder_of
from var_core.pipeline import VARPipeline
from var_core.tokenizer import Tokenizer
from var_core.training.data import Pictures
from var_core.training.model_source import read_model, trained_model
from var_core.training.processes import LOCK_FILE
from var_core.training.settings import TransformerTraining
from var_core.training.token_cache import EncodedPictures, encode_pictures, encoding_digest
from var_core.training.tokenizer_source import new_tokenizer, read_tokenizer
from var_core.training.training_data import ENDLESS, TrainingData, folder_data

TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of eight coloured pictures."""
    root, rng = tmp_path_factory.mktemp("data") / "my_photos", np.random.default_rng(0)
    for row, name in enumerate(("blue_things", "green_things", "red_things")):
        (root / name).mkdir(parents=True)
        for number in range(8):
            pixels = rng.integers(0, 80, (20, 24, 3), np.uint8)
            pixels[..., 2 - row] += 150
            Image.fromarray(pixels).save(root / name / f"{number}.png")
    return root


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of train-tokenizer on drawn pictures."""
    out = tmp_path_factory.mktemp("runs") / "tokenizer"
    flags = ["--steps", "4", "--batch", "4", "--validate-every", "4", *TOKENIZER_FLAGS, *PLAIN]
    assert main(["train-tokenizer", "--out", str(out), *flags]) == 0
    return out


@pytest.fixture(scope="module")
def model(tokenizer: Path, photos: Path) -> Path:
    """A model trained on the folder with that tokenizer."""
    out = tokenizer.parent / "colours"
    flags = ["--data", str(photos), "--steps", "3", "--batch", "4", "--validation-share", "0.2", "--views", "2"]
    assert main(["train", "--tokenizer", str(tokenizer), "--out", str(out), *flags, *MODEL_FLAGS, *PLAIN]) == 0
    return out


def test_a_tokenizer_goes_on_from_a_trained_one_with_its_codes(tokenizer: Path, tmp_path: Path) -> None:
    flags = ["--steps", "1", "--batch", "2", "--validate-every", "0", "--learning-rate", "1e-9", "--ema", "0", *PLAIN]
    assert main(["train-tokenizer", "--init-from", str(tokenizer), "--out", str(tmp_path / "more"), *flags]) == 0
    before, after = read_tokenizer(tokenizer, None), read_tokenizer(tmp_path / "more", None)
    assert after.config == before.config
    assert torch.allclose(after.quantizer.codebook, before.quantizer.codebook, atol=1e-6)
    assert torch.allclose(after.encoder.conv_in.weight, before.encoder.conv_in.weight, atol=1e-6)


def test_a_trained_tokenizer_may_get_a_new_codebook_of_another_size(tokenizer: Path, tmp_path: Path) -> None:
    flags = ["--steps", "2", "--batch", "2", "--validate-every", "0", "--learning-rate", "1e-9", "--ema", "0", *PLAIN]
    size = ["--codes", "9", "--warmup-unquantized", "1"]
    assert main(["train-tokenizer", "--init-from", str(tokenizer), "--out", str(tmp_path / "more"), *flags, *size]) == 0
    before, after = read_tokenizer(tokenizer, None), read_tokenizer(tmp_path / "more", None)
    assert len(after.quantizer.codebook) == 9 != len(before.quantizer.codebook)
    assert torch.allclose(after.decoder.conv_out.weight, before.decoder.conv_out.weight, atol=1e-6)


def test_a_better_decoder_enters_a_trained_model_without_training_it_again(tokenizer: Path, tmp_path: Path) -> None:
    flags = ["--pictures", "20", "--steps", "2", "--batch", "4", "--validate-every", "0", *MODEL_FLAGS, *PLAIN]
    train = ["train", "--out", str(tmp_path / "model"), *flags]
    assert main([*train, "--tokenizer", str(tokenizer)]) == 0
    first = VARPipeline.from_pretrained(tmp_path / "model" / "model", device="cpu", precision="exact")
    brief = ["--steps", "2", "--batch", "2", "--validate-every", "0", "--ema", "0", *PLAIN]
    alone = ["train-tokenizer", "--init-from", str(tokenizer), "--decoder-only", "--out", str(tmp_path / "decoder")]
    assert main([*alone, *brief]) == 0
    assert main([*train, "--tokenizer", str(tmp_path / "decoder")]) == 0
    second = VARPipeline.from_pretrained(tmp_path / "model" / "model", device="cpu", precision="exact")
    before, after = first.transformer.state_dict(), second.transformer.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert encoding_digest(first.tokenizer) == encoding_digest(second.tokenizer)
    assert not torch.equal(first.tokenizer.decoder.conv_out.weight, second.tokenizer.decoder.conv_out.weight)


def test_a_folder_becomes_a_model_that_knows_its_classes(model: Path, tokenizer: Path) -> None:
    pipe = VARPipeline.from_pretrained(model / "model", device="cpu", precision="exact")
    assert pipe.config.name == "colours"
    assert [label.name for label in pipe.config.classes] == ["blue things", "green things", "red things"]
    assert pipe.sample([2, None], seeds=[0, 1]).shape == (2, 3, 16, 16)
    rows = [json.loads(line) for line in (model / "log.jsonl").read_text().splitlines()]
    assert [("validation_loss" in row, row["step"]) for row in rows] == [(False, 3), (True, 3)]
    for run in (model, tokenizer):
        assert {path.name for path in run.iterdir()} >= {"checkpoints", "log.jsonl", "training.png", "samples"}


def test_drawn_pictures_become_a_model_with_imagenet_ids(tokenizer: Path, tmp_path: Path) -> None:
    flags = ["--pictures", "20", "--steps", "2", "--batch", "4", "--validate-every", "0", *MODEL_FLAGS, *PLAIN]
    coarse = ["--coarse-share", "0.5", "--coarse-scales", "2"]
    assert main(["train", "--tokenizer", str(tokenizer), "--out", str(tmp_path), *flags, *coarse]) == 0
    pipe = VARPipeline.from_pretrained(tmp_path / "model", device="cpu", precision="exact")
    assert pipe.config.name == "mini"
    assert pipe.sample([980], seeds=[0]).shape == (1, 3, 16, 16)


def test_fine_tuning_starts_from_a_model_and_ends_with_new_classes(model: Path, photos: Path, tmp_path: Path) -> None:
    flags = ["--data", str(photos), "--steps", "1", "--batch", "2", "--views", "0", *PLAIN, "--save-as", "float32"]
    small = ["--learning-rate", "1e-9", "--validate-every", "0", "--ema", "0"]
    arguments = ["train", "--init-from", str(model / "model"), "--out", str(tmp_path / "mine"), *flags, *small]
    assert main(arguments) == 0
    old, new = (
        VARPipeline.from_pretrained(folder / "model", device="cpu", precision="exact")
        for folder in (model, tmp_path / "mine")
    )
    before, after = old.transformer.state_dict(), new.transformer.state_dict()
    assert max(float((before[name] - after[name]).abs().max()) for name in before) < 1e-6
    assert new.config.name == "mine"


def test_the_same_command_goes_on_where_it_stopped(tokenizer: Path, tmp_path: Path) -> None:
    flags = ["--pictures", "20", "--batch", "4", "--validate-every", "0", "--seed", "3", *MODEL_FLAGS, *PLAIN]

    def train(out: str, *minutes: str) -> None:
        command = ["train", "--tokenizer", str(tokenizer), "--out", str(tmp_path / out), "--steps", "3"]
        assert main([*command, *flags, *minutes]) == 0

    train("whole")
    train("parts", "--minutes", "0")  # over while pictures are encoded
    assert not (tmp_path / "parts" / "model").exists()
    for tokens in (tmp_path / "whole").glob("tokens-*"):
        shutil.copytree(tokens, tmp_path / "parts" / tokens.name, dirs_exist_ok=True)
    train("parts", "--minutes", "0")
    assert saved(tmp_path / "parts")[0]["step"] == 1
    train("parts")
    first, second = (dict(tensors_of(saved(tmp_path / out))) for out in ("whole", "parts"))
    assert all(torch.equal(first[name], second[name]) for name in first)


BAD_VALUES: list[tuple[list[str], str]] = [
    (["train", "--out", "OUT"], "Give --tokenizer"),
    (["train", "--tokenizer", "OUT/nothing", "--out", "OUT"], "run train-tokenizer first"),
    (["train", "--tokenizer", "EMPTY", "--out", "OUT"], "run train-tokenizer first"),
    (["train", "--init-from", "nowhere", "--out", "OUT"], "There is no model 'nowhere'"),
    (["train", "--init-from", "MODEL", "--coarse-share", "1", "--out", "OUT"], "--coarse-share must be"),
    (["train", "--init-from", "MODEL", "--depth", "9", "--out", "OUT"], "its depth is 2, and 9 was asked for"),
    (["train", "--init-from", "MODEL", "--preset", "d16", "--out", "OUT"], "another architecture: its depth is 2"),
    (["train", "--tokenizer", "TOKENIZER", "--preset", "d16", "--out", "OUT"], "trained for the sides (1, 2, 4, 8)"),
    (["train", "--tokenizer", "TOKENIZER", "--out", "OUT", "--batch", "0"], "--batch must be a whole number from 1"),
    (["train", "--tokenizer", "TOKENIZER", "--out", "OUT", "--accumulate", "5"], "multiple of --accumulate"),
    (["train", "--tokenizer", "TOKENIZER", "--out", "OUT", "--learning-rate", "nan"], "--learning-rate must be"),
    (["train", "--tokenizer", "TOKENIZER", "--out", "OUT", "--data", "nowhere"], "nowhere is no folder"),
    (["train", "--tokenizer", "TOKENIZER", "--out", "OUT", "--validation", "OUT"], "--validation needs --data"),
    (["train", "--tokenizer", "TOKENIZER", "--out", "OUT", "--precision", "fp16"], "fp16 needs a GPU"),
    (["train", "--tokenizer", "WEIGHTS", "--out", "OUT"], "weights.pt"),
    (["train-tokenizer", "--out", "OUT", "--preset", "large"], "--preset must be one of mini, full, got 'large'"),
    (["train-tokenizer", "--out", "OUT", "--init-from", "mini", "--codes", "9"], "--codes cannot be changed with"),
    (["train-tokenizer", "--out", "OUT", "--decoder-only"], "--decoder-only needs a trained encoder and codebook"),
    (["train-tokenizer", "--out", "OUT", "--init-from", "runs/none"], "There is no runs/none"),
    (["train-tokenizer", "--out", "OUT", "--warmup-unquantized", "-1"], "--warmup-unquantized must be a whole number"),
    (["train-tokenizer", "--out", "OUT", "--steps", "0"], "--steps must be a whole number from 1"),
    (["train-tokenizer", "--out", "OUT", "--warmup-crop", "100"], "multiple of 16 pixels, got 100"),
    (["train-tokenizer", "--out", "OUT", "--unfinished-share", "2"], "--unfinished-share must be a number from 0"),
    (["train-tokenizer", "--out", "OUT", "--norm-groups", "7"], "norm_groups must divide"),
    (["train-tokenizer", "--out", "OUT", "--sides", "2", "4"], "sides must be"),
    (["train", "--tokenizer", "TOKENIZER", "--out", "OUT", "--steps", "5", "--epochs", "2"], "two lengths; leave one"),
    (["train", "--tokenizer", "TOKENIZER", "--out", "OUT", "--epochs", "0"], "--epochs must be a whole number from 1"),
    (["train", "--tokenizer", "TOKENIZER", "--out", "OUT", "--views", "-1"], "--views must be a whole number from 0"),
    (
        ["train", "--init-from", "MODEL", "--coarse-share", "0.5", "--coarse-scales", "4", "--out", "OUT"],
        "--coarse-scales must be a whole number from 1 to 3",
    ),
    (["train-tokenizer", "--out", "OUT", "--adversarial", "1", "--precision", "fp16"], "adversarial term scales its"),
    (["train-tokenizer", "--out", "OUT", "--adversarial", "-1"], "--adversarial must be a number from 0"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD_VALUES)
def test_bad_values_are_refused_in_one_line_before_time_is_spent(
    arguments: list[str], words: str, tokenizer: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    places = {
        "TOKENIZER": tokenizer, "MODEL": model, "EMPTY": tmp_path / "empty", "OUT/nothing": tmp_path / "run" / "no",
        "OUT": tmp_path / "run", "WEIGHTS": next(model.glob("checkpoints/*/weights.pt")),
    }  # fmt: skip
    named = [str(places.get(argument, argument)) for argument in arguments]
    flags = PLAIN[2:] if "--precision" in arguments else PLAIN
    assert main([*named, *flags]) == 2
    message = capsys.readouterr().err.splitlines()[-1]
    assert message.startswith("error: ")
    assert words in message
    assert not (tmp_path / "run").exists()


def test_a_folder_with_a_run_of_another_kind_is_refused(
    model: Path, tokenizer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--pictures", "20", "--steps", "9", *MODEL_FLAGS, *PLAIN]
    assert main(["train", "--tokenizer", str(tokenizer), "--out", str(model), *flags]) == 2
    assert "holds a run with" in capsys.readouterr().err
    assert main(["train", "--tokenizer", str(model), "--out", str(model / "x"), *flags]) == 2
    assert "no good checkpoint of a tokenizer" in capsys.readouterr().err
    sizes = ["--steps", "9", *TOKENIZER_FLAGS, *PLAIN]
    assert main(["train-tokenizer", "--out", str(model), *sizes]) == 2
    assert "holds a run with a transformer, and this one trains a tokenizer" in capsys.readouterr().err


def unread(*_arguments: Any, **_values: Any) -> NoReturn:
    raise AssertionError("the pictures were read before the refusal")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["--depth", "3"], "depth 2, and this one has depth 3"),
        (["--batch", "2"], "batch 4, and this one has batch 2"),
        (["--seed", "7"], "seed 0, and this one has seed 7"),
        (["--tokenizer", "OTHER"], "a run with tokenizer"),
    ],
)
def test_another_run_is_refused_before_a_picture_is_read(
    changes: list[str], words: str, model: Path, tokenizer: Path, photos: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    if "OTHER" in changes:
        brief = ["--steps", "1", "--batch", "2", "--seed", "1", "--validate-every", "0", *TOKENIZER_FLAGS, *PLAIN]
        assert main(["train-tokenizer", "--out", str(tmp_path / "other"), *brief]) == 0
        changes = ["--tokenizer", str(tmp_path / "other")]
    monkeypatch.setattr("var_core.cli.train.folder_data", unread)
    flags = ["--data", str(photos), "--steps", "3", "--batch", "4", "--validation-share", "0.2", *MODEL_FLAGS, *PLAIN]
    assert main(["train", "--tokenizer", str(tokenizer), "--out", str(model), *flags, *changes]) == 2
    assert words in capsys.readouterr().err


def test_another_tokenizer_is_refused_before_a_picture_is_read(
    tokenizer: Path, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("var_core.cli.train_tokenizer.folder_data", unread)
    command = ["train-tokenizer", "--out", str(tokenizer), "--data", str(photos), *TOKENIZER_FLAGS, *PLAIN]
    assert main([*command, "--batch", "4", "--codes", "64"]) == 2
    assert "codebook_size 32, and this one has codebook_size 64" in capsys.readouterr().err


def test_a_missing_lpips_is_said_before_a_picture_is_read(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "lpips", None)
    monkeypatch.setattr("var_core.cli.train_tokenizer.folder_data", unread)
    command = ["train-tokenizer", "--out", str(tmp_path / "run"), "--data", str(photos), "--perceptual", "1"]
    assert main([*command, *TOKENIZER_FLAGS, *PLAIN]) == 2
    assert "needs the package lpips" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "train-tokenizer"])
def test_a_folder_that_another_command_trains_in_is_refused_before_a_picture_is_read(
    command: str, tokenizer: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = tmp_path / "run"
    out.mkdir()
    module = f"var_core.cli.{command.replace('-', '_')}"
    own = ["--tokenizer", str(tokenizer), *MODEL_FLAGS] if command == "train" else TOKENIZER_FLAGS
    arguments = [command, "--out", str(out), "--data", str(photos), "--steps", "1", "--batch", "2", *own, *PLAIN]
    with monkeypatch.context() as patch, held(out / LOCK_FILE):
        patch.setattr(f"{module}.folder_data", unread)
        assert main(arguments) == 2
        said = capsys.readouterr().err.splitlines()[-1]
        assert said == f"error: {out} is being trained by another process; wait for it or give another --out."
        assert [path.name for path in out.iterdir()] == [LOCK_FILE]
    locked: list[bool] = []

    def looked_at(*arguments: Any, **values: Any) -> TrainingData:
        with pytest.raises(TimeoutError), held(out / LOCK_FILE):
            pass
        locked.append(True)
        return folder_data(*arguments, **values)

    monkeypatch.setattr(f"{module}.folder_data", looked_at)
    assert main([*arguments, "--validate-every", "0"]) == 0  # the file that is left does not stand in the way
    assert locked == [True]
    with held(out / LOCK_FILE):
        pass


def test_a_killed_command_leaves_no_lock(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom var_core.locking import held\n"
        "with held(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(600)\n"
    )
    lock = tmp_path / LOCK_FILE
    process = subprocess.Popen([sys.executable, "-c", script, str(lock)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(TimeoutError), held(lock):
            pass
    finally:
        process.kill()
        process.wait()
    assert lock.is_file()
    with held(lock):
        pass


TWO_AT_THE_DOOR = """
import sys
from pathlib import Path
from var_core.errors import TrainingError
from var_core.training.processes import only_run, start_accelerator
out, accelerator = Path(sys.argv[1]), start_accelerator("no", cpu=True)
try:
    with only_run(out / "run", accelerator):
        said = "came in"
except TrainingError as error:
    said = str(error)
(out / f"process-{accelerator.process_index}").write_text(said)
accelerator.end_training()
"""


def test_all_processes_refuse_what_the_first_refuses(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent), "OMP_NUM_THREADS": "1"}
    launcher = ["-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", "2"]
    script = tmp_path / "script.py"
    script.write_text(TWO_AT_THE_DOOR)
    (tmp_path / "run").mkdir()
    with held(tmp_path / "run" / LOCK_FILE):
        done = subprocess.run(
            [sys.executable, *launcher, str(script), str(tmp_path)], env=environment, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    first, second = ((tmp_path / f"process-{number}").read_text() for number in range(2))
    assert "is being trained by another process" in first
    assert "was refused by the first process" in second


def test_a_finished_run_says_so_and_what_was_found_and_keeps_its_model(
    model: Path, tokenizer: Path, photos: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--data", str(photos), "--batch", "4", "--validation-share", "0.2", "--views", "2", *MODEL_FLAGS, *PLAIN]
    for steps, said in (("3", "Step 3 of 3 is done already"), ("2", "Step 3, beyond the 2 asked for, is done already")):
        caplog.clear()
        shutil.rmtree(model / "model")
        assert main(["train", "--tokenizer", str(tokenizer), "--out", str(model), "--steps", steps, *flags]) == 0
        assert f"{said}; give a larger --steps to go on." in caplog.text
        assert "Going on" not in caplog.text
        assert VARPipeline.from_pretrained(model, device="cpu", precision="exact").config.name == "colours"
        assert re.search(r"^24 pictures in 3 classes, \d held back$", capsys.readouterr().err, re.MULTILINE)


@pytest.mark.parametrize(
    ("pictures", "held_out", "held_back", "said"),
    [
        (57, 3, 3, "60 pictures in 3 classes, 3 held back"),
        (57, 2, 3, "60 pictures in 3 classes, 3 held back (2 are looked at)"),
        (60, 9, 0, "60 pictures in 3 classes, 9 others to validate with"),
        (1, None, 0, "1 picture in 3 classes, none to validate with"),
        (ENDLESS, 48, 0, "pictures drawn without end in 3 classes, 48 others to validate with"),
    ],
)
def test_what_was_found_is_said_in_a_line(pictures: int, held_out: int | None, held_back: int, said: str) -> None:
    held_pictures = None if held_out is None else NoisePictures(held_out)
    assert found(TrainingData(CLASSES, NoisePictures(pictures), held_pictures, held_back)) == said


def test_no_more_held_out_pictures_are_encoded_than_are_looked_at(
    tokenizer: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, encoded = functools.partial(TransformerTraining, validation_pictures=2), []

    def counted(tokenizer: Tokenizer, pictures: Pictures, *arguments: Any, **values: Any) -> EncodedPictures:
        encoded.append(len(pictures))
        return encode_pictures(tokenizer, pictures, *arguments, **values)

    monkeypatch.setattr("var_core.cli.train.TransformerTraining", few)
    monkeypatch.setattr("var_core.cli.train.encode_pictures", counted)
    flags = ["--data", str(photos), "--steps", "1", "--batch", "4", "--validation-share", "0.5", "--views", "1"]
    out = ["--out", str(tmp_path / "run")]
    assert main(["train", "--tokenizer", str(tokenizer), *out, *flags, *MODEL_FLAGS, *PLAIN]) == 0
    assert encoded[1] == 2
    assert 6 < encoded[0] < 18


def test_the_folder_of_a_run_is_its_model(model: Path, tmp_path: Path) -> None:
    assert folder_of(model) == folder_of(str(model)) == folder_of(model / "model") == model / "model"
    assert VARPipeline.from_pretrained(str(model), device="cpu", precision="exact").config.name == "colours"
    assert read_model(str(model), None)[0].config.name == "colours"
    shutil.copytree(model / "model", tmp_path / "own")
    shutil.copytree(model / "model", tmp_path / "own" / "model")
    assert folder_of(tmp_path / "own") == tmp_path / "own"


def test_a_tokenizer_of_other_tokens_is_announced_and_a_rounded_copy_is_not(
    model: Path, tokenizer: Path, caplog: pytest.LogCaptureFixture
) -> None:
    loaded, own = read_model(str(model), str(tokenizer))
    assert own is not None
    assert encoding_digest(own) != encoding_digest(loaded.tokenizer)  # saved with half the digits
    trained_model(loaded, own, loaded.config.classes, name="x", seed=0)
    assert caplog.text == ""
    other = new_tokenizer(own.config, own.schedule, seed=9)
    assert trained_model(loaded, other, loaded.config.classes, name="x", seed=0).tokenizer is other
    assert "the transformer has to learn them" in caplog.text


def test_two_processes_of_two_rounds_equal_one_process(tmp_path: Path) -> None:
    both_trainings(tmp_path / "one", 1)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]), "OMP_NUM_THREADS": "1"}
    launcher = ["-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", "2"]
    script = [str(TESTS / "training_two_processes.py"), str(tmp_path / "two"), "2"]
    done = subprocess.run(
        [sys.executable, *launcher, *script], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert {path.name for path in (tmp_path / "two").glob("process-*")} == {"process-0-of-2", "process-1-of-2"}
    for name in ("transformer", "muon", "tokenizer", "critic"):
        mine, others = (dict(tensors_of(saved(tmp_path / processes / name))) for processes in ("one", "two"))
        assert mine.keys() == others.keys()
        assert all(torch.equal(mine[key], others[key]) for key in mine if not mine[key].is_floating_point())
        # Adam turns gradients near zero into steps of full size, so gradients are held to less than weights.
        gradients = {key: relative(mine[key], others[key]) for key in mine if key.endswith("/exp_avg")}
        weights = {key: float((mine[key] - others[key]).abs().max()) for key in mine if key.startswith("/0/")}
        assert max(gradients.values()) < 5e-3, max(gradients.items(), key=lambda item: item[1])
        # What Muon makes orthogonal in directions that hardly occur is rounding.
        bound = 3e-3 if name == "muon" else 3e-4
        assert max(weights.values()) < bound, max(weights.items(), key=lambda item: item[1])
        rows = [log_of(tmp_path / processes / name) for processes in ("one", "two")]
        for first, second in zip(*rows, strict=True):
            for key in first.keys() - {"seconds", "step"}:
                assert first[key] == pytest.approx(second[key], rel=2e-3, abs=1e-4), key


def relative(tensor: torch.Tensor, other: torch.Tensor) -> float:
    """Norm of the difference over the norm; what is all but zero is rounding."""
    return float((tensor - other).norm() / tensor.norm().clamp_min(1e-6))


def log_of(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def test_a_log_row_is_plain_json_with_finite_numbers(tmp_path: Path) -> None:
    train_small_tokenizer(tmp_path, 4, 6, log_every=1)
    for row in log_of(tmp_path):
        numbers = [value for value in row.values() if isinstance(value, float)]
        assert all(math.isfinite(number) for number in numbers)
