"""One file over HTTP into a partial file: resumed where it stopped, tried again, and ended by a deadline.

huggingface_hub supplies addresses, log-in and the connection (proxies and certificates that the user has set there
count here), but not the loop: its own downloads begin again from nothing after a failure, know no total deadline
and cannot be left while a server trickles.

Messages name the file, the cause and the remedy. They never quote an address, a header or another library's text:
those can hold tokens and signatures.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar, cast

from huggingface_hub import get_session
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

from var_core.errors import DownloadError
from var_core.resources import duration, gigabytes

Progress = Callable[[int, int], None]
Result = TypeVar("Result")

TRIES = 4  # in a row, without a byte gained
PAUSE = 1.0  # seconds before the second try; doubled each time
LONGEST_WAIT = 60.0  # seconds that a hub may ask us to wait
STALL = 20.0  # seconds of silence after which a connection counts as broken
PASSING_STATUSES = (408, 416, 429, 500, 502, 503, 504)
# The HTTP library under huggingface_hub changed between 1.x and 2.x; its errors share this base.
HttpError = cast("type[Exception]", HfHubHTTPError.__bases__[0])

LOG_IN = "log in with `hf auth login` or set HF_TOKEN, and accept the repository's terms on its page"
LATER = "try again later; what has arrived is kept"
REFUSALS = {
    401: ("the hub shows no such thing without a log-in (401)", f"check the name; {LOG_IN}"),
    403: ("the hub refuses access (403)", LOG_IN),
    404: ("the hub has no such file or model (404)", "check the name; a mirror set by HF_ENDPOINT may lack it"),
    429: ("the hub has had too many requests (429)", "wait some minutes; a log-in raises the limit"),
}


class Clock:
    """What is left of a total deadline.

    Args:
        seconds: from now on.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self._end = seconds, time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds, never below 0."""
        return max(0.0, self._end - time.monotonic())

    def check(self, what: object) -> None:
        """Raises DownloadError once the deadline has passed."""
        if not self.left:
            raise failure(what, f"it was not done in {duration(self.seconds)}", "run it again: it goes on where it is")


class Interrupted(Exception):
    """A failure that may pass: cause and remedy, and seconds that the hub asks us to wait."""

    def __init__(self, cause: str, remedy: str, wait: float = 0.0) -> None:
        super().__init__(cause)
        self.cause, self.remedy, self.wait = cause, remedy, wait


def failure(what: object, cause: str, remedy: str) -> DownloadError:
    """The one form of every message: file, cause, remedy."""
    return DownloadError(f"{what} could not be fetched: {cause}. Remedy: {remedy}.")


def download(url: str, partial: Path, num_bytes: int, what: object, clock: Clock, progress: Progress | None) -> None:
    """Completes ``partial`` to ``num_bytes`` bytes, keeping what it already has.

    The deadline is looked at whenever bytes arrive and bounds every wait for them, so that it is overrun by at most
    ``STALL`` seconds.

    Raises:
        DownloadError: if that fails; what has arrived stays in ``partial``.
    """

    def arrived() -> int:
        return partial.stat().st_size if partial.exists() else 0

    def attempt() -> None:
        if arrived() > num_bytes:
            partial.unlink()
        if arrived() < num_bytes:
            _stream(url, partial, arrived(), num_bytes, what, clock, progress)

    persist(what, clock, attempt, arrived)


def persist(what: object, clock: Clock, attempt: Callable[[], Result], gained: Callable[[], int]) -> Result:
    """Calls ``attempt`` until it ends without ``Interrupted``; gives up after ``TRIES`` failures without a gain.

    Raises:
        DownloadError: with the last cause, or when the deadline has passed.
    """
    failures, before = 0, gained()
    while True:
        clock.check(what)
        try:
            with _explained(what):
                return attempt()
        except Interrupted as trouble:
            failures = 1 if gained() > before else failures + 1
            before = gained()
            pause = max(PAUSE * 2 ** (failures - 1), trouble.wait)
            if failures >= TRIES or trouble.wait > LONGEST_WAIT:
                raise failure(what, trouble.cause, trouble.remedy) from None
            time.sleep(min(pause, clock.left))


def check_status(status: int, what: object, wait: str | None) -> None:
    """Turns an HTTP status into an error, unless it is a success.

    Raises:
        Interrupted: if it may pass.
        DownloadError: if it will not.
    """
    if status < 300:
        return
    cause, remedy = REFUSALS.get(status, (f"the hub is in trouble ({status})", LATER))
    if status in PASSING_STATUSES:
        raise Interrupted(cause, remedy, float(wait) if wait is not None and wait.isdecimal() else 0.0)
    raise failure(what, cause, remedy)


def _stream(
    url: str, partial: Path, offset: int, num_bytes: int, what: object, clock: Clock, progress: Progress | None
) -> None:
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    with get_session().stream("GET", url, headers=headers, timeout=min(STALL, clock.left)) as response:
        if response.status_code == 416:  # it cannot go on from there
            partial.unlink()
        check_status(response.status_code, what, response.headers.get("Retry-After"))
        if response.status_code != 206:  # the whole file, asked for or not
            offset = 0
        total = response.headers.get("Content-Range", "").rpartition("/")[2] if offset else None
        total = total or response.headers.get("Content-Length", str(num_bytes))
        if total != str(num_bytes) or (offset and f"bytes {offset}-" not in response.headers["Content-Range"]):
            raise failure(
                what, f"the hub offers {total} bytes where {num_bytes} are expected",
                "this is another file or a log-in page: check HF_ENDPOINT and any proxy",
            )  # fmt: skip
        with writing(what), partial.open("r+b" if offset else "wb") as file:
            file.seek(offset)
            for chunk in response.iter_raw():
                if offset + len(chunk) > num_bytes:
                    raise Interrupted("the hub sent more than the file holds", LATER)
                file.write(chunk)
                offset += len(chunk)
                if progress is not None:
                    progress(offset, num_bytes)
                clock.check(what)
    if offset < num_bytes:
        raise Interrupted(f"the connection ended after {gigabytes(offset)} of {gigabytes(num_bytes)}", LATER)


@contextlib.contextmanager
def _explained(what: object) -> Iterator[None]:
    """Turns whatever the network, the hub or the library under it raises into one of our two kinds."""
    try:
        yield
    except OfflineModeIsEnabled:
        raise failure(what, "HF_HUB_OFFLINE is set", "unset it, or use a model that is already here") from None
    except HfHubHTTPError as error:
        check_status(error.response.status_code, what, error.response.headers.get("Retry-After"))
    except (HttpError, ConnectionError) as error:
        if "Timeout" in type(error).__name__:
            raise Interrupted("the hub did not answer in time", LATER) from None
        raise Interrupted(
            f"the hub cannot be reached or hung up ({type(error).__name__})",
            "check the connection and HF_ENDPOINT; what has arrived is kept",
        ) from None


@contextlib.contextmanager
def writing(what: object) -> Iterator[None]:
    """Turns a failure of the disk into a DownloadError."""
    try:
        yield
    except (OfflineModeIsEnabled, HfHubHTTPError):  # the network's, though of the same family
        raise
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        cause = "the disk is full" if full else f"the cache cannot be written ({error.strerror or 'unknown reason'})"
        raise failure(what, cause, "free some space, or choose another cache; what has arrived is kept") from None
