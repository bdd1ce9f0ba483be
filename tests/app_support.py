"""A model small enough to test the demo with, and a stand-in that shows how the engine treats a model."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import torch

from var_core.config import ClassLabel, ModelConfig, TokenizerConfig, TransformerConfig
from var_core.initialization import initialize
from var_core.saving import save_model
from var_core.scales import SCHEDULE_256
from var_core.tokenizer import Tokenizer
from var_core.transformer import Transformer

T = TypeVar("T")

# One name is hostile on purpose: class names come with a model, and models come from anywhere.
NAMES = {980: "volcano", 417: "balloon", 437: "lighthouse", 13: "<img src=x onerror=alert(1)>"}


def tiny_config() -> ModelConfig:
    """The ten official sides, 128-px pictures, four classes; a run takes a fraction of a second."""
    tokens = TokenizerConfig(
        channels=8, multipliers=(1, 1, 2, 2), num_residual_blocks=1, codebook_size=64, code_dim=8, norm_groups=4
    )
    sizes = TransformerConfig(depth=2, embed_dim=64, num_heads=1, shared_adaln=True, num_classes=len(NAMES))
    labels = tuple(ClassLabel(class_id, name) for class_id, name in NAMES.items())
    return ModelConfig("tiny", tokens, sizes, SCHEDULE_256, labels)


def save_tiny_model(folder: Path) -> Path:
    """Writes a random model of that configuration."""
    config = tiny_config()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        tokenizer = Tokenizer(config.tokenizer, config.schedule)
        transformer = Transformer(config.transformer, config.tokenizer, config.schedule)
    initialize(transformer, seed=0)
    with torch.no_grad():  # or every class and scale would look alike
        transformer.head.weight.mul_(100)
        tokenizer.quantizer.codebook.mul_(4)
    save_model(folder, config, tokenizer, transformer, torch.float32)
    return folder


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, on a loop of its own: the browser tests leave theirs running on this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class StandIn:
    """Takes the place of a pipeline and notes how many threads are in it at once."""

    def __init__(self, scales: int = 10, seconds: float = 0.002) -> None:
        self.scales, self.seconds = scales, seconds
        self.inside = self.most_inside = self.steps = 0
        self.lock = threading.Lock()

    def enter(self) -> None:
        with self.lock:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        time.sleep(self.seconds)
        with self.lock:
            self.inside -= 1

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        self.enter()
        return latent


class Work:
    """A task for the stand-in; every picture it makes carries its own mark.

    Args:
        mark: 0 … 255.
        fail_at: scale at which to raise ``error``.
        gate: waited for before each scale but the first.
    """

    def __init__(
        self, mark: int = 0, *, fail_at: int | None = None, error: Exception | None = None,
        gate: threading.Semaphore | None = None,
    ) -> None:  # fmt: skip
        self.mark, self.fail_at, self.error, self.gate = mark, fail_at, error, gate

    def stream(self, pipe: StandIn) -> Iterator[SimpleNamespace]:
        for scale in range(pipe.scales):
            if scale and self.gate is not None:
                assert self.gate.acquire(timeout=20)
            if scale == self.fail_at:
                raise self.error or RuntimeError("/secret/path token=abc")
            pipe.enter()
            pipe.steps += 1
            latent = torch.full((1, 3, 2, 2), self.mark / 255)
            yield SimpleNamespace(scale=scale, side=scale + 1, latent=latent, guidance=0.4 * scale)
