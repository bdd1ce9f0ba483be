"""From settings to a running server."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
import torch

from app.engine import Engine
from app.page import build_page
from app.settings import Settings
from app.studio import Studio
from app.theme import FAVICON, STYLESHEET, theme
from var_core.pipeline import VARPipeline
from var_core.precision import usable_threads

SESSIONS = 500
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
    """The model that the settings name.

    Raises:
        CheckpointError: if it is unknown, damaged or incomplete.
        DeviceError: if the device or precision is not to be had.
    """
    torch.set_num_threads(settings.threads or usable_threads())
    return VARPipeline.from_pretrained(settings.model, device=settings.device, precision=settings.precision)


def serve(settings: Settings, pipe: VARPipeline) -> Server:
    """Starts the server and returns at once."""
    engine = Engine(pipe, queue_size=settings.queue_size, deadline=settings.deadline)
    studio = Studio(engine, settings.max_batch)
    page = build_page(studio, settings.lang)
    page.queue(api_open=False, max_size=settings.queue_size)
    _, local, public = page.launch(
        server_name=settings.host,
        server_port=settings.port or None,
        share=settings.share,
        root_path=settings.root_path or None,
        prevent_thread_lock=True,
        quiet=True,
        show_error=False,
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=["api"],
        state_session_capacity=SESSIONS,
        max_file_size=UPLOAD_LIMIT,
        max_threads=40,
        favicon_path=FAVICON,
        theme=theme(),
        css_paths=[STYLESHEET],
    )
    return Server(page, studio, public or local)
