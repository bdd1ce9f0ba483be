"""Fixtures that the whole suite shares."""

from __future__ import annotations

import pytest
import torch
from tiny_models import OPTIONS, tiny_config, tiny_pipeline
from torch import Tensor

from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tiny tensors gain nothing from threads, and on a busy machine lose a factor of twenty to their waiting."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def pipe() -> VARPipeline:
    """Shared by the whole session: whoever changes it fails someone else's test."""
    return tiny_pipeline()


@pytest.fixture(scope="session", params=[False, True], ids=["adaln per block", "shared adaln"])
def either_pipe(request: pytest.FixtureRequest) -> VARPipeline:
    return tiny_pipeline(tiny_config(shared_adaln=request.param))


@pytest.fixture(params=list(OPTIONS))
def options(request: pytest.FixtureRequest) -> SamplingOptions:
    return OPTIONS[request.param]


@pytest.fixture(scope="session")
def picture(pipe: VARPipeline) -> Tensor:
    """(1, 3, 8, 8) in [0, 1]."""
    side = pipe.config.image_side
    return torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(5))
