"""The models of this server: which there are, which are in memory, which would have to be fetched first.

Names go in, pipelines come out. What has not been used for longest leaves memory when another needs the room; the
first model stays, because everything falls back to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.class_names import ClassIndex
from var_core.checkpoint import read_config
from var_core.config import ModelConfig
from var_core.errors import CheckpointError, VarError
from var_core.model_cache import Estimate, ensure_model, estimate, is_here
from var_core.models import folder_of, preset_config
from var_core.pipeline import VARPipeline
from var_core.registry import ALIASES, OFFICIAL_MODELS
from var_core.transfer import Progress

Loader = Callable[[str], VARPipeline]


class FetchCancelled(Exception):
    """Nobody wants the model any more; what has arrived is kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One model that can be chosen.

    Attributes:
        name: what people and programs call it.
        source: what ``VARPipeline.from_pretrained`` takes.
        config: its sizes, schedule and classes.
        index: the search over its classes.
        published: whether it may have to be fetched.
    """

    name: str
    source: str
    config: ModelConfig
    index: ClassIndex
    published: bool

    @property
    def here(self) -> bool:
        """Whether it can be loaded without a network."""
        return not self.published or is_here(self.source)

    @property
    def estimate(self) -> Estimate | None:
        """What fetching and loading would take; None where nothing is ever fetched."""
        return estimate(self.source) if self.published else None


class Models:
    """The models of a server.

    Args:
        sources: names and folders, the first of which the page opens with.
        load: from a source to its pipeline.
        first: the pipeline of the first source, if it is loaded already.
        memory: bytes that the weights of all loaded models may take together; None for no limit.

    Raises:
        CheckpointError: if a source is no model.
    """

    def __init__(
        self, sources: Sequence[str], load: Loader, *, first: VARPipeline | None = None, memory: int | None = None
    ) -> None:
        self._load, self._memory = load, memory
        self._lock = threading.Lock()
        self._loaded: dict[str, VARPipeline] = {}  # least recently used first
        self._models: dict[str, Model] = {}
        for source in sources:
            config = first.config if first is not None and not self._models else _config_of(source)
            published = source in OFFICIAL_MODELS or source in ALIASES
            name = source if published else config.name
            if name in self._models and self._models[name].source != source:
                name = f"{name} ({Path(source).name})"
            self._models.setdefault(name, Model(name, source, config, ClassIndex(config), published))
        self.first = next(iter(self._models.values()))
        if first is not None:
            self._loaded[self.first.name] = first

    @property
    def all(self) -> list[Model]:
        """Every model, in the order in which they were given."""
        return list(self._models.values())

    @property
    def loaded(self) -> list[str]:
        """Names of the models in memory, least recently used first."""
        with self._lock:
            return list(self._loaded)

    def get(self, name: object) -> Model | None:
        """The model of a name ("" for the first); None if there is none."""
        return self.first if name == "" else self._models.get(name) if isinstance(name, str) else None

    def pipeline(self, name: str) -> VARPipeline:
        """The pipeline of a model, loaded if need be; called by one thread at a time.

        Raises:
            CheckpointError: if it is unknown, not here yet, or damaged.
            DeviceError: if it does not fit.
        """
        model = self.get(name)
        if model is None or not model.here:
            raise CheckpointError(f"The model {name[:40]!r} is not here.")
        with self._lock:
            pipe = self._loaded.pop(model.name, None)
            if pipe is not None:
                self._loaded[model.name] = pipe
                return pipe
            self._make_room(_expected_bytes(model))
        pipe = self._load(model.source)
        with self._lock:
            self._loaded[model.name] = pipe
        return pipe

    def fetch(self, name: str, progress: Progress, cancelled: threading.Event) -> None:
        """Brings a published model here; returns at once if it is.

        Raises:
            FetchCancelled: soon after ``cancelled`` is set.
            DownloadError: if it cannot be fetched.
        """

        def report(arrived: int, total: int) -> None:
            if cancelled.is_set():
                raise FetchCancelled
            progress(arrived, total)

        model = self.get(name)
        if model is not None and model.published:
            ensure_model(model.source, progress=report)

    def _make_room(self, num_bytes: int) -> None:
        """Lets the least recently used models go until so much more fits under the limit."""
        if self._memory is None:
            return
        for name in [name for name in self._loaded if name != self.first.name]:
            if sum(map(_bytes_of, self._loaded.values())) + num_bytes <= self._memory:
                return
            del self._loaded[name]


def _config_of(source: str) -> ModelConfig:
    if source in OFFICIAL_MODELS or source in ALIASES:
        return preset_config(ALIASES.get(source, source))
    return read_config(folder_of(source))


def _bytes_of(pipe: VARPipeline) -> int:
    weights = (*pipe.tokenizer.parameters(), *pipe.transformer.parameters())
    return sum(weight.numel() * weight.element_size() for weight in weights)


def _expected_bytes(model: Model) -> int:
    try:
        if model.published:
            return OFFICIAL_MODELS[ALIASES.get(model.source, model.source)].memory_bytes("exact")
        return sum(file.stat().st_size for file in folder_of(model.source).glob("*.safetensors"))
    except (OSError, VarError):
        return 0
