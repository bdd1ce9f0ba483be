"""The models of this server: which there are, which are in memory, which would have to be fetched first.

Names go in, pipelines come out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from app.class_names import ClassIndex
from app.loaded import Loaded
from var_core.checkpoint import read_config
from var_core.config import ModelConfig
from var_core.errors import CheckpointError
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
        cost: what fetching and loading it would take on this server.
    """

    name: str
    source: str
    config: ModelConfig
    index: ClassIndex
    published: bool
    cost: Callable[[Model], Estimate] = field(repr=False)

    @property
    def here(self) -> bool:
        """Whether it can be loaded without a network."""
        return not self.published or is_here(self.source)

    @property
    def estimate(self) -> Estimate | None:
        """What fetching and loading would take; None where nothing is ever fetched."""
        return self.cost(self) if self.published else None


class Models:
    """The models of a server.

    Args:
        sources: names and folders, the first of which the page opens with.
        load: from a source to its pipeline.
        first: the pipeline of the first source, if it is loaded already.
        memory: bytes that the weights of all loaded models may take together; None for no limit.

    Raises:
        CheckpointError: if a source is no model.
        ConfigError: if the memory is less than the first model takes.
    """

    def __init__(
        self, sources: Sequence[str], load: Loader, *, first: VARPipeline | None = None, memory: int | None = None
    ) -> None:
        self._load = load
        self._models: dict[str, Model] = {}
        for source in sources:
            if any(_place(source) == _place(model.source) for model in self._models.values()):
                continue
            config = first.config if first is not None and not self._models else _config_of(source)
            name = next(name for name in _names_for(source, config) if name not in self._models)
            self._models[name] = Model(name, source, config, ClassIndex(config), _published(source), self._cost)
        self.first = next(iter(self._models.values()))
        self._loaded = Loaded(self.first.name, first, memory)

    @property
    def all(self) -> list[Model]:
        """Every model, in the order in which they were given."""
        return list(self._models.values())

    @property
    def loaded(self) -> list[str]:
        """Names of the models in memory, least recently used first."""
        return self._loaded.names

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
        return self._loaded.pipeline(model.name, model.config, lambda: self._load(model.source))

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

    def _cost(self, model: Model) -> Estimate:
        cost = estimate(model.source, precision=self._loaded.precision, device=self._loaded.device)
        return replace(cost, available_memory=self._loaded.most_for(model.config, cost.available_memory))


def _names_for(source: str, config: ModelConfig) -> Iterator[str]:
    """What a model may be called, best first: a folder of a name that is taken adds where it lies, then a number."""
    if _published(source):
        yield source
    name, folder = config.name, Path(source).resolve()
    yield name
    yield f"{name} ({folder.name})"
    yield f"{name} ({folder.parent.name}/{folder.name})"
    for number in count(2):
        yield f"{name} ({folder.parent.name}/{folder.name}, {number})"


def _place(source: str) -> object:
    """The same for two sources that are one."""
    return source if _published(source) or not Path(source).is_dir() else Path(source).resolve()


def _published(source: str) -> bool:
    return source in OFFICIAL_MODELS or source in ALIASES


def _config_of(source: str) -> ModelConfig:
    if _published(source):
        return preset_config(ALIASES.get(source, source))
    return read_config(folder_of(source))
