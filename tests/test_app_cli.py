"""Started for a published model that is not here, the demo serves at once with the embedded one and says so."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from app_support import save_tiny_model
from gradio_client import Client
from huggingface_hub import constants

from app import models as models_module
from app import standin as standin_module
from app.cli import main
from app.settings import Settings
from app.standin import at_hand
from var_core import models as library_models
from var_core import transfer

Then = Callable[[gr.Blocks], object]


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Then], int]:
    """Starts the demo for d16, which is not here, and does something while it serves; a small model embedded."""
    folder = save_tiny_model(tmp_path / "mini")
    monkeypatch.setattr(library_models, "embedded_folder", lambda name: folder)
    monkeypatch.setattr(constants, "HF_ASSETS_CACHE", str(tmp_path / "assets"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(transfer, "PAUSE", 0.01)

    def start(then: Then) -> int:
        monkeypatch.setattr(gr.Blocks, "block_thread", then)
        return main(["--model", "d16", "--port", "0", "--device", "cpu", "--threads", "1"])

    return start


def notices(page: gr.Blocks, language: str) -> list[str]:
    """What a visitor who opens the page is told."""
    names = {getattr(fn.fn, "__qualname__", ""): index for index, fn in page.fns.items()}
    index = names["_add_notice.<locals>.tell"]
    url, session = f"{page.local_url}gradio_api/queue", f"opened in {language}"
    body = {"data": [language], "fn_index": index, "session_hash": session}
    assert httpx.post(f"{url}/join", json=body, timeout=20).status_code == 200
    told = []
    with httpx.stream("GET", f"{url}/data", params={"session_hash": session}, timeout=30) as lines:
        for line in lines.iter_lines():
            message: dict[str, Any] = json.loads(line[5:]) if line.startswith("data:") else {"msg": ""}
            told += [message["log"]] if message["msg"] == "log" else []
            if message["msg"] == "process_completed":
                return told
    raise AssertionError("the stream ended without an end")


def lines_with(capsys: pytest.CaptureFixture[str], last: str) -> str:
    """What has been printed, once it has ``last`` in it."""
    printed, latest = "", time.monotonic() + 30
    while last not in printed and time.monotonic() < latest:
        printed += capsys.readouterr().out
        time.sleep(0.02)
    assert last in printed, printed
    return printed


def test_a_hub_out_of_reach_leaves_the_embedded_model_and_a_notice(
    started: Callable[[Then], int], capsys: pytest.CaptureFixture[str]
) -> None:
    def then(page: gr.Blocks) -> None:
        printed = lines_with(capsys, "d16 could not be fetched, so tiny is used.")
        assert page.local_url in printed
        assert "d16 is not here yet, so tiny is used." in printed
        assert "check the connection and HF_ENDPOINT" in printed
        client = Client(page.local_url, verbose=False)
        assert [(model["name"], model["here"]) for model in client.predict(api_name="/models")] == [
            ("tiny", True), ("d16", False),
        ]  # fmt: skip
        assert client.predict(api_name="/generate")["scale"] == 10
        (english,), (chinese,) = notices(page, "en"), notices(page, "zh")
        assert english.startswith("d16 could not be fetched, so tiny is used.")
        assert chinese.startswith("d16 无法下载，改用 tiny。")

    assert started(then) == 0


def test_the_missed_model_is_fetched_while_the_page_serves_and_then_no_longer_spoken_of(
    started: Callable[[Then], int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived: list[int] = []

    def slowly(source: str, *, progress: Callable[[int, int], None]) -> None:
        progress(42 * 10**7, 10**9)
        while not arrived:
            time.sleep(0.01)
        monkeypatch.setattr(models_module, "is_here", lambda source: True)

    monkeypatch.setattr(models_module, "ensure_model", slowly)

    def then(page: gr.Blocks) -> None:
        lines_with(capsys, "Fetching d16: 42 % of 1.00 GB.")
        (notice,) = notices(page, "en")
        assert notice == "d16 is not here yet, so tiny is used. Fetching d16: 42 % of 1.00 GB."
        arrived.append(1)
        lines_with(capsys, "d16 is here.")
        assert notices(page, "en") == []

    assert started(then) == 0


def test_only_a_published_model_that_is_not_here_is_stood_in_for(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"d20"}
    monkeypatch.setattr(standin_module, "is_here", lambda name: name in here)
    for models in ("mini,d16", "runs/mine,d16", "d20,d16"):
        assert at_hand(Settings(model=models)) == (Settings(model=models), None)
    settings, missed = at_hand(Settings(model="d16,d20,mini,runs/mine", port=1))
    assert (settings.models, settings.port, missed) == (("mini", "d16", "d20", "runs/mine"), 1, "d16")
