"""ZeroGPU lends by the call: to visitors, after launch, and what it refuses is told with its reason."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import gradio as gr
import httpx
import pytest
from app_support import save_tiny_model
from gradio.context import LocalContext

from app import zero
from app.engine import Engine
from app.messages import explain
from app.models import Models
from app.requests import Limits
from app.run import EngineError, Failed, NotLent, OutOfMemory
from app.serving import Server, load_pipeline, serve
from app.settings import Settings, silence_analytics
from app.text import CHINESE, ENGLISH
from var_core.errors import SamplingError
from var_core.pipeline import VARPipeline

Lend = Callable[..., Callable[..., Any]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(zero, "_models", [])
    return str(save_tiny_model(tmp_path))


@pytest.fixture
def asked() -> list[str | None]:
    """The token of each request in whose name a GPU was asked for; None where there was no request."""
    return []


@pytest.fixture
def space(folder: str, asked: list[str | None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The demo served where a stand-in for ``spaces`` lends the GPU."""

    def lend(duration: Callable[[Any], int]) -> Callable[..., Any]:
        def decorate(function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
            def run(task: dict[str, Any]) -> Iterator[Any]:
                request = LocalContext.request.get(None)  # where spaces looks
                asked.append(None if request is None else request.headers.get("x-ip-token"))
                yield from function(task)

            return run

        return decorate

    spaces = ModuleType("spaces")
    spaces.GPU = lend  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spaces", spaces)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    silence_analytics()
    settings = Settings(model=folder, port=0, device="cpu", threads=1)
    server = serve(settings, load_pipeline(settings))
    yield server
    server.close()


def call(server: Server, name: str, data: list[object], token: str) -> httpx.Response:
    names = {getattr(fn.fn, "__qualname__", ""): index for index, fn in server.page.fns.items()}
    index = names[name]
    return httpx.post(
        f"{server.url}gradio_api/run/predict", json={"data": data, "fn_index": index, "session_hash": token},
        headers={"x-ip-token": token}, timeout=60,
    )  # fmt: skip


def test_no_gpu_is_asked_for_before_a_visitor_comes_and_then_in_the_visitors_name(
    space: Server, asked: list[str | None]
) -> None:
    assert asked == []
    answer = call(space, "_connect_runs.<locals>.open_example", [], "first")
    assert answer.json()["data"][0]["state"] == "example"
    call(space, "_connect_runs.<locals>.open_example", [], "second")
    assert asked == ["first"]
    room = next(index for index, block in space.page.blocks.items() if block.elem_id == "lab-anatomy")
    question = {
        "data": ["anatomy_cost", "", {"guided": True}, "en"], "component_id": room, "fn_name": "lab_ask",
        "session_hash": "third",
    }  # fmt: skip
    headers = {"x-ip-token": "third"}
    answer = httpx.post(f"{space.url}gradio_api/component_server", json=question, headers=headers, timeout=60)
    assert "error" not in answer.json()
    assert asked == ["first", "third"]


def refusing(error: Exception) -> Lend:
    """A ``spaces.GPU`` that raises instead of lending."""

    def lend(duration: object) -> Callable[..., Any]:
        def run(task: object) -> Iterator[Any]:
            raise error
            yield

        return lambda function: run

    return lend


def failure(folder: str, lend: Lend) -> Exception:
    models = Models([folder], lambda source: VARPipeline.from_pretrained(source, device="cpu"))
    engine = Engine(models.pipeline(""), perform=zero.performer(models, lend, gr.Error))
    try:
        *_, last = engine.submit(Limits(models.first.config, 1).example())
    finally:
        engine.close()
    assert isinstance(last, Failed)
    return last.error


def worker_error(said: str) -> gr.Error:
    return gr.Error(said, title="ZeroGPU worker error", print_exception=False)


QUOTA = "You have exceeded your free ZeroGPU quota (11s requested vs. 3s left). Try again in 1:00:00. "
QUEUE = "No GPU was available after 60s [Create a free account](https://huggingface.co/join) to get a higher priority."


@pytest.mark.parametrize(
    ("said", "english", "chinese"),
    [
        (QUOTA, QUOTA.strip(), "额度已用完（需要 11 秒，剩余 3 秒）。请在 1:00:00 之后重试。"),
        (QUEUE, "after 60s Create a free account (https://huggingface.co/join) to get", "60 秒内没有空闲的 GPU"),
        ("Space app has reached its GPU limit. Try re-running", "has reached its GPU limit", "Space 的 GPU 额度已用完"),
        ("GPU task aborted", "GPU task aborted", "被中止"),
        ("Something new", "Something new", "Something new"),
    ],
)
def test_why_no_gpu_was_lent_reaches_the_visitor(folder: str, said: str, english: str, chinese: str) -> None:
    error = failure(folder, refusing(gr.Error(said, title="ZeroGPU quota exceeded", print_exception=False)))
    assert isinstance(error, NotLent)
    assert isinstance(error, EngineError)
    limits = Limits(VARPipeline.from_pretrained(folder, device="cpu").config, 1)
    assert english in explain(error, ENGLISH, limits)
    assert explain(error, ENGLISH, limits).startswith("No GPU was lent for this.")
    assert chinese in explain(error, CHINESE, limits)
    assert explain(error, CHINESE, limits).startswith("这次没能借到 GPU。")


def test_what_the_process_on_the_gpu_died_of_keeps_its_meaning(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(failure(folder, refusing(worker_error("OutOfMemoryError"))), OutOfMemory)
    other = failure(folder, refusing(worker_error("AcceleratorError")))
    assert not isinstance(other, EngineError)
    assert "AcceleratorError" in str(other)

    def refuse(*_: object) -> Iterator[Any]:
        raise SamplingError("class 5 is not one of this model's")
        yield

    monkeypatch.setattr(zero, "results_on", refuse)
    error = failure(folder, lambda duration: lambda function: function)
    assert type(error) is SamplingError
    assert str(error) == "class 5 is not one of this model's"
