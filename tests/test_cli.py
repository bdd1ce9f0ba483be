"""The command line: figures as text and JSON, refusals as one line and an exit code."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from official_models import official_state_dicts, small_config
from PIL import Image

from var_core.cli.main import COMMANDS, main
from var_core.evaluation import benchmark
from var_core.evaluation.fidelity import psnr
from var_core.images import SETTINGS_FORMAT, contact_sheet, read_settings, save_png, to_pixels
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.trace import load_trace


def test_bench_reports_every_scale_of_both_precisions(
    pipe: VARPipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe.save_pretrained(tmp_path / "tiny")
    report = tmp_path / "missing" / "bench.json"
    arguments = ["bench", "--model", str(tmp_path / "tiny"), "--repeats", "2", "--threads", "1", "--json", str(report)]
    assert main([*arguments, "--device", "cpu", "--batch", "2"]) == 0
    printed, figures = capsys.readouterr().out, json.loads(report.read_text())
    assert [timing["precision"] for timing in figures["timings"]] == ["exact", "fast"]
    assert (figures["batch"], figures["threads"]) == (2, 1)
    for timing in figures["timings"]:
        assert [row["side"] for row in timing["scales"]] == list(pipe.config.schedule.sides)
        assert all(row["transformer"] > 0 and row["decode"] > 0 for row in timing["scales"])
        assert timing["stream"] > timing["final_only"] * 0.5
        assert timing["load"] > 0
    assert figures["plain_decode"] > 0
    assert figures["peak_memory"] > 2**20
    assert "fast / exact" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bench", "--threads", "-1"], "--threads must be a whole number from 1"),
        (["bench", "--repeats", "0"], "--repeats must be a whole number from 1"),
        (["bench", "--batch", "65"], "from 1 to 64, got 65"),
        (["bench", "--model", "d17", "--random-weights"], "must be one of d16, d20, d24, d30, d36, got 'd17'"),
        (["bench", "--model", "nowhere"], "There is no model 'nowhere'"),
        (["bench", "--device", "tpu"], "device must be one of"),
        (["sample"], "Give --class-id"),
        (["sample", "--class-id", "volcano"], "--class-id must be whole numbers or none, got 'volcano'"),
        (["sample", "--class-id", "1", "--model", "nowhere"], "There is no model 'nowhere'"),
        (["reconstruct", "nowhere.png", "--model", "nowhere"], "There is no model 'nowhere'"),
    ],
)
def test_a_bad_value_is_refused_in_one_line_with_exit_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    message = capsys.readouterr().err.splitlines()[-1]
    assert message.startswith("error: ")
    assert words in message


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, pipe: VARPipeline) -> str:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    pipe.save_pretrained(folder)
    return str(folder)


SAMPLE = ["--top-k", "20", "--precision", "exact", "--device", "cpu"]


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_sample_draws_what_the_library_draws_and_like_repeats_it(tiny: str, tmp_path: Path, pipe: VARPipeline) -> None:
    out = tmp_path / "a.png"
    arguments = ["sample", "--model", tiny, "--class-id", "417", "1", "--seed", "3", "4", "--guidance", "2", *SAMPLE]
    assert main([*arguments, "--out", str(out)]) == 0
    options = SamplingOptions(guidance=2.0, top_k=20, top_p=0.95)
    images = pipe.sample([417, 417, 1, 1], seeds=[3, 4, 3, 4], options=options)
    assert np.array_equal(pixels(out), contact_sheet(to_pixels(images), columns=2))
    assert main(["sample", "--like", str(out), "--device", "cpu", "--out", str(tmp_path / "b.png")]) == 0
    assert np.array_equal(pixels(out), pixels(tmp_path / "b.png"))


def test_what_is_given_beside_like_wins(tiny: str, tmp_path: Path, pipe: VARPipeline) -> None:
    settings = {"format": SETTINGS_FORMAT, "classes": [417], "seeds": [3], "model": "nowhere", "precision": "fast",
                "options": SamplingOptions(guidance=2.0, top_k=20, smooth=True).to_dict()}  # fmt: skip
    save_png(tmp_path / "a.png", np.zeros((4, 4, 3), np.uint8), settings)
    beside = ["--model", tiny, "--precision", "exact", "--class-id", "1", "--seed", "0", "--top-p", "0", "--no-smooth"]
    out = tmp_path / "b.png"
    assert main(["sample", "--like", str(tmp_path / "a.png"), *beside, "--device", "cpu", "--out", str(out)]) == 0
    options = SamplingOptions(guidance=2.0, top_k=20, top_p=None)
    assert np.array_equal(pixels(out), to_pixels(pipe.sample([1], seeds=[0], options=options))[0])
    written = read_settings(out)
    assert (written["model"], written["precision"], written["seeds"]) == (tiny, "exact", [0])
    assert written["options"] == options.to_dict()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"format": 99}, f"Settings of format {SETTINGS_FORMAT} are read, got 99"),
        ({"model": 5}, "model is 5"),
        ({"seeds": [-1]}, "seed must be a whole number"),
        ({"seeds": [0] * 65}, "from 1 to 64, got 65"),
        ({"options": {"guidance": -1}}, "guidance must be"),
    ],
)
def test_settings_are_checked_before_the_model_that_they_name_is_loaded(
    wrong: dict[str, object], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(VARPipeline, "from_pretrained", lambda *_given, **_named: pytest.fail("a model was loaded"))
    settings = {"format": SETTINGS_FORMAT, "classes": [1], "seeds": [0], "options": {}, "model": "user/name",
                "precision": "exact", **wrong}  # fmt: skip
    save_png(tmp_path / "a.png", np.zeros((4, 4, 3), np.uint8), settings)
    assert main(["sample", "--like", str(tmp_path / "a.png"), "--out", str(tmp_path / "b.png")]) == 2
    assert words in capsys.readouterr().err


def test_the_yardstick_of_the_bench_is_float32_on_any_hardware(
    pipe: VARPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[torch.device] = []

    @contextlib.contextmanager
    def guard(device: torch.device) -> Iterator[None]:
        inside.append(device)
        yield
        inside.pop()

    class Decoder:
        def decode(self, latent: torch.Tensor) -> None:
            assert inside == [latent.device]

    monkeypatch.setattr(benchmark, "without_tf32", guard)
    benchmark._decoder(Decoder(), torch.zeros(1))()  # type: ignore[arg-type]


def test_sample_writes_strip_animation_and_a_trace_that_replays(
    tiny: str, tmp_path: Path, pipe: VARPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = {kind: tmp_path / "deep" / name for kind, name in
             (("out", "a.png"), ("strip", "s.png"), ("animation", "a.webp"), ("trace", "run"))}  # fmt: skip
    flags = [part for kind, path in paths.items() for part in (f"--{kind}", str(path))]
    assert main(["sample", "--model", tiny, "--class-id", "none", "--top-p", "0", "--json", *flags, *SAMPLE]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["written"] == {kind: str(path) for kind, path in paths.items()}
    assert said["options"]["top_p"] is None  # a 0 that a person types means off
    side = pipe.config.image_side
    assert pixels(paths["strip"]).shape == (side, side * 3, 3)
    assert np.array_equal(pixels(paths["strip"])[:, -side:], pixels(paths["out"]))
    with Image.open(paths["animation"]) as animation:
        assert animation.n_frames == 3
    trace = load_trace(paths["trace"])
    assert torch.equal(list(pipe.replay(trace))[-1].latent, trace.latent)


def test_reconstruct_reports_the_fidelity_of_every_scale(
    tiny: str, tmp_path: Path, pipe: VARPipeline, picture: torch.Tensor, capsys: pytest.CaptureFixture[str]
) -> None:
    save_png(tmp_path / "in.png", to_pixels(picture)[0])
    arguments = ["reconstruct", str(tmp_path / "in.png"), "--model", tiny, "--precision", "exact", "--device", "cpu"]
    assert main([*arguments, "--out", str(tmp_path / "o.png"), "--strip", str(tmp_path / "s.png"), "--json"]) == 0
    scales = json.loads(capsys.readouterr().out)["scales"]
    rounded = torch.from_numpy(to_pixels(picture)).permute(0, 3, 1, 2) / 255
    expected = [psnr(image, rounded) for image in pipe.reconstruct(pipe.encode(rounded))]
    assert [row["psnr_db"] for row in scales] == [pytest.approx(value, abs=0.01) for value in expected]
    assert pixels(tmp_path / "s.png").shape[1] == 4 * pipe.config.image_side


def test_edit_draws_inside_the_box_what_the_library_draws(
    tiny: str, tmp_path: Path, pipe: VARPipeline, picture: torch.Tensor
) -> None:
    save_png(tmp_path / "in.png", to_pixels(picture)[0])
    rounded = torch.from_numpy(to_pixels(picture)).permute(0, 3, 1, 2) / 255
    keep = torch.zeros(8, 8, dtype=torch.bool)
    keep[:, :4] = True  # the right half is drawn again
    for extra, mask in (([], keep), (["--outside"], ~keep)):
        arguments = ["edit", str(tmp_path / "in.png"), "--model", tiny, "--box", "0", "0.5", "1", "1", *extra, *SAMPLE]
        assert main([*arguments, "--class-id", "985", "--seed", "7", "--out", str(tmp_path / "o.png")]) == 0
        options = SamplingOptions(guidance=4.0, top_k=20, top_p=0.95)
        *_, last = pipe.edit(rounded, mask, [985], seeds=[7], options=options)
        assert np.array_equal(pixels(tmp_path / "o.png"), to_pixels(pipe.decode(last.latent))[0])


def test_a_picture_without_settings_cannot_be_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_png(tmp_path / "a.png", np.zeros((4, 4, 3), np.uint8))
    assert main(["sample", "--like", str(tmp_path / "a.png")]) == 2
    assert "holds no settings" in capsys.readouterr().err


def test_a_missing_picture_and_a_word_for_a_number_are_refused_in_one_line(
    tiny: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.png")
    for arguments in (["reconstruct", missing, "--model", tiny], ["sample", "--like", missing]):
        assert main(arguments) == 2
        assert capsys.readouterr().err.splitlines()[-1] == f"error: {missing} does not exist."
    with pytest.raises(SystemExit) as leaving:
        main(["sample", "--class-id", "1", "--guidance", "abc"])
    assert leaving.value.code == 2
    assert capsys.readouterr().err.startswith("error: argument --guidance: invalid float value: 'abc'")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_teaches_by_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main([command, "--help"])
    assert leaving.value.code == 0
    assert f"python -m var_core {command}" in capsys.readouterr().out


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "var_core", "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert all(command in done.stdout for command in COMMANDS)


def test_convert_goes_both_ways_without_losing_a_bit(tmp_path: Path) -> None:
    first, second = official_state_dicts(small_config((1, 2, 16), shared_adaln=True))
    torch.save(first, tmp_path / "vae.pth")
    torch.save(second, tmp_path / "var.pth")
    pair = ["--tokenizer", str(tmp_path / "vae.pth"), "--transformer", str(tmp_path / "var.pth")]
    assert main(["convert", *pair, "--out", str(tmp_path / "ours")]) == 0
    back = ["--tokenizer", str(tmp_path / "vae2.pth"), "--transformer", str(tmp_path / "var2.pth")]
    assert main(["convert", "--from", str(tmp_path / "ours"), *back]) == 0
    for name, state in (("vae2.pth", first), ("var2.pth", second)):
        again = torch.load(tmp_path / name, weights_only=True)
        assert again.keys() == state.keys()
        assert all(torch.equal(again[key], state[key]) for key in state)


def test_convert_takes_a_model_as_every_other_command_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = official_state_dicts(small_config((1, 2, 16), shared_adaln=True))
    torch.save(first, tmp_path / "vae.pth")
    torch.save(second, tmp_path / "var.pth")
    pair = ["--tokenizer", str(tmp_path / "vae.pth"), "--transformer", str(tmp_path / "var.pth")]
    assert main(["convert", *pair, "--out", str(tmp_path / "my-run" / "model")]) == 0
    back = ["--tokenizer", str(tmp_path / "vae2.pth"), "--transformer", str(tmp_path / "var2.pth")]
    assert main(["convert", "--from", str(tmp_path / "my-run"), *back]) == 0
    again = torch.load(tmp_path / "var2.pth", weights_only=True)
    assert all(torch.equal(again[key], second[key]) for key in second)
    capsys.readouterr()
    assert main(["convert", "--from", str(tmp_path / "nowhere"), *back]) == 2
    said = capsys.readouterr().err
    assert "There is no model" in said
    assert "a folder that save_pretrained or train wrote" in said


def test_models_lists_what_has_a_name_and_what_it_costs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--cache", str(tmp_path), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["embedded"] == ["mini"]
    assert {row["name"]: row["fid"] for row in listed["official"]}["d30"] == 1.97
    assert not any(row["here"] for row in listed["official"])
    assert main(["models", "--cache", str(tmp_path)]) == 0
    assert "1.68 GB" in capsys.readouterr().out


def test_download_of_an_unknown_model_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["download", "d17"]) == 2
    assert "d16, d20, d24, d30, d36" in capsys.readouterr().err
