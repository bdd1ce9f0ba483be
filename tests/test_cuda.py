"""On an NVIDIA GPU: the same tokens as on the CPU."""

from __future__ import annotations

import pytest
import torch
from tiny_models import OPTIONS, tiny_config, tiny_networks, tokens_of

from var_core.loading import in_place
from var_core.pipeline import VARPipeline
from var_core.precision import choose_precision

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU"),
]


def on_gpu(precision: str) -> VARPipeline:
    config, device = tiny_config(), torch.device("cuda")
    return VARPipeline(in_place(config, *tiny_networks(config), device, choose_precision(precision, device)))


@pytest.mark.parametrize("name", OPTIONS)
def test_exact_draws_the_tokens_of_the_cpu(pipe: VARPipeline, name: str) -> None:
    run = {"class_ids": [1, 417, 980, None], "seeds": [0, 1, 2, 3], "options": OPTIONS[name]}
    here, there = (tokens_of(model.stream(**run)).cpu() for model in (pipe, on_gpu("exact")))
    assert float((here == there).float().mean()) > 0.99


def test_exact_decodes_what_the_cpu_decodes(pipe: VARPipeline) -> None:
    latent = torch.randn(2, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(on_gpu("exact").decode(latent).cpu(), pipe.decode(latent), atol=1e-3, rtol=0)


def test_fast_finishes_and_a_seed_means_the_same_picture_again() -> None:
    gpu = on_gpu("fast")
    first, second = (tokens_of(gpu.stream([1], seeds=[5], options=OPTIONS["guided"])) for _ in range(2))
    assert torch.equal(first, second)
