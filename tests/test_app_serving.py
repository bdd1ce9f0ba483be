"""What the server promises beside its answers: it stays responsive, and starts only with what was asked for."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata

import httpx
import pytest
from app_support import save_tiny_model

from app.cli import main
from app.serving import Server, load_pipeline, serve
from app.settings import LONGEST_QUEUE, Settings, silence_analytics
from var_core.pipeline import VARPipeline

QUESTIONS = 60  # more than Gradio has threads


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    silence_analytics()
    folder = save_tiny_model(tmp_path_factory.mktemp("model"))
    settings = Settings(model=str(folder), port=0, device="cpu", threads=1, queue_size=LONGEST_QUEUE)
    server = serve(settings, load_pipeline(settings))
    yield server
    server.close()


class Held:
    """Keeps the model busy until it is let go."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Event(), threading.Event()

    def stream(self, pipe: VARPipeline) -> Iterator[object]:
        self.begun.set()
        self.over.wait(60)
        return iter(())


def test_stop_answers_however_many_questions_wait_and_all_of_them_are_answered(server: Server) -> None:
    room = next(index for index, block in server.page.blocks.items() if block.elem_id == "lab-anatomy")
    names = [(getattr(fn.fn, "__qualname__", ""), index) for index, fn in server.page.fns.items()]
    stop = next(index for name, index in names if name == "_connect_runs.<locals>.stop")  # the button's comes first

    def ask(number: int) -> dict[str, object]:
        question = {
            "data": ["anatomy_cost", "", {"guided": True}, "en"], "component_id": room, "fn_name": "lab_ask",
            "session_hash": f"visitor-{number}",
        }  # fmt: skip
        return httpx.post(f"{server.url}gradio_api/component_server", json=question, timeout=60).json()

    held, engine = Held(), server.studio.engine
    busy = engine.submit(held)
    assert held.begun.wait(30)
    with ThreadPoolExecutor(QUESTIONS) as crowd:
        try:
            answers = [crowd.submit(ask, number) for number in range(QUESTIONS)]
            latest = time.monotonic() + 30
            while len(engine._waiting) < QUESTIONS and time.monotonic() < latest:
                time.sleep(0.05)
            assert len(engine._waiting) == QUESTIONS
            body = {"data": [], "fn_index": stop, "session_hash": "somebody"}
            assert httpx.post(f"{server.url}gradio_api/run/predict", json=body, timeout=20).status_code == 200
        finally:
            held.over.set()
        told = [answer.result() for answer in answers]
    list(busy)
    assert [answer["error"] for answer in told if "error" in answer] == []


@pytest.mark.parametrize("installed", [None, "1.20.0", "2.0.1"])
def test_tools_for_agents_that_gradio_could_not_serve_are_refused_at_the_start(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], installed: str | None
) -> None:
    version = metadata.version

    def faked(name: str) -> str:
        if name != "mcp":
            return version(name)
        if installed is None:
            raise metadata.PackageNotFoundError(name)
        return installed

    monkeypatch.setattr(metadata, "version", faked)
    monkeypatch.setattr("app.serving.load_pipeline", lambda settings: server.studio.engine.pipe)
    assert main(["--model", server.studio.models.first.source, "--port", "0", "--mcp"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install 'gradio[mcp]'" in line
    assert (installed or "not installed") in line


@pytest.mark.parametrize(
    ("host", "remedy"), [("127.0.0.1", "--port 0"), ("192.0.2.1", "0.0.0.0"), ("no.such.host.invalid", "0.0.0.0")]
)
def test_an_address_that_cannot_be_listened_on_is_refused_before_the_model_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str, remedy: str
) -> None:
    monkeypatch.setattr("app.serving.load_pipeline", lambda settings: pytest.fail("it was loaded"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--host", host, "--port", str(port)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert remedy in line
    assert (str(port) if host == "127.0.0.1" else host) in line


def test_a_server_that_does_not_start_leaves_no_worker_behind(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(threading.enumerate())

    def refuse(*args: object, **settings: object) -> None:
        raise OSError("the port was taken a moment ago")

    monkeypatch.setattr("gradio.Blocks.launch", refuse)
    settings = Settings(model=server.studio.models.first.source, port=0, device="cpu", threads=1)
    with pytest.raises(OSError, match="a moment ago"):
        serve(settings, server.studio.engine.pipe)
    latest = time.monotonic() + 20
    while set(threading.enumerate()) - before and time.monotonic() < latest:
        time.sleep(0.05)
    assert [thread.name for thread in set(threading.enumerate()) - before] == []
