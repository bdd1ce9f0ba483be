"""One request on its way through the engine: what happens to it, as events.

A ``Run`` is written by the engine's worker and read by one reader, either ``for event in run`` on a thread or
``async for event in run`` on an event loop. The last event is always ``Finished``, ``Stopped`` or ``Failed``.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import itertools
import secrets
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from var_core.errors import VarError
from var_core.images import Pixels
from var_core.pipeline import VARPipeline
from var_core.steps import ScaleStep


class Task(Protocol):
    """What can be run: anything that makes scales with a pipeline."""

    def stream(self, pipe: VARPipeline) -> Iterator[ScaleStep]:
        """The scales, coarse to fine."""
        ...


@runtime_checkable
class Question(Protocol):
    """What can be asked: anything that has one answer."""

    def answer(self, pipe: VARPipeline) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        ...


class EngineError(VarError):
    """A request that the engine could not finish; the engine itself is fine."""


class Busy(EngineError):
    """Too many requests are waiting already."""


class TimedOut(EngineError):
    """The request took longer than it may."""


class OutOfMemory(EngineError):
    """The device had too little memory for the request."""


class NotLent(EngineError):
    """Who lends the GPU by the call refused it, or took it back; the message says why."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """In line. ``ahead`` requests come first; repeated now and then, so that a reader can leave."""

    ahead: int


@dataclass(frozen=True, slots=True, eq=False)
class ScaleDone:
    """A scale was made and decoded.

    Attributes:
        step: what the sampler yielded.
        pixels: (B, H, W, 3) uint8, what the decoder makes of the sum so far.
        milliseconds: wall time of this scale, decoding included.
    """

    step: ScaleStep
    pixels: Pixels
    milliseconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The answer to a question."""

    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """All scales were made."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Cancelled: by its owner, or because nobody reads it any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Failed:
    """It ended with an error; the traceback has been dropped, so that it keeps no tensor alive."""

    error: Exception


Event = Waiting | ScaleDone | Answered | Finished | Stopped | Failed
LAST = (Finished, Stopped, Failed)
PULSE = 1.0  # seconds after which a waiting reader is handed its place in line again
_numbers = itertools.count(1)


class Run:
    """A submitted task. Make one with ``Engine.submit``.

    Attributes:
        id: unique in this process and unguessable.
        owner: whose it is, or None; a new run of an owner replaces the one before.
        context: of whoever submitted it. The worker works in it, because ZeroGPU looks there for the visitor whose
            quota is spent.
    """

    def __init__(self, task: Task | Question, owner: str | None, patience: float, ahead: int) -> None:
        self.id = f"{next(_numbers)}-{secrets.token_hex(8)}"
        self.task, self.owner = task, owner
        self.context = contextvars.copy_context()
        self._gives_up = time.monotonic() + patience
        self._ahead = ahead
        self._events: deque[Event] = deque([Waiting(ahead)] if ahead else [])
        self._arrived = threading.Condition()
        self._wake: Callable[[], object] | None = None
        self._cancelled = threading.Event()
        self._ended = False

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Asks the worker to stop; it does within one scale. Never blocks; may be called from anywhere."""
        self._cancelled.set()

    def post(self, event: Event) -> None:
        """Hands the reader an event; after the last one, nothing more is taken."""
        with self._arrived:
            if self._ended:
                return
            self._ended = isinstance(event, LAST)
            if isinstance(event, Waiting):
                self._ahead = event.ahead
            self._events.append(event)
            self._arrived.notify_all()
            wake = self._wake
        if wake is not None:
            wake()

    def __iter__(self) -> Iterator[Event]:
        event: Event | None = None
        try:
            while not isinstance(event, LAST):
                with self._arrived:
                    self._arrived.wait_for(lambda: bool(self._events), timeout=PULSE)
                    event = self._next()
                if event is not None:
                    yield event
        finally:
            self.cancel()

    async def __aiter__(self) -> AsyncIterator[Event]:
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()
        with self._arrived:
            self._wake = lambda: loop.call_soon_threadsafe(arrived.set)
        event: Event | None = None
        try:
            while not isinstance(event, LAST):
                with self._arrived:
                    arrived.clear()
                    ready = bool(self._events)
                if not ready:
                    # Not wait_for: up to Python 3.11 it swallows a cancellation that meets an arrival.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(PULSE):
                            await arrived.wait()
                with self._arrived:
                    event = self._next()
                if event is not None:
                    yield event
        finally:
            with self._arrived:
                self._wake = None
            self.cancel()

    def _next(self) -> Event | None:
        """The oldest event; else the place in line, or the end of patience with a worker that hangs."""
        if self._events:
            return self._events.popleft()
        if time.monotonic() > self._gives_up:
            self._ended = True
            return Failed(TimedOut("the request took too long"))
        return Waiting(self._ahead) if self._ahead else None
