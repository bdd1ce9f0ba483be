"""The server under test: a process of its own, as people start it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from var_core.errors import ConfigError

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    url: str
    pid: int

    def resident(self) -> int | None:
        """Bytes of memory that it holds; None where the system does not tell."""
        return resident(self.pid)


@contextlib.contextmanager
def served(flags: Sequence[str]) -> Iterator[Served]:
    """A server on a free port of this machine, started with flags of ``python app.py``.

    Raises:
        ConfigError: if it does not start; it has said why on standard error.
    """
    command = [sys.executable, "-m", "app", "--port", "0", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().partition(" ")[0]
            if not url.startswith("http"):
                raise ConfigError("The server did not start.")
            yield Served(url, process.pid)
        finally:
            process.terminate()


def resident(pid: int) -> int | None:
    """Bytes of memory that a process holds; None where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])
    return None
