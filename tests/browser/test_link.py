"""The page from far away: all ten scales are seen, in order, on the way that a benchmark goes."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.bench.browser import opened, pressed
from app.bench.link import slow_link

pytestmark = pytest.mark.browser
ROUND_TRIP = 0.12


def place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 0)


def test_the_link_keeps_bytes_back_in_order_and_closes_behind_them() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def echo() -> None:
            peer, _ = server.accept()
            with peer:
                while data := peer.recv(4096):
                    peer.sendall(data)

        threading.Thread(target=echo, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with slow_link(address, ROUND_TRIP) as url, socket.create_connection(place(url), timeout=10) as sock:
            started = time.monotonic()
            for number in range(10):
                sock.sendall(bytes([number] * 1000))
            sock.shutdown(socket.SHUT_WR)
            back = b""
            while data := sock.recv(4096):
                back += data
    assert back == b"".join(bytes([number] * 1000) for number in range(10))
    assert time.monotonic() - started >= ROUND_TRIP


def test_ten_frames_arrive_and_are_drawn_in_order_from_far_away(server: Any, browser: Any) -> None:
    with slow_link(server.url, ROUND_TRIP) as url:
        page = opened(browser, url, 10)
        complaints: list[str] = []
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        for _ in range(2):
            run = pressed(page, 10)
            assert run.drawn == list(range(1, 11))
            assert run.in_order
            assert run.arrivals == sorted(run.arrivals)
            assert run.arrivals[0] > 1000 * ROUND_TRIP
        page.close()
        assert not complaints
