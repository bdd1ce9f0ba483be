"""The Space: what goes up, and ZeroGPU behind the engine's face."""

from __future__ import annotations

import inspect
import pickle
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import huggingface_hub
import numpy as np
import pytest
import torch
from app_support import awaited, save_tiny_model

from app import deploy, zero
from app.engine import Engine, scales_on
from app.lab.laboratory import Laboratory
from app.lab.past import sent_past
from app.models import Models
from app.requests import Limits
from app.run import Finished, ScaleDone
from app.studio import Studio
from app.uploads import Edit, Reconstruction
from var_core.errors import ConfigError
from var_core.pipeline import VARPipeline

README = """---
sdk: gradio
sdk_version: 6.31.0
python_version: "3.12"
app_file: app.py
license: mit
---
# x
"""
REQUIREMENTS = "# ours\ntorch>=2.11,<2.14\ngradio>=6.16,<7\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {
        "README.md": README, "LICENSE": "MIT", "app.py": "", "requirements.txt": REQUIREMENTS,
        "app/page.py": "", "app/__pycache__/page.pyc": "", "app/notes.txt": "", "var_core/scales.py": "",
        "assets/mini/model.safetensors": "weights", "assets/other.bin": "", "tests/test_x.py": "", ".env": "SECRET",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_only_what_runs_goes_up_with_the_versions_that_zerogpu_has(checkout: Path) -> None:
    files = deploy.contents(checkout)
    assert list(files) == [
        "README.md", "LICENSE", "app.py", "requirements.txt", "app/page.py", "var_core/scales.py",
        "assets/mini/model.safetensors",
    ]  # fmt: skip
    assert files["requirements.txt"].decode() == "# ours\ntorch==2.11.0\ngradio==6.31.0\nspaces\n"
    deploy.check("me/demo", files)
    assert "7  assets/mini/model.safetensors" in deploy.listing(files)


def test_our_own_requirements_allow_these_versions() -> None:
    text = (deploy.ROOT / "requirements.txt").read_text()
    front = deploy.front_matter((deploy.ROOT / "README.md").read_text())
    assert f"torch=={deploy.ZERO_TORCH}" in deploy.pinned(text, front["sdk_version"])
    with pytest.raises(ConfigError, match=r"gradio"):
        deploy.pinned(text, "5.0.0")


@pytest.mark.parametrize(
    ("space", "change", "message"),
    [
        ("demo", {}, "USER/NAME"),
        ("me/demo", {"README.md": b"# no front matter"}, "front matter"),
        ("me/demo", {"README.md": README.replace("gradio", "docker").encode()}, "sdk: gradio"),
        ("me/demo", {"assets/mini/model.safetensors": None}, "embedded model"),
    ],
)
def test_what_could_not_run_is_refused(checkout: Path, space: str, change: dict, message: str) -> None:
    files = {name: data for name, data in {**deploy.contents(checkout), **change}.items() if data is not None}
    with pytest.raises(ConfigError, match=message):
        deploy.check(space, files)


def test_an_upload_is_one_commit_that_also_clears_away_what_is_no_longer_there(checkout: Path) -> None:
    class Hub:
        def __init__(self) -> None:
            self.calls: dict[str, tuple] = {}

        def __getattr__(self, name: str) -> Callable[..., Any]:
            def call(*values: object, **named: object) -> list[str]:
                self.calls[name] = (values, named)
                return ["app.py", "old.py", ".gitattributes"]

            return call

    hub, files = Hub(), deploy.contents(checkout)
    assert deploy.upload("me/demo", files, hardware="zero-a10g", api=hub) == "https://huggingface.co/spaces/me/demo"
    (space, operations), named = hub.calls["create_commit"]
    assert (space, named["repo_type"]) == ("me/demo", "space")
    assert [operation.path_in_repo for operation in operations] == [*files, "old.py"]
    assert hub.calls["add_space_variable"][0] == ("me/demo", "VAR_DEMO_MODEL", "mini")
    assert hub.calls["create_repo"][1]["space_sdk"] == "gradio"
    assert hub.calls["request_space_hardware"][0] == ("me/demo", "zero-a10g")


def test_a_dry_run_uploads_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deploy, "ROOT", checkout)
    monkeypatch.setattr(deploy, "upload", lambda *_, **__: pytest.fail("it uploaded"))
    assert deploy.main(["me/demo", "--dry-run"]) == 0
    assert "in 7 files" in capsys.readouterr().out
    assert deploy.main(["demo", "--dry-run"]) == 2
    assert "USER/NAME" in capsys.readouterr().err


def test_a_hub_out_of_reach_is_one_line_and_no_traceback(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deploy, "ROOT", checkout)
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    assert deploy.main(["me/demo"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(r"error: the hub did not do it \(\w+\): \S", line)


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> VARPipeline:
    return VARPipeline.from_pretrained(save_tiny_model(tmp_path_factory.mktemp("m")), device="cpu", precision="exact")


def lent(duration: Callable[[Any], int]) -> Callable[..., Any]:
    """Stands in for ``spaces.GPU``: everything crosses a pickle, as between two processes."""

    def decorate(function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        assert inspect.isgeneratorfunction(function)
        assert pickle.loads(pickle.dumps(function)) is function  # of a module, or the fork could not find it

        def run(task: dict) -> Iterator[Any]:
            assert 0 < duration(task) <= 60
            for scale in function(pickle.loads(pickle.dumps(task))):
                assert not any(isinstance(value, torch.Tensor) for value in scale.values())
                yield pickle.loads(pickle.dumps(scale))

        return run

    return decorate


@pytest.mark.parametrize("kind", ["generate", "edit", "reconstruct"])
def test_zerogpu_gives_the_same_scales_through_the_same_engine(
    pipe: VARPipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(zero, "_models", [])
    folder = str(save_tiny_model(tmp_path))
    models = Models([folder], VARPipeline.from_pretrained, first=pipe)
    request = Limits(pipe.config, 4).request(
        class_id=417, guidance=3, top_k=20, top_p=0.9, temperature=1, smooth=False, seed=5, count=2
    )
    request = replace(request, statistics=True)
    picture = torch.rand(3, 128, 128, generator=torch.Generator().manual_seed(0))
    keep = torch.zeros(128, 128, dtype=torch.bool)
    task = {"generate": request, "edit": Edit(picture, keep, request), "reconstruct": Reconstruction(picture, "")}[kind]
    engine = Engine(pipe, perform=zero.performer(models, lent))
    try:
        *events, last = engine.submit(task)
    finally:
        engine.close()
    done = [event for event in events if isinstance(event, ScaleDone)]
    assert isinstance(last, Finished)
    for event, (step, pixels) in zip(done, scales_on(pipe, task), strict=True):
        assert np.array_equal(event.pixels, pixels)
        assert torch.equal(event.step.token_ids, step.token_ids)
        assert torch.equal(event.step.latent, step.latent)
        assert (event.step.statistics is None) == (step.statistics is None)


def test_zerogpu_answers_the_labs_questions_and_runs_its_shows(
    pipe: VARPipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zero, "_models", [])
    folder = str(save_tiny_model(tmp_path))
    models = Models([folder], VARPipeline.from_pretrained, first=pipe)
    name = models.first.name
    there = Laboratory(Studio(Engine(pipe, perform=zero.performer(models, lent)), models, max_batch=2), tmp_path)
    here = Laboratory(Studio(Engine(pipe), models, max_batch=2), tmp_path)
    try:
        record = awaited(here.studio.example()).record
        assert record is not None
        past = sent_past(record)
        asked = {"past": {**past, "ids": past["ids"][:4]}, "scale": 4, "index": 3}
        assert awaited(there.ask("inspect_logits", name, asked)) == awaited(here.ask("inspect_logits", name, asked))

        async def last(lab: Laboratory) -> Any:
            wish = {"past": past, "keep": 4, "count": 2, "seed": 9, "ticket": 1}
            return [value async for value in lab.show("branch", name, wish, None)][-1]

        mine, other = awaited(last(there)), awaited(last(here))
        assert mine["state"] == other["state"] == "finished"
        assert [one["ids"] for one in mine["record"]["pictures"]] == [one["ids"] for one in other["record"]["pictures"]]
        assert mine["facts"] == other["facts"]
    finally:
        there.studio.close()
        here.studio.close()
