"""From settings to a running server."""

from __future__ import annotations

import errno
import importlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

import gradio as gr
import torch
from packaging.requirements import Requirement
from starlette.middleware import Middleware

from app.engine import Engine, Performer, Result, results_on
from app.head import OwnPreview, own_names, own_words
from app.messages import as_html
from app.models import Models
from app.page import build_page
from app.run import Question, Task
from app.settings import Settings, on_zero_gpu
from app.standin import StandIn
from app.studio import Studio
from app.text import TEXTS, text_for
from app.theme import FAVICON, STYLESHEET, theme
from app.views.wiring import QUIET
from app.zero import performer
from var_core.errors import ConfigError
from var_core.pipeline import VARPipeline
from var_core.precision import usable_threads
from var_core.validation import shown

SESSIONS = 500
# Events that may arrive between two looks of Gradio's own line, whose refusals are one English sentence. The engine's
# line behind it is the short one, and refuses in the reader's language.
CROWD = 500
UPLOAD_LIMIT = "20mb"
TELL_LANGUAGE = "(lang) => [document.documentElement.lang || lang]"
NOTICE_SECONDS = 20  # not for ever: it lies over the choice of language


@dataclass(frozen=True, slots=True)
class Server:
    """A running demo; ``standin`` where its first model takes the place of another."""

    page: gr.Blocks
    studio: Studio
    url: str
    standin: StandIn | None = None

    def close(self) -> None:
        """Stops serving and ends the engine."""
        self.page.close(verbose=False)
        self.studio.close()


def check_address(settings: Settings) -> None:
    """Refuses an address that cannot be listened on.

    Raises:
        ConfigError: if the port is taken or not allowed, or the host is no address of this machine.
    """
    host, port = settings.host, settings.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            remedy = "Give 127.0.0.1 for this machine alone, or 0.0.0.0 for all of its addresses."
            raise ConfigError(f"host must be an address of this machine, got {shown(host)}. {remedy}") from None
        why = "in use" if error.errno == errno.EADDRINUSE else f"not to be had ({error.strerror})"
        raise ConfigError(f"port {port} of {host} is {why}. Give another, or --port 0 for any free one.") from None


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


def serve(settings: Settings, pipe: VARPipeline, missed: str | None = None) -> Server:
    """Starts the server and returns at once.

    Args:
        settings: how to serve.
        pipe: the first of the models.
        missed: the model in whose place the first is used.

    Raises:
        ConfigError: if the tools for agents are asked for and what they need is not installed.
    """
    if settings.mcp:
        _check_mcp()
    memory = None if settings.memory is None else int(settings.memory * 1e9)
    models = Models(settings.models, lambda source: _load(settings, source), first=pipe, memory=memory)

    def perform_here(task: Task | Question) -> Iterator[Result]:
        return results_on(models.pipeline(getattr(task, "model", "")), task)

    perform: Performer = perform_here
    if on_zero_gpu():
        perform = performer(models, importlib.import_module("spaces").GPU, gr.Error)
    engine = Engine(pipe, queue_size=settings.queue_size, deadline=settings.deadline, perform=perform)
    # On ZeroGPU none is lent before launch(), and then to visitors: the first of them has the example made.
    studio = Studio(engine, models, settings.max_batch, early=not on_zero_gpu())
    try:
        return _launched(settings, studio, missed)
    except BaseException:
        studio.close()  # or its worker would keep the process from ending
        raise


def _launched(settings: Settings, studio: Studio, missed: str | None) -> Server:
    page = build_page(studio, settings.lang)
    standin = None if missed is None else StandIn(studio, missed)
    if standin is not None:
        _add_notice(page, standin)
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
        head=own_names(),
        css_paths=[STYLESHEET],
        app_kwargs={"middleware": [Middleware(OwnPreview, text=TEXTS[settings.lang or "en"])]},
    )
    return Server(page, studio, public or local, standin)


def _add_notice(page: gr.Blocks, standin: StandIn) -> None:
    """Lets the page say, when it is opened, in whose place its first model is used."""

    def tell(lang: object) -> None:
        text = text_for(lang)
        notice = standin.notice(text)
        if notice:
            gr.Info(as_html(notice), duration=NOTICE_SECONDS, title=text.notice)

    with page:
        spoken = gr.Textbox(visible=False)
        # In the queue, though quick: what is not has no way to show a message.
        page.load(tell, spoken, None, js=TELL_LANGUAGE, preprocess=False, concurrency_limit=None, **QUIET)


def _check_mcp() -> None:
    """Refuses what Gradio could not serve the protocol with: it would start without it and not say so."""
    extras = [one for one in map(Requirement, metadata.requires("gradio") or ()) if one.name == "mcp"]
    wanted = extras[0] if extras else Requirement("mcp")
    remedy = "Run: pip install 'gradio[mcp]'."
    try:
        found = metadata.version("mcp")
    except metadata.PackageNotFoundError:
        raise ConfigError(f"mcp needs a package that is not installed. {remedy}") from None
    if not wanted.specifier.contains(found, prereleases=True):
        raise ConfigError(f"mcp needs the package mcp {wanted.specifier}, version {found} is installed. {remedy}")
