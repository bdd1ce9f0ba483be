"""Ten decoded scales, from the library in this process and from a server through its client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from gradio_client import Client

from app.engine import scales_on
from app.requests import PictureRequest
from var_core.pipeline import VARPipeline

PATIENCE = 60.0  # seconds without an answer
POLL = 0.001


def connected(url: str) -> Client:
    """A client that says nothing and fetches nothing but answers."""
    return Client(url, verbose=False, download_files=False, analytics_enabled=False)


def submitted(client: Client, request: PictureRequest) -> Any:
    """The job of a request."""
    options = request.options
    return client.submit(
        class_id=request.class_id, guidance=options.guidance, top_k=options.top_k or 0, top_p=options.top_p or 0,
        temperature=options.temperature, smooth=options.smooth, seed=request.seed, count=request.count,
        model=request.model, api_name="/generate",
    )  # fmt: skip


def answers(job: Any) -> Iterator[dict[str, Any]]:
    """The answers of a job as they come; its error at the end, if it has one."""
    seen, until = 0, time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done = job.done()  # looked at first, so that nothing comes between
        outputs = list(job.outputs())
        yield from outputs[seen:]
        if len(outputs) > seen:
            seen, until = len(outputs), time.monotonic() + PATIENCE
        if done:
            job.result(timeout=0)
            return
        time.sleep(POLL)
    raise TimeoutError(f"no end after {PATIENCE:g} seconds")


def from_library(pipe: VARPipeline, request: PictureRequest) -> float:
    """Seconds until the library has made and decoded the last scale."""
    started = time.perf_counter()
    for _ in scales_on(pipe, request):
        pass
    return time.perf_counter() - started


def from_server(client: Client, request: PictureRequest) -> float:
    """Seconds until a program has the last scale, finished pictures included."""
    started = last = time.perf_counter()
    for _ in answers(submitted(client, request)):
        last = time.perf_counter()
    return last - started
