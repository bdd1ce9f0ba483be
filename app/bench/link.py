"""A slow link: a TCP proxy that keeps every byte back for half a round trip, in both directions.

Bandwidth is not limited and the order is kept, so that only distance is felt. A connection costs one round trip more
before its first byte, as its handshake would.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

CHUNK = 65536


@contextlib.contextmanager
def slow_link(url: str, round_trip: float) -> Iterator[str]:
    """The address under which a server on this machine is so many seconds away."""
    host, port = urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or 80
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, (host, port), round_trip), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def _accept(listener: socket.socket, server: tuple[str, int], round_trip: float) -> None:
    with contextlib.suppress(OSError):  # the listener was closed
        while True:
            near, _ = listener.accept()
            try:
                far = socket.create_connection(server)
            except OSError:
                near.close()
                continue
            for sock in (near, far):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened = time.monotonic() + round_trip
            _carry(near, far, round_trip / 2, opened)
            _carry(far, near, round_trip / 2, opened)


def _carry(source: socket.socket, target: socket.socket, delay: float, opened: float) -> None:
    """Moves bytes one way until the source ends: one thread takes them in, another lets them go when they are due."""
    held: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

    def take() -> None:
        data = b"."
        while data:
            try:
                data = source.recv(CHUNK)
            except OSError:
                data = b""
            held.put((max(time.monotonic(), opened) + delay, data))

    def release() -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = held.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if not data:
                    break
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    for work in (take, release):
        threading.Thread(target=work, daemon=True).start()
