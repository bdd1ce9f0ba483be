"""What lies ready for download: the files of recent runs, and which run each person is looking at.

Packing a run takes a while after its last scale; by then its person may look at another. Files lie on the disk, where
they are cleared away after a time; what is kept here is where, for the latest runs only.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

MOST_RUNS, MOST_PEOPLE = 2000, 1000


@dataclass(frozen=True, slots=True)
class _Seen:
    newest: str  # run of theirs
    shown: str  # the run that they look at
    working: bool  # whether the newest has scales to come


class Shelves:
    """One shelf a person.

    Args:
        most_runs: whose files are known; the oldest are forgotten.
        most_people: whose shelf is known, likewise.
    """

    def __init__(self, most_runs: int = MOST_RUNS, most_people: int = MOST_PEOPLE) -> None:
        self._most_runs, self._most_people = most_runs, most_people
        self._lock = threading.RLock()
        self._files: OrderedDict[str, tuple[Path, ...]] = OrderedDict()
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def begin(self, person: str, run: str) -> None:
        """A run of theirs has begun, and is what they look at."""
        self._see(person, _Seen(run, run, True))

    def end(self, person: str, run: str) -> None:
        """A run has no more scales to come."""
        with self._lock:
            seen = self._seen.get(person)
            if seen is not None and seen.newest == run:
                self._see(person, replace(seen, working=False))

    def recall(self, person: str, run: str) -> bool:
        """They look at an earlier run again; not while one is in work, which would take its place at once."""
        with self._lock:
            seen = self._seen.get(person, _Seen(run, run, False))
            if not seen.working:
                self._see(person, replace(seen, shown=run))
            return not seen.working

    def shows(self, person: str, run: str) -> bool:
        """Whether a run is what they look at, as far as is known."""
        seen = self._seen.get(person)
        return seen is None or seen.shown == run

    def replaced(self, person: str, run: str) -> bool:
        """Whether a newer run of theirs has begun."""
        seen = self._seen.get(person)
        return seen is not None and seen.newest != run

    def put(self, run: str, files: Sequence[str]) -> None:
        """The files of a run that has been packed."""
        with self._lock:
            _keep(self._files, run, tuple(map(Path, files)), self._most_runs)

    def files(self, run: str) -> list[str] | None:
        """The files of a run, if all are still there; they then stay as long as new ones."""
        paths = self._files.get(run)
        if paths is None or not all(path.is_file() for path in paths):
            return None
        for path in paths:
            with contextlib.suppress(OSError):
                path.touch()
        return list(map(str, paths))

    def _see(self, person: str, seen: _Seen) -> None:
        with self._lock:
            _keep(self._seen, person, seen, self._most_people)


def _keep(items: OrderedDict[str, Any], key: str, value: Any, most: int) -> None:
    items[key] = value
    items.move_to_end(key)
    while len(items) > most:
        items.popitem(last=False)
