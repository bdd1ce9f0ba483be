"""Fetching a model while people watch: one transfer a model, however many wait for it; it ends when the last leaves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import dataclass, field

from app.models import Models

GLANCE = 0.3  # seconds between two looks at the progress


@dataclass(slots=True)
class _Transfer:
    done: Future[None] = field(default_factory=Future)
    cancelled: threading.Event = field(default_factory=threading.Event)
    arrived: int = 0
    total: int = 0
    watchers: int = 0


class Fetches:
    """The transfers of a server.

    Args:
        models: what can be fetched.
    """

    def __init__(self, models: Models) -> None:
        self._models = models
        self._lock = threading.Lock()
        self._running: dict[str, _Transfer] = {}

    async def follow(self, name: str) -> AsyncIterator[tuple[int, int]]:
        """Bytes that are there and bytes in all, now and then, until the model is here.

        Raises:
            DownloadError: if it cannot be fetched.
            FetchCancelled: if somebody else's fetch, which this one had joined, was ending.
        """
        transfer = self._joined(name)
        try:
            while not transfer.done.done():
                yield transfer.arrived, transfer.total
                await asyncio.sleep(GLANCE)
            transfer.done.result()
        finally:
            with self._lock:
                transfer.watchers -= 1
                if not transfer.watchers:
                    transfer.cancelled.set()

    def _joined(self, name: str) -> _Transfer:
        with self._lock:
            transfer = self._running.get(name)
            if transfer is None or transfer.cancelled.is_set() or transfer.done.done():
                transfer = self._running[name] = _Transfer()
                thread = threading.Thread(target=self._work, args=(name, transfer), name=f"fetch-{name}", daemon=True)
                thread.start()
            transfer.watchers += 1
            return transfer

    def _work(self, name: str, transfer: _Transfer) -> None:
        def progress(arrived: int, total: int) -> None:
            transfer.arrived, transfer.total = arrived, max(total, transfer.total)

        try:
            self._models.fetch(name, progress, transfer.cancelled)
            transfer.done.set_result(None)
        except Exception as error:
            transfer.done.set_exception(error.with_traceback(None))
