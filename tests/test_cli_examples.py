"""Every command that --help and the README show does what it says.

Training commands are parsed here and run, in smaller sizes, in ``test_training_commands``. What would be fetched comes
from a hub on the loopback; the published sizes are replaced by tiny ones.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from fake_hub import fake_hub
from huggingface_hub import constants
from official_models import official_state_dicts, small_config
from tiny_models import tiny_config

from var_core import loading, registry
from var_core.cli.main import COMMANDS, build_parser, main
from var_core.conversion import convert_official
from var_core.images import save_png
from var_core.registry import OfficialModel

README = Path(__file__).parent.parent / "README.md"
# What makes an example quick; the last mention of a flag wins.
QUICKLY = {
    "bench": ["--repeats", "1"], "evaluate": ["--per-class", "1", "--textures", "1", "--seeds", "1"],
    "evaluate-samples": ["--per-class", "1", "--training", "2", "--held-out", "1", "--neighbours", "2"],
}  # fmt: skip
PARSED_ONLY = ("train", "train-tokenizer")


def shown(text: str) -> list[str]:
    """The library's commands in a text, without remarks behind them."""
    lines = text.replace("\\\n", " ").splitlines()
    found = [line.strip() for line in lines if line.strip().startswith("python -m var_core ")]
    return [re.split(r"\s{2,}", line)[0] for line in found]


HELP = [command for module in COMMANDS.values() for command in shown(module.EXAMPLES)]
ALL = list(dict.fromkeys([*HELP, *shown(README.read_text(encoding="utf-8"))]))


def name_of(command: str) -> str:
    return shlex.split(command)[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the examples' files lie: photographs, a picture with settings, an official pair, models."""
    place = tmp_path_factory.mktemp("examples")
    photo = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    save_png(place / "photo.jpg", photo)  # a wrong ending must not matter
    first, second = official_state_dicts(small_config((1, 2, 16), shared_adaln=False))
    torch.save(first, place / "vae_ch160v4096z32.pth")
    torch.save(second, place / "var_d16.pth")
    convert_official(place / "vae_ch160v4096z32.pth", place / "var_d16.pth", place / "own")
    for picture in ("a.png", "runs/a.png"):
        assert main(["sample", "--class-id", "985", "--out", str(place / picture)]) == 0
    return place


@pytest.fixture
def world(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(loading, "preset_config", lambda name: tiny_config())
    with fake_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "foreign"))
        monkeypatch.setattr(constants, "HF_ASSETS_CACHE", str(tmp_path / "assets"))
        files = [hub.put(name, (folder / name).read_bytes()) for name in ("vae_ch160v4096z32.pth", "var_d16.pth")]
        for name in ("d16", "d30"):
            model = OfficialModel(name, files[0], files[1], 256, 100_000, 3.55, 0.4)
            monkeypatch.setitem(registry.OFFICIAL_MODELS, name, model)
        yield folder


def test_every_command_shows_an_example() -> None:
    assert {name_of(command) for command in HELP} == set(COMMANDS)


@pytest.mark.parametrize("command", ALL)
def test_it_parses(command: str) -> None:
    build_parser().parse_args(shlex.split(command)[3:])


@pytest.mark.parametrize("command", [command for command in ALL if name_of(command) not in PARSED_ONLY])
def test_it_runs(command: str, world: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = shlex.split(command)[3:] + QUICKLY.get(name_of(command), [])
    for flag in ("--cache", "--model"):  # folders that only the reader has
        if flag in arguments and "/" in arguments[arguments.index(flag) + 1]:
            arguments[arguments.index(flag) + 1] = str(tmp_path / "cache") if flag == "--cache" else "mini"
    if "--from" in arguments:
        arguments[arguments.index("--from") + 1] = "own"
    assert main(arguments) == 0, capsys.readouterr().err
    assert capsys.readouterr().out.strip()
    for flag in ("--out", "--strip", "--animation", "--trace", "--json"):
        following = arguments[arguments.index(flag) + 1 :][:1] if flag in arguments else []
        if following and not following[0].startswith("-"):
            assert (world / following[0]).exists()
