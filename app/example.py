"""The example that the page opens with: made once, for all visitors."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future

from app.updates import Update

PATIENCE = 60.0  # seconds that a visitor waits for it


class Example:
    """Makes it and hands it out.

    Args:
        make: makes it, on a thread of its own.
        early: begin at once; else when the first visitor asks for it, and then in the visitor's context.
    """

    def __init__(self, make: Callable[[], Update], *, early: bool) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Future[Update] | None = None
        if early:
            self._begun()

    async def ready(self) -> Update:
        """The example; waits for it, and begins it anew where it had failed.

        Raises:
            TimeoutError: if it takes too long; it goes on for those who come later.
            Exception: whatever became of it.
        """
        return await asyncio.wait_for(asyncio.wrap_future(self._begun()), PATIENCE)

    def _begun(self) -> Future[Update]:
        with self._lock:
            if self._made is None or (self._made.done() and self._made.exception() is not None):
                self._made = Future()
                # Running, it cannot be cancelled: a visitor who waits no longer would take it from all others.
                self._made.set_running_or_notify_cancel()
                work = contextvars.copy_context().run
                threading.Thread(target=work, args=(self._work, self._made), name="var-example", daemon=True).start()
            return self._made

    def _work(self, made: Future[Update]) -> None:
        try:
            made.set_result(self._make())
        except Exception as error:
            made.set_exception(error)
