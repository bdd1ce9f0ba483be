"""Tokenizer training: losses, the codebook's health, the terms that can be switched on, and a loop that learns."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from training_support import SCHEDULE, TOKENIZER, NoisePictures, saved, train_small_tokenizer

from var_core.autoencoder import ResidualBlock, SpatialAttention
from var_core.errors import TrainingError
from var_core.quantizer import MultiScaleQuantizer
from var_core.tokenizer import Tokenizer
from var_core.training.code_usage import CodeUsage, code_counts, initialize_codebook, residual_rows
from var_core.training.critic import PatchCritic, adaptive_weight, critic_loss, generator_loss
from var_core.training.losses import out_of_focus, psnr_by_picture, reconstruction_loss, vq_loss
from var_core.training.perceptual import PerceptualLoss
from var_core.training.schedules import TermSchedule, cosine_rate
from var_core.training.settings import TokenizerTraining
from var_core.training.token_cache import encoding_digest
from var_core.training.tokenizer_loop import _crop
from var_core.training.tokenizer_objective import TokenizerObjective, decode_targets, draw_depths
from var_core.training.tokenizer_source import new_tokenizer


def pictures(count: int) -> Tensor:
    return torch.stack([NoisePictures(count).view(index, 0)[0] for index in range(count)]).float().div(255)


def lively() -> Tokenizer:
    """No weight is zero, so that every gradient is somewhere to be seen."""
    torch.manual_seed(0)
    tokenizer = Tokenizer(TOKENIZER, SCHEDULE)
    with torch.no_grad():
        tokenizer.quantizer.codebook.normal_(generator=torch.Generator().manual_seed(0))
    return tokenizer


def test_fp16_with_the_adversarial_term_is_no_setting() -> None:
    values: dict[str, Any] = {"out": Path("run"), "steps": 1, "mixed_precision": "fp16"}
    assert TokenizerTraining(**values).adversarial.weight == 0
    with pytest.raises(TrainingError, match="give --precision bf16 or no"):
        TokenizerTraining(**values, adversarial=TermSchedule(0.5))


def test_every_weight_of_the_tokenizer_learns() -> None:
    tokenizer, images = lively(), pictures(4)
    depths = [2, 2, 0, 1]
    output, vq, token_ids, pooled = TokenizerObjective(tokenizer)(images, depths)
    target = decode_targets(images * 2 - 1, depths, SCHEDULE)
    (reconstruction_loss(output, target) + vq).backward()
    still = [name for name, weight in tokenizer.named_parameters() if weight.grad is None or not weight.grad.any()]
    # With three scales two of the four φ are never chosen.
    unused = {f"quantizer.phi.{n}" for n in range(4)} - {f"quantizer.phi.{n}" for n in tokenizer.quantizer.phi_index}
    assert {name.rsplit(".", 1)[0] for name in still} == unused
    assert [tuple(ids.shape) for ids in token_ids] == [(4, 1, 1), (4, 2, 2), (4, 4, 4)]
    assert not any(part.requires_grad for part in pooled)


def test_every_block_of_a_new_tokenizer_begins_as_the_identity() -> None:
    tokenizer = new_tokenizer(TOKENIZER, SCHEDULE, seed=0)
    blocks = [*tokenizer.encoder.modules(), *tokenizer.decoder.modules()]
    same = [part for part in blocks if isinstance(part, SpatialAttention)]
    same += [part for part in blocks if isinstance(part, ResidualBlock) and isinstance(part.shortcut, nn.Identity)]
    assert len(same) > 5
    for part in same:
        x = torch.randn(1, next(part.parameters()).numel(), 4, 4)
        assert torch.equal(part(x), x)


def test_the_squares_of_the_warm_up_lie_where_each_picture_is_told() -> None:
    image = torch.arange(64.0).view(1, 8, 8).expand(2, 3, 8, 8)
    squares = _crop(image, 4, torch.tensor([[0.0, 0.0], [0.999, 0.5]]))
    assert torch.equal(squares[0], image[0, :, :4, :4])
    assert torch.equal(squares[1], image[1, :, 4:, 2:6])


def test_a_trained_codebook_is_kept_and_a_new_one_starts_from_the_pictures(tmp_path: Path) -> None:
    start = new_tokenizer(TOKENIZER, SCHEDULE, seed=0).quantizer.codebook
    still: dict[str, Any] = {"learning_rate": 1e-12, "warmup_unquantized": 0, "patience": 10**6, "ema_decay": 0.0}
    kept = train_small_tokenizer(tmp_path / "kept", 2, 6, keep_codebook=True, **still)
    new = train_small_tokenizer(tmp_path / "new", 2, 6, **still)
    assert torch.allclose(kept.quantizer.codebook, start, atol=1e-6)
    assert not torch.allclose(new.quantizer.codebook, start, atol=1e-2)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_a_decoder_trained_alone_leaves_every_token_as_it_was(tmp_path: Path, optimizer: str) -> None:
    start = new_tokenizer(TOKENIZER, SCHEDULE, seed=0)
    learned = train_small_tokenizer(
        tmp_path, 6, 12, warmup_unquantized=0, keep_codebook=True, decoder_only=True, patience=1, ema_decay=0.0,
        optimizer=optimizer,
    )  # fmt: skip
    assert encoding_digest(learned) == encoding_digest(start)
    before, after = start.decoder.state_dict(), learned.decoder.state_dict()
    assert not any(torch.equal(before[name], after[name]) for name in before if name.endswith("conv2.weight"))
    assert not torch.equal(start.post_quantizer.weight, learned.post_quantizer.weight)


def test_a_run_of_the_decoder_is_not_gone_on_with_as_a_run_of_everything(tmp_path: Path) -> None:
    still: dict[str, Any] = {"warmup_unquantized": 0, "keep_codebook": True}
    train_small_tokenizer(tmp_path, 2, 12, decoder_only=True, **still)
    with pytest.raises(TrainingError, match="decoder_only"):
        train_small_tokenizer(tmp_path, 4, 12, **still)


@pytest.mark.parametrize("steps", [6, 400])
def test_another_length_on_resuming_leaves_the_start_of_the_codebook_where_it_was(tmp_path: Path, steps: int) -> None:
    train_small_tokenizer(tmp_path, 40, 6, warmup_unquantized=None, minutes=0.0)  # two steps of forty, of which one
    train_small_tokenizer(tmp_path, steps, 6, warmup_unquantized=None, log_every=1, minutes=0.0 if steps > 40 else None)
    train_small_tokenizer(tmp_path, 6, 6, warmup_unquantized=None, log_every=1)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    used = {row["step"]: sum(row["used_by_scale"]) for row in rows if "used_by_scale" in row}
    assert [used[step] > 0 for step in (3, 4, 5, 6)] == [True] * 4
    assert saved(tmp_path)[1]["unquantized_steps"] == 2
    size = saved(tmp_path)[0]["tokenizer"]["quantizer.codebook"].abs().mean()
    assert size > 2 * new_tokenizer(TOKENIZER, SCHEDULE, seed=0).quantizer.codebook.abs().mean()


def test_a_run_is_not_gone_on_with_by_another_optimiser(tmp_path: Path) -> None:
    train_small_tokenizer(tmp_path, 2, 6)
    with pytest.raises(TrainingError, match="holds a run with optimizer adamw, and this one has optimizer muon"):
        train_small_tokenizer(tmp_path, 4, 6, optimizer="muon")


def test_what_was_never_finished_has_no_psnr_and_every_term_of_the_loss_is_logged(tmp_path: Path) -> None:
    terms: dict[str, Any] = {
        "warmup_unquantized": 0,
        "keep_codebook": True,
        "fidelity": TermSchedule(0.5),
        "log_every": 1,
    }
    for share, there in ((1.0, False), (0.0, True)):
        train_small_tokenizer(tmp_path / str(share), 2, 6, unfinished_share=share, vq_weight=0.7, **terms)
        (row, *_) = map(json.loads, (tmp_path / str(share) / "log.jsonl").read_text().splitlines())
        assert ("psnr" in row) is there
        total = row["reconstruction"] + 0.7 * row["vq"] + 0.5 * row["fidelity"]
        assert row["loss"] == pytest.approx(total, rel=1e-3)


def test_an_unfinished_picture_teaches_the_decoder_but_not_the_encoder() -> None:
    for depth, learns in ((0, False), (2, True)):
        tokenizer = lively()
        TokenizerObjective(tokenizer)(pictures(2), [depth, depth]).output.sum().backward()
        assert (tokenizer.encoder.conv_in.weight.grad is not None and bool(
            tokenizer.encoder.conv_in.weight.grad.any())) is learns  # fmt: skip
        assert tokenizer.decoder.conv_out.weight.grad is not None


def test_the_share_of_unfinished_pictures_is_what_was_asked_for() -> None:
    depths = draw_depths(4000, 10, 0.25, torch.Generator().manual_seed(0))
    assert sum(depth < 9 for depth in depths) / 4000 == pytest.approx(0.25, abs=0.03)
    assert set(depths) == set(range(10))
    assert draw_depths(5, 10, 0.0, torch.Generator()) == [9] * 5


def test_vq_loss_pulls_the_sum_to_the_features_four_times_as_hard_as_back() -> None:
    features = torch.ones(1, 2, 2, 2, requires_grad=True)
    latent = torch.zeros(1, 2, 2, 2, requires_grad=True)
    loss = vq_loss(features, [latent])
    loss.backward()
    assert float(loss.detach()) == pytest.approx(1.25)
    assert features.grad is not None
    assert latent.grad is not None
    torch.testing.assert_close(latent.grad, -4 * features.grad)


def test_reconstruction_loss_is_zero_only_for_the_picture_itself() -> None:
    image = torch.rand(1, 3, 16, 16)
    assert float(reconstruction_loss(image, image)) == 0
    assert float(reconstruction_loss(image + 0.1, image)) > 0.05


def test_psnr_is_that_of_the_clamped_picture_in_decibels() -> None:
    image = torch.zeros(2, 3, 4, 4)
    assert psnr_by_picture(image + 0.2, image).tolist() == pytest.approx([20.0, 20.0], abs=1e-4)
    assert psnr_by_picture(image + 9, image + 1).tolist() == pytest.approx([100.0, 100.0])


def test_an_unfinished_sum_is_shown_a_blurred_picture_and_a_finished_one_the_picture() -> None:
    image = torch.rand(1, 3, 32, 32)
    assert out_of_focus(image, 16, 16) is image
    blurred = out_of_focus(image, 1, 16)
    assert blurred.shape == image.shape
    assert blurred.var() < 0.2 * image.var()
    assert float((blurred.mean() - image.mean()).abs()) < 0.05


def test_only_codes_unused_for_long_are_revived() -> None:
    usage, schedule_scales = CodeUsage(1, 4, patience=2), 1
    codebook, residuals = torch.zeros(4, 3), torch.ones(5, 3)
    for chosen in ([0, 1], [0, 2]):
        usage.observe(code_counts([torch.tensor([chosen])] * schedule_scales, 4))
        reborn = usage.revive(codebook, residuals, torch.Generator())
    assert reborn.tolist() == [3]
    assert codebook.sum(1).tolist() == [0, 0, 0, 3]
    assert usage.take_report() == [3]
    assert usage.take_report() == [0]


def test_a_codebook_that_starts_from_data_explains_them_better_than_noise() -> None:
    quantizer = MultiScaleQuantizer(TOKENIZER, SCHEDULE)
    features = torch.randn(6, 8, 4, 4, generator=torch.Generator().manual_seed(1)) * 2 + 1

    def rest() -> float:
        *_, last = quantizer.quantize(features)
        return float((features - last.latent).detach().square().mean())

    before = rest()
    initialize_codebook(quantizer, features, torch.Generator().manual_seed(0))
    assert rest() < 0.6 * before
    assert len(quantizer.codebook.unique(dim=0)) == 32
    few = features[:1]  # 21 cells for 32 codes
    initialize_codebook(quantizer, few, torch.Generator().manual_seed(0))
    assert len(quantizer.codebook.unique(dim=0)) == 32


def test_residual_rows_take_from_every_scale() -> None:
    pooled = [torch.full((2, 3, side, side), float(side)) for side in (1, 2, 16)]
    rows = residual_rows(pooled, torch.Generator())
    assert {side: int((rows[:, 0] == side).sum()) for side in (1, 2, 16)} == {1: 2, 2: 8, 16: 128}


def test_the_critic_learns_to_tell_pictures_apart_and_the_generator_does_not_move_it() -> None:
    torch.manual_seed(0)
    critic = PatchCritic(channels=8, layers=1)
    optimizer = torch.optim.Adam(critic.parameters(), lr=3e-3)
    real, weights = torch.rand(4, 3, 16, 16), torch.full((4,), 0.25)
    losses = []
    for _ in range(30):
        loss = critic_loss(critic, -real, real, weights)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]
    optimizer.zero_grad()
    made = (-real).requires_grad_()
    generator_loss(critic, made, weights).backward()
    assert made.grad is not None
    assert made.grad.any()
    assert all(parameter.grad is None or not parameter.grad.any() for parameter in critic.parameters())
    with torch.no_grad():
        ignored = critic_loss(critic, -real, real, torch.tensor([1.0, 0, 0, 0]))
        alone = critic_loss(critic, -real[:1], real[:1], torch.ones(1))
    torch.testing.assert_close(ignored, alone)


def test_the_adaptive_weight_makes_both_terms_equally_strong() -> None:
    assert float(adaptive_weight(torch.tensor([3.0, 4.0]), torch.tensor([0.5]))) == pytest.approx(10, rel=1e-3)
    assert float(adaptive_weight(torch.ones(1), torch.zeros(1))) == 1e4


def test_a_term_starts_where_it_is_told_and_ramps_up() -> None:
    term = TermSchedule(0.8, start=10, ramp=4)
    assert [term.at(step) for step in (0, 9, 10, 11, 13, 99)] == pytest.approx([0, 0, 0.2, 0.4, 0.8, 0.8])
    assert TermSchedule(1.0).at(0) == 1.0


def test_rates_of_the_tokenizer_warm_up_and_fall_to_a_tenth() -> None:
    rates = [cosine_rate(step, 1000, peak=1.0, warmup=100) for step in range(1000)]
    assert rates[0] == pytest.approx(0.01)
    assert max(rates) > 0.97
    assert rates[-1] == pytest.approx(0.1)


def test_the_loop_learns_uses_its_codes_and_logs_every_scale(tmp_path: Path) -> None:
    changes = {"learning_rate": 4e-3, "adversarial": TermSchedule(0.1, 40, 5), "log_every": 20, "validate_every": 30}
    train_small_tokenizer(tmp_path, 60, 6, **changes)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    train = [row for row in rows if "psnr" in row]
    assert [row["step"] for row in train] == [20, 40, 60]
    assert train[-1]["psnr"] > train[0]["psnr"] + 0.3
    assert train[-1]["reconstruction"] < 0.97 * train[0]["reconstruction"]
    assert [len(row["used_by_scale"]) for row in train] == [3, 3, 3]
    assert train[-1]["used_by_scale"][-1] > 10
    assert "critic" not in train[0]
    assert {"critic", "adversarial", "reconstruction", "vq", "gradient_norm"} <= train[-1].keys()
    held = [row for row in rows if "validation_psnr" in row]
    assert [row["step"] for row in held] == [30, 60]
    assert (tmp_path / "training.png").stat().st_size > 20_000
    assert len(list((tmp_path / "samples").iterdir())) == 2


def test_the_perceptual_term_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lpips", None)
    with pytest.raises(TrainingError, match="pip install lpips"):
        PerceptualLoss()


def fake_lpips(network: object) -> types.ModuleType:
    module = types.ModuleType("lpips")
    module.LPIPS = network  # type: ignore[attr-defined]
    return module


def test_the_perceptual_term_counts_from_its_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Held to the interface of lpips; the real package fetches weights and is not run here."""

    class Distance(nn.Module):
        def __init__(self, net: str, verbose: bool) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(1))

        def forward(self, first: Tensor, second: Tensor) -> Tensor:
            return self.scale * (first - second).square().mean((1, 2, 3), keepdim=True)

    monkeypatch.setitem(sys.modules, "lpips", fake_lpips(Distance))
    train_small_tokenizer(tmp_path, 4, 6, log_every=1, perceptual=TermSchedule(2.0, start=2))
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert ["perceptual" in row for row in rows] == [False, False, True, True]
    for row in rows:
        total = row["reconstruction"] + row["vq"] + 2 * row.get("perceptual", 0)
        assert row["loss"] == pytest.approx(total, rel=1e-3)


def test_weights_that_cannot_be_fetched_are_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(**_options: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setitem(sys.modules, "lpips", fake_lpips(offline))
    with pytest.raises(TrainingError, match="VGG weights of lpips could not be fetched"):
        PerceptualLoss()
