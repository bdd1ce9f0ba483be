"""A storm of starts and cancels from several clients: every picture that is finished must be the library's."""

from __future__ import annotations

import base64
import io
import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
from gradio_client.exceptions import AppError
from PIL import Image

from app.bench.streams import answers, connected, submitted
from app.requests import PictureRequest
from var_core.images import Pixels, to_pixels
from var_core.pipeline import VARPipeline

LEAVES_AFTER = (1, 2, 5, 9, None, None)
LONGEST_LEAVE = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Storm:
    """What became of the requests; ``wrong`` and ``lost``, those that never ended, must be 0."""

    finished: int
    cancelled: int
    refused: int
    wrong: int
    lost: int


def expected_pictures(pipe: VARPipeline, requests: list[PictureRequest]) -> list[Pixels]:
    """What the library makes of each request alone."""
    return [
        to_pixels(pipe.sample(request.class_ids, seeds=request.seeds, options=request.options)) for request in requests
    ]


def storm(
    url: str, requests: list[PictureRequest], expected: list[Pixels], *, clients: int, rounds: int,
    leaves_after: Sequence[int | None] = LEAVES_AFTER,
) -> Storm:  # fmt: skip
    """Lets clients start, and now and then leave, requests at once.

    Args:
        url: of the server.
        requests: of which each client asks for one at a time, drawn at random.
        expected: their pictures.
        clients: how many there are.
        rounds: requests of each.
        leaves_after: scales after which one leaves, to draw from; None stays to the end.
    """

    def customer(number: int) -> Counter[str]:
        dice, client = random.Random(number), connected(url)
        fates: Counter[str] = Counter()
        for _ in range(rounds):
            choice = dice.randrange(len(requests))
            job = submitted(client, requests[choice])
            fates[_fate(job, expected[choice], dice.choice(leaves_after))] += 1
        return fates

    with ThreadPoolExecutor(clients) as pool:
        fates = sum(pool.map(customer, range(clients)), Counter())
    return Storm(fates["finished"], fates["cancelled"], fates["refused"], fates["wrong"], fates["lost"])


def _fate(job: Any, expected: Pixels, leaves_after: int | None) -> str:
    seen: list[dict[str, Any]] = []
    try:
        for answer in answers(job):
            seen.append(answer)
            if len(seen) == leaves_after:
                job.cancel()
                wait([job.future], timeout=LONGEST_LEAVE)  # Gradio cancels by session: a new request would go, too
                return "cancelled"
    except AppError:
        return "refused"
    except TimeoutError:
        return "lost"
    in_order = [answer["scale"] for answer in seen] == list(range(1, len(seen) + 1))
    pictures = seen[-1]["pictures"] if seen and in_order else None
    return "finished" if pictures is not None and _same(pictures, expected) else "wrong"


def _same(pictures: list[str], expected: Pixels) -> bool:
    got = [np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))) for uri in pictures]
    return len(got) == len(expected) and all(map(np.array_equal, got, expected))
