"""A lock that one process, and one thread of it, holds at a time.

It is the system's lock on a file: whoever holds it lets go of it by ending, however that ends. The file stays, and
says nothing by being there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub.utils import WeakFileLock  # type: ignore[attr-defined]

ONE_TRY = 0.01  # seconds; the lock under it would not even try in none


@contextlib.contextmanager
def held(path: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Holds the lock on the file ``path``, which is made if need be, until the block ends.

    Args:
        path: of the lock; nothing else may use that file.
        patience: seconds to wait for another holder.

    Raises:
        TimeoutError: if another holds it for longer.
        OSError: if the file cannot be made.
    """
    with WeakFileLock(path, timeout=max(patience, ONE_TRY)):
        yield
