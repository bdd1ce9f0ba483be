"""Held against the public implementation: figures measured on it, in float32 on CPU, with generated weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from official_models import figures, official_state_dicts, small_config
from torch import Tensor

from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.scales import SCHEDULE_256, SCHEDULE_512

CASES = {
    "sampling_256": (SCHEDULE_256.sides, False),
    "sampling_512_shared_adaln": (SCHEDULE_512.sides, True),
}


@dataclass(frozen=True)
class Measured:
    pipe: VARPipeline
    arrays: dict[str, np.ndarray]


@pytest.fixture(scope="module", params=list(CASES))
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    return Measured(loaded(request.param, tmp_path_factory.mktemp("official")), figures(request.param))


def loaded(case: str, folder: Path) -> VARPipeline:
    tokenizer, transformer = official_state_dicts(small_config(*CASES[case]))
    torch.save(tokenizer, folder / "vae.pth")
    torch.save(transformer, folder / "var.pth")
    return VARPipeline.from_official(folder / "vae.pth", folder / "var.pth", device="cpu", precision="exact")


def measured_picture(side: int) -> Tensor:
    y, x = torch.meshgrid(torch.linspace(0, 1, side), torch.linspace(0, 1, side), indexing="ij")
    signed = torch.stack([torch.sin(9 * x + 3 * y), torch.cos(7 * y - 2 * x) * x, torch.sin(20 * x * y)])
    return (signed[None] + 1) / 2


def joined(token_maps: list[Tensor]) -> np.ndarray:
    return torch.cat([ids.flatten(1) for ids in token_maps], 1).numpy()


def maps_of(ids: np.ndarray, sides: tuple[int, ...]) -> list[Tensor]:
    parts = torch.from_numpy(ids.astype(np.int64)).split([side * side for side in sides], 1)
    return [part.view(-1, side, side) for part, side in zip(parts, sides, strict=True)]


def assert_same_picture(image: Tensor, expected: np.ndarray) -> None:
    difference = (image[:, :, ::8, ::8].numpy() - expected) * 255
    assert np.abs(np.round(image[:, :, ::8, ::8].numpy() * 255) - np.round(expected * 255)).max() <= 1, difference


def options_of(kwargs: dict) -> SamplingOptions:
    return SamplingOptions(
        guidance=kwargs["cfg"], top_k=kwargs["top_k"] or None, top_p=kwargs["top_p"] or None,
        smooth=kwargs.get("more_smooth", False),
    )  # fmt: skip


def test_encoded_tokens_match(measured: Measured) -> None:
    tokens = joined(measured.pipe.encode(measured_picture(measured.pipe.config.image_side)))
    assert (tokens == measured.arrays["encode_tokens"]).mean() >= 0.995


def test_reconstructions_match_at_every_scale(measured: Measured) -> None:
    maps = maps_of(measured.arrays["encode_tokens"], measured.pipe.config.schedule.sides)
    images = torch.cat(measured.pipe.reconstruct(maps)) * 2 - 1
    np.testing.assert_allclose(
        images[:, :, ::16, ::16].numpy(), measured.arrays["reconstruction_per_scale"], atol=1e-4, rtol=0
    )


def test_teacher_forcing_matches(measured: Measured) -> None:
    pipe, arrays = measured.pipe, measured.arrays
    maps = maps_of(arrays["encode_tokens"], pipe.config.schedule.sides)
    with torch.no_grad():
        inputs = pipe.tokenizer.quantizer.next_inputs(maps)
        logits = pipe.transformer(inputs, torch.tensor([417]))
    np.testing.assert_allclose(inputs[0, ::7].numpy(), arrays["teacher_forcing_input"], atol=1e-4, rtol=0)
    np.testing.assert_allclose(logits[0, ::7, ::64].numpy(), arrays["teacher_forced_logits"], atol=2e-3, rtol=0)
    loss = torch.nn.functional.cross_entropy(logits[0], torch.from_numpy(joined(maps))[0])
    assert abs(float(loss) - float(arrays["teacher_forced_loss"])) <= 1e-4


def test_sampled_tokens_latents_and_pictures_match(measured: Measured) -> None:
    cases = sorted(key.removesuffix("_kwargs") for key in measured.arrays if key.endswith("_kwargs"))
    assert cases
    for case in cases:
        kwargs = json.loads(str(measured.arrays[f"{case}_kwargs"]))
        steps = list(measured.pipe.stream(kwargs["label_B"], seeds=[kwargs["g_seed"]], options=options_of(kwargs)))
        tokens = joined([step.token_ids for step in steps])
        assert (tokens == measured.arrays[f"{case}_tokens"]).all(), case
        norms = torch.stack([step.latent.flatten(1).norm(dim=1) for step in steps]).numpy()
        np.testing.assert_allclose(norms, measured.arrays[f"{case}_fhat_norm_per_scale"], rtol=1e-4)
        assert_same_picture(measured.pipe.decode(steps[-1].latent), measured.arrays[f"{case}_image"])


@pytest.mark.parametrize("case", ["edit0", "edit1"])
def test_edited_tokens_latents_and_pictures_match(case: str, tmp_path: Path) -> None:
    pipe, arrays = loaded("sampling_256", tmp_path), figures("editing_256")
    kwargs = json.loads(str(arrays[f"{case}_kwargs"]))
    label = kwargs["label_B"][0]
    steps = list(
        pipe.edit(
            measured_picture(256), torch.from_numpy(arrays[f"{case}_mask"] == 1), [None if label == 1000 else label],
            seeds=[kwargs["g_seed"]], options=options_of(kwargs),
        )
    )  # fmt: skip
    drawn = joined([step.drawn_ids for step in steps])
    assert (drawn == arrays[f"{case}_sampled_tokens_before_replacement"]).all()
    norms = torch.stack([step.latent.flatten(1).norm(dim=1) for step in steps]).numpy()
    np.testing.assert_allclose(norms, arrays[f"{case}_fhat_norm_per_scale"], rtol=1e-4)
    assert_same_picture(pipe.decode(steps[-1].latent), arrays[f"{case}_image"])
