"""The pipelines in memory: what has not been used for longest leaves when another needs the room.

The first model stays, because everything falls back to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import torch

from app.memory import is_out_of_memory
from var_core.config import ModelConfig
from var_core.errors import ConfigError, DeviceError
from var_core.networks import empty_networks
from var_core.pipeline import VARPipeline
from var_core.precision import weight_type
from var_core.resources import gigabytes
from var_core.validation import shown


class Loaded:
    """The loaded pipelines of a server.

    Args:
        first: name of the model that never leaves.
        pipe: its pipeline, if it is loaded already; tells device and precision of all.
        limit: bytes that the weights of all may take together; None for what the device holds.

    Raises:
        ConfigError: if the limit is less than the first model takes.
    """

    def __init__(self, first: str, pipe: VARPipeline | None, limit: int | None) -> None:
        self._first, self._limit = first, limit
        self.device = torch.device("cpu") if pipe is None else pipe.device
        self.precision = "exact" if pipe is None else pipe.precision.name
        self._dtype = torch.float32 if pipe is None else pipe.precision.dtype
        self._lock = threading.Lock()
        self._pipes: dict[str, VARPipeline] = {} if pipe is None else {first: pipe}  # least recently used first
        if limit is not None and self._taken() > limit:
            raise ConfigError(
                f"memory must be at least the {gigabytes(self._taken())} that the first model takes, "
                f"got {gigabytes(limit)}."
            )

    @property
    def names(self) -> list[str]:
        """The loaded models, least recently used first."""
        with self._lock:
            return list(self._pipes)

    def pipeline(self, name: str, config: ModelConfig, load: Callable[[], VARPipeline]) -> VARPipeline:
        """The pipeline of a model, loaded if need be; called by one thread at a time.

        Raises:
            DeviceError: if it does not fit, not even alone with the first.
        """
        with self._lock:
            pipe = self._pipes.pop(name, None)
            if pipe is not None:
                self._pipes[name] = pipe
                return pipe
            self._keep_limit(name, config)
        pipe = self._made(load)
        with self._lock:
            self._pipes[name] = pipe
        return pipe

    def most_for(self, config: ModelConfig, available: int | None) -> int | None:
        """Bytes that another model may take where ``available`` are free; None where that is not known.

        What can leave counts as free. Within the limit only the device counts, which must hold a load's peak too.
        """
        with self._lock:
            room = self._room()
            # On the CPU float32 weights alias their file, whose pages count as free already.
            copied = self.device.type != "cpu" or self.precision != "exact"
            idle = self._taken() - self._taken_by_first() if copied else 0
        most = None if available is None else available + idle
        if room is None or self._bytes_for(config) <= room:
            return most
        return room if most is None else min(most, room)

    def _made(self, load: Callable[[], VARPipeline]) -> VARPipeline:
        while True:
            try:
                return load()
            except Exception as error:
                if not isinstance(error, DeviceError) and not is_out_of_memory(error):
                    raise
                with self._lock:
                    leaving = self._oldest()
                if leaving is None:
                    raise
            with self._lock:  # only here, for the error held whatever had been loaded
                self._let_go(leaving)

    def _keep_limit(self, name: str, config: ModelConfig) -> None:
        """Lets models go until another fits under the limit; refuses before any goes if that cannot be."""
        room = self._room()
        if self._limit is None or room is None:
            return
        needed = self._bytes_for(config)
        if needed > room:
            raise DeviceError(
                f"The model {shown(name)} needs {gigabytes(needed)} of memory on {self.device}, {gigabytes(room)} is "
                f"free. That is what the limit of {gigabytes(self._limit)} leaves beside the first model: choose a "
                "smaller model, or start the server with more --memory."
            )
        while self._taken() + needed > self._limit and (leaving := self._oldest()) is not None:
            self._let_go(leaving)

    def _oldest(self) -> str | None:
        return next((name for name in self._pipes if name != self._first), None)

    def _let_go(self, name: str) -> None:
        del self._pipes[name]
        if torch.cuda.is_available():
            torch.cuda.empty_cache()  # or the driver, which is asked what is free, still counts it as taken

    def _room(self) -> int | None:
        """What the limit leaves beside the first model."""
        return None if self._limit is None else max(0, self._limit - self._taken_by_first())

    def _taken_by_first(self) -> int:
        return _bytes_of(self._pipes[self._first]) if self._first in self._pipes else 0

    def _taken(self) -> int:
        return sum(map(_bytes_of, self._pipes.values()))

    def _bytes_for(self, config: ModelConfig) -> int:
        """What the weights of a model take once it is loaded."""
        return sum(
            weight.numel() * weight_type(name, self._dtype).itemsize
            for network in empty_networks(config)
            for name, weight in network.named_parameters()
        )


def _bytes_of(pipe: VARPipeline) -> int:
    weights = (*pipe.tokenizer.parameters(), *pipe.transformer.parameters())
    return sum(weight.numel() * weight.element_size() for weight in weights)
