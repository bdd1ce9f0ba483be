"""A model small enough to run hundreds of times, lively enough that its draws are no lottery among equals."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import torch
from torch import Tensor

from var_core.config import ClassLabel, ModelConfig, TokenizerConfig, TransformerConfig
from var_core.initialization import initialize
from var_core.loading import in_place
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.precision import choose_precision
from var_core.scales import ScaleSchedule
from var_core.steps import ScaleStep
from var_core.tokenizer import Tokenizer
from var_core.transformer import Transformer

CLASS_IDS = (1, 417, 980, 985)

# One of each kind of run; what must hold for every run is tested with all of them.
OPTIONS = {
    "guided": SamplingOptions(guidance=3.0, top_k=20, top_p=0.9),
    "unguided": SamplingOptions(guidance=0.0, top_k=None, top_p=None),
    "top_k": SamplingOptions(guidance=1.0, top_k=5, top_p=None, temperature=1.5),
    "top_p": SamplingOptions(guidance=2.0, top_k=None, top_p=0.7),
    "smooth": SamplingOptions(guidance=3.0, top_k=20, top_p=0.9, smooth=True),
}


def tiny_config(shared_adaln: bool = False, num_classes: int | None = None) -> ModelConfig:
    ids = CLASS_IDS if num_classes is None else tuple(range(num_classes))
    return ModelConfig(
        "tiny",
        TokenizerConfig(channels=8, multipliers=(1, 2), codebook_size=32, code_dim=8, norm_groups=4),
        TransformerConfig(
            num_classes=len(ids), depth=2, embed_dim=32, num_heads=2, shared_adaln=shared_adaln
        ),
        ScaleSchedule((1, 2, 4)),
        tuple(ClassLabel(class_id, f"class {class_id}") for class_id in ids),
    )  # fmt: skip


EMBEDDINGS = (
    "quantizer.codebook", "class_embedding.weight", "start_position", "positions", "scale_embedding.weight",
)  # fmt: skip


@torch.no_grad()
def enliven(tokenizer: Tokenizer, transformer: Transformer) -> None:
    """Weights with which class, position and every earlier token matter (a fresh model's head is almost flat)."""
    generator = torch.Generator().manual_seed(1)
    for name, parameter in (*tokenizer.named_parameters(), *transformer.named_parameters()):
        r = torch.randn(parameter.shape, generator=generator)
        if name in EMBEDDINGS:
            parameter.copy_(0.5 * r)
        elif name.endswith("log_temperature"):
            parameter.add_(0.1 * r)
        elif name == "head.weight":
            parameter.copy_(2 * r / parameter.shape[1] ** 0.5)
        elif parameter.dim() == 2:
            parameter.copy_(r / parameter.shape[1] ** 0.5)
        elif parameter.dim() == 4:
            parameter.copy_(r / parameter[0].numel() ** 0.5)
        else:
            parameter.add_(0.1 * r)


def tiny_networks(config: ModelConfig) -> tuple[Tokenizer, Transformer]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        tokenizer = Tokenizer(config.tokenizer, config.schedule)
        transformer = Transformer(config.transformer, config.tokenizer, config.schedule)
    initialize(transformer, seed=0)
    enliven(tokenizer, transformer)
    return tokenizer, transformer


def tiny_pipeline(config: ModelConfig | None = None, precision: str = "exact") -> VARPipeline:
    config = config or tiny_config()
    device = torch.device("cpu")
    return VARPipeline(in_place(config, *tiny_networks(config), device, choose_precision(precision, device)))


def tokens_of(steps: Iterable[ScaleStep]) -> Tensor:
    """(B, L): the tokens of all scales, laid end to end."""
    return torch.cat([step.token_ids.flatten(1) for step in steps], 1)


def untouchable(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on any use of a network fails the test."""

    def touched(*_args: object, **_kwargs: object) -> None:
        pytest.fail("a network was used before the values were checked")

    for owner, names in ((Transformer, ("step", "condition", "new_cache", "forward")), (Tokenizer, ("features",))):
        for name in names:
            monkeypatch.setattr(owner, name, touched)
