"""What the person who starts the demo decides: flags over environment over defaults.

This is the only reader of the environment. ``Settings`` is frozen and checks itself, so a wrong value is refused
before a model is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args

from app.text import Language
from var_core.errors import ConfigError
from var_core.validation import real_number, shown, whole_number

PREFIX = "VAR_DEMO_"
# What hosting platforms set for Gradio; our own variables win over them.
PLATFORM = {"host": "GRADIO_SERVER_NAME", "port": "GRADIO_SERVER_PORT", "root_path": "GRADIO_ROOT_PATH"}
LONGEST_QUEUE = 64
# What may be asked for → what the library calls it; both spellings of the variable are read.
PRECISIONS = {"auto": None, "exact": "exact", "float32": "exact", "fast": "fast", "bfloat16": "fast"}
SYNONYMS = {"precision": "dtype"}


@dataclass(frozen=True, slots=True)
class Settings:
    """How the demo runs.

    Args:
        model: what can be chosen, separated by commas, the first of which the page opens with: "mini" (embedded),
            folders that ``save_pretrained`` wrote, and published models ("d16" … "d36"), fetched when asked for.
        memory: gigabytes that the weights of all models may take together, or None for no limit.
        device: "cuda", "mps", "cpu", or None for cuda if there is one, else cpu.
        precision: "exact" or "float32", "fast" or "bfloat16", or "auto" to choose by hardware.
        threads: processors for the model, or None for all that this process may use.
        host: address to listen on.
        port: 0 … 65535; 0 takes any free one.
        share: ask Gradio for a public link.
        mcp: also serve the endpoints as tools of the Model Context Protocol.
        root_path: prefix under which a reverse proxy serves the page.
        max_batch: most pictures that one request may ask for.
        queue_size: how many requests may wait before new ones are refused.
        deadline: seconds that one request may occupy the model.
        lang: language of the page when it opens, or None to follow the browser.

    Raises:
        ConfigError: for a value outside its range.
    """

    model: str = "mini,d16,d20,d24,d30,d36"
    memory: float | None = None
    device: str | None = None
    precision: str = "auto"
    threads: int | None = None
    host: str = "127.0.0.1"
    port: int = 7860
    share: bool = False
    mcp: bool = False
    root_path: str = ""
    max_batch: int = 8
    queue_size: int = 16
    deadline: float = 120.0
    lang: Language | None = None

    def __post_init__(self) -> None:
        whole_number(self.port, "port", 0, 65535)
        if not self.models:
            raise ConfigError(f"model must name at least one model, got {shown(self.model)}.")
        if self.precision not in PRECISIONS:
            raise ConfigError(f"precision must be one of {', '.join(PRECISIONS)}, got {shown(self.precision)}.")
        if self.memory is not None:
            real_number(self.memory, "memory", 0, 10_000, low_open=True)
        if self.threads is not None:
            whole_number(self.threads, "threads", 1, 1024)
        whole_number(self.max_batch, "max_batch", 1, 16)
        whole_number(self.queue_size, "queue_size", 1, LONGEST_QUEUE)
        real_number(self.deadline, "deadline", 0, 3600, low_open=True)
        if self.lang is not None and self.lang not in get_args(Language):
            raise ConfigError(f"lang must be one of {', '.join(get_args(Language))}, got {shown(self.lang)}.")

    @property
    def models(self) -> tuple[str, ...]:
        """The models by name or folder."""
        return tuple(name.strip() for name in self.model.split(",") if name.strip())

    @property
    def precision_name(self) -> str | None:
        """The precision as the library takes it; None lets the hardware decide."""
        return PRECISIONS[self.precision]

    @staticmethod
    def read(flags: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from parsed flags (None = not given), then the environment, then the defaults.

        Raises:
            ConfigError: naming the flag or variable with a value that cannot be read or is out of range.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for field in fields(Settings):
            given = flags.get(field.name)
            names = (field.name, SYNONYMS.get(field.name, field.name))
            variables = (*(PREFIX + name.upper() for name in names), PLATFORM.get(field.name, ""))
            text = next(filter(None, map(environment.get, variables)), None)
            if given is not None:
                values[field.name] = given
            elif text:
                values[field.name] = _parsed(field.name, text)
        return Settings(**values)


def on_zero_gpu() -> bool:
    """Whether this is a Space on ZeroGPU, where the GPU is lent by the call."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")


def silence_analytics() -> None:
    """Keeps Gradio from calling home; must run before ``gradio`` is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def _parsed(name: str, text: str) -> Any:
    """The text of an environment variable in the type of its setting."""
    variable = PREFIX + name.upper()
    if name in ("threads", "port", "max_batch", "queue_size", "deadline", "memory"):
        try:
            return float(text) if name in ("deadline", "memory") else int(text)
        except ValueError:
            raise ConfigError(f"{variable} must be a number, got {shown(text)}.") from None
    if name in ("share", "mcp"):
        if text.lower() not in ("1", "true", "yes", "0", "false", "no"):
            raise ConfigError(f"{variable} must be 1 or 0, got {shown(text)}.")
        return text.lower() in ("1", "true", "yes")
    return text
