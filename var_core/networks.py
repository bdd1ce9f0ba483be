"""The two networks of a configuration, built without memory: on the meta device, to be filled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from var_core.config import ModelConfig
from var_core.tokenizer import Tokenizer
from var_core.transformer import Transformer


class _NoInitialValues(TorchFunctionMode):
    """Skips ``torch.nn.init``: weights without memory need no values, yet drawing them imports the whole compiler."""

    def __torch_function__(
        self, func: Callable[..., Any], types: object, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__module__", "") == "torch.nn.init":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)


def empty_networks(config: ModelConfig) -> tuple[Tokenizer, Transformer]:
    """Tokenizer and transformer whose weights have shapes and no values."""
    with torch.device("meta"), _NoInitialValues():
        tokenizer = Tokenizer(config.tokenizer, config.schedule)
        return tokenizer, Transformer(config.transformer, config.tokenizer, config.schedule)
