"""From settings to a running server."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr
import torch
from starlette.middleware import Middleware

from app.engine import Engine, Performer, Result, results_on
from app.head import OwnPreview, own_words
from app.models import Models
from app.page import build_page
from app.run import Question, Task
from app.settings import Settings, on_zero_gpu
from app.studio import Studio
from app.text import TEXTS
from app.theme import FAVICON, STYLESHEET, theme
from app.zero import performer
from var_core.errors import ConfigError
from var_core.pipeline import VARPipeline
from var_core.precision import usable_threads

SESSIONS = 500
# Events that may arrive between two looks of Gradio's own line, whose refusals are one English sentence. The engine's
# line behind it is the short one, and refuses in the reader's language.
CROWD = 500
UPLOAD_LIMIT = "20mb"


@dataclass(frozen=True, slots=True)
class Server:
    """A running demo."""

    page: gr.Blocks
    studio: Studio
    url: str

    def close(self) -> None:
        """Stops serving and ends the engine."""
        self.page.close(verbose=False)
        self.studio.close()


def load_pipeline(settings: Settings) -> VARPipeline:
    """The model that the settings name first.

    Raises:
        CheckpointError: if it is unknown, damaged or incomplete.
        DeviceError: if the device or precision is not to be had.
    """
    torch.set_num_threads(settings.threads or usable_threads())
    return _load(settings, settings.models[0])


def _load(settings: Settings, source: str) -> VARPipeline:
    return VARPipeline.from_pretrained(source, device=settings.device, precision=settings.precision_name)


def serve(settings: Settings, pipe: VARPipeline) -> Server:
    """Starts the server and returns at once."""
    if settings.mcp and importlib.util.find_spec("mcp") is None:
        raise ConfigError("mcp needs a package that is not installed. Run: pip install 'gradio[mcp]'.")
    memory = None if settings.memory is None else int(settings.memory * 1e9)
    models = Models(settings.models, lambda source: _load(settings, source), first=pipe, memory=memory)

    def perform_here(task: Task | Question) -> Iterator[Result]:
        return results_on(models.pipeline(getattr(task, "model", "")), task)

    perform: Performer = perform_here
    if on_zero_gpu():
        perform = performer(models, importlib.import_module("spaces").GPU)
    engine = Engine(pipe, queue_size=settings.queue_size, deadline=settings.deadline, perform=perform)
    studio = Studio(engine, models, settings.max_batch)
    page = build_page(studio, settings.lang)
    page.queue(api_open=False, max_size=CROWD)
    _, local, public = page.launch(
        server_name=settings.host,
        server_port=settings.port or None,
        share=settings.share,
        root_path=settings.root_path or None,
        prevent_thread_lock=True,
        quiet=True,
        show_error=False,
        ssr_mode=False,
        mcp_server=settings.mcp,
        run_history=False,
        enable_monitoring=False,
        footer_links=["api"],
        state_session_capacity=SESSIONS,
        max_file_size=UPLOAD_LIMIT,
        max_threads=40,
        favicon_path=FAVICON,
        theme=theme(),
        css=own_words(),
        css_paths=[STYLESHEET],
        app_kwargs={"middleware": [Middleware(OwnPreview, text=TEXTS[settings.lang or "en"])]},
    )
    return Server(page, studio, public or local)
