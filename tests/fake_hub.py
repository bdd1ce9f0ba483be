"""A Hugging Face hub on the loopback: the two routes that the library uses, and every way in which they can fail."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from var_core.registry import OfficialFile

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "someone/model"


@dataclass(eq=False)
class FakeHub:
    """What is served and how.

    Attributes:
        files: content by (repository, name).
        fault: what goes wrong with a file's route, or the listing's ("api"), until ``times`` is used up.
        times: how often the fault strikes; many by default.
        retry_after: header of failures.
        redirect: another host, to which all requests are sent on.
        requests: (method, path, Range header or "") of each request.
        authorizations: the header, of each request.
    """

    url: str = ""
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    fault: dict[str, str] = field(default_factory=dict)
    times: int = 1_000_000
    retry_after: str | None = None
    redirect: str | None = None
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)

    def put(self, filename: str, content: bytes, repository: str = REPOSITORY) -> OfficialFile:
        """Serves a file and returns what a registry would say of it."""
        self.files[repository, filename] = content
        return OfficialFile(repository, filename, COMMIT, len(content), hashlib.sha256(content).hexdigest())

    def asked_for(self, filename: str) -> list[str]:
        """The Range headers of all requests for a file."""
        return [span for _, path, span in self.requests if path.endswith(f"/{filename}")]


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    hub = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            hub.requests.append(("GET", path, self.headers.get("Range", "")))
            hub.authorizations.append(self.headers.get("Authorization"))
            self.close_connection = True
            with suppress(BrokenPipeError, ConnectionResetError):
                if hub.redirect is not None:
                    return self._send(302, b"", {"Location": hub.redirect + self.path})
                self._answer(path)

        def _answer(self, path: str) -> None:
            name = "api" if path.startswith("/api/") else path.rpartition("/")[2]
            fault = hub.fault.get(name, "") if hub.times > 0 else ""
            hub.times -= bool(fault)
            if fault.isdecimal():
                return self._send(int(fault), b"<html>secret page</html>", {"Retry-After": hub.retry_after})
            if fault == "reset":
                return self.connection.close()
            if fault == "slow":
                time.sleep(1.5)
            if name == "api":
                return self._list(path)
            user, model, _, revision, filename = path.strip("/").split("/", 4)
            content = hub.files.get((f"{user}/{model}", filename))
            if content is None or revision != COMMIT:
                return self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
            self._serve(content, fault)

        def _serve(self, content: bytes, fault: str) -> None:
            if fault == "corrupt":
                content = bytes([content[0] ^ 1]) + content[1:]
            if fault == "another size":
                content += b"x"
            start, status, headers = 0, 200, {"ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
            span = self.headers.get("Range")
            if span and fault != "no ranges":
                start, status = int(span.removeprefix("bytes=").rstrip("-")), 206
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
                if fault == "wrong range":
                    headers["Content-Range"] = f"bytes 0-{len(content) - 1}/{len(content)}"
                if start >= len(content):
                    return self._send(416, b"", {})
            body = content[start:]
            self._head(status, len(body), headers)
            if fault == "trickle":
                for byte in body[:200]:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(0.05)
            elif fault == "truncated":
                self.wfile.write(body[: max(1, len(body) // 2)])
            else:
                self.wfile.write(body)

        def _list(self, path: str) -> None:
            repository = "/".join(path.split("/")[3:5])
            names = [name for owner, name in hub.files if owner == repository]
            if not names:
                return self._send(404, b"", {"X-Error-Code": "RepoNotFound"})
            siblings = []
            for name in names:
                content = hub.files[repository, name]
                entry: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": "0" * 40}
                if name.endswith((".safetensors", ".pth")):
                    digest = hashlib.sha256(content).hexdigest()
                    entry["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
                siblings.append(entry)
            self._send(200, json.dumps({"id": repository, "sha": COMMIT, "siblings": siblings}).encode(), {})

        def _send(self, status: int, body: bytes, headers: dict[str, str | None]) -> None:
            self._head(status, len(body), {name: value for name, value in headers.items() if value})
            self.wfile.write(body)

        def _head(self, status: int, length: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "X-Repo-Commit": COMMIT, "Content-Length": str(length)}.items():
                self.send_header(name, value)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
