"""When to stop before the end: SIGTERM, Ctrl-C, or the time is up. The step in hand is always finished first."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any


class Stopped(Exception):
    """A stop was wanted before the first step; the message says what is kept."""


class StopRequest:
    """Turns signals into a question that the loop asks after each step.

        with StopRequest(minutes=50) as stop:
            while not stop.wanted(): …

    A second Ctrl-C interrupts at once. Off the main thread signals cannot be caught and only the time counts.
    """

    SIGNALS = (signal.SIGTERM, signal.SIGINT)

    def __init__(self, minutes: float | None = None) -> None:
        self._deadline = None if minutes is None else time.monotonic() + 60 * minutes
        self._signal: int | None = None
        self._previous: dict[int, Any] = {}

    @property
    def reason(self) -> str:
        """Why to stop, for people; empty while there is no reason."""
        if self._signal is not None:
            return signal.Signals(self._signal).name
        late = self._deadline is not None and time.monotonic() >= self._deadline
        return "the time is up" if late else ""

    def wanted(self) -> bool:
        """Whether a signal came or the time is up."""
        return bool(self.reason)

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._note) for number in self.SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and self._signal is not None:
            raise KeyboardInterrupt
        self._signal = number


def ignore_signals() -> None:
    """For data workers: a signal to the whole process group must not kill them before the step is done."""
    for number in StopRequest.SIGNALS:
        signal.signal(number, signal.SIG_IGN)
