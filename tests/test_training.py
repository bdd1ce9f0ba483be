"""Training works from nothing to a model that samples, and goes on where it was stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from var_core.cli.main import main
from var_core.config import TokenizerConfig, TransformerConfig
from var_core.pipeline import VARPipeline
from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.losses import out_of_focus, reconstruction_loss, vq_loss
from var_core.training.token_cache import batches
from var_core.training.tokenizer_training import CodeUsage, tokenizer_step
from var_core.training.transformer_loop import (
    TransformerTraining,
    learning_rate,
    parameter_groups,
    train_transformer,
)
from var_core.transformer import Transformer

SCHEDULE = ScaleSchedule((1, 2, 4))
TOKENIZER = TokenizerConfig(
    channels=8, multipliers=(1, 2), num_residual_blocks=1, codebook_size=32, code_dim=8, norm_groups=4
)
SIZES = TransformerConfig(num_classes=3, depth=2, embed_dim=32, num_heads=2)


def small_transformer() -> tuple[Transformer, Tokenizer]:
    torch.manual_seed(0)
    return Transformer(SIZES, TOKENIZER, SCHEDULE), Tokenizer(TOKENIZER, SCHEDULE)


def encoded(count: int = 48) -> tuple[torch.Tensor, torch.Tensor]:
    labels = torch.arange(count) % 3
    return (labels[:, None] * 7 + torch.arange(SCHEDULE.num_tokens)[None] % 3).to(torch.int16), labels


def settings(out: Path, steps: int) -> TransformerTraining:
    return TransformerTraining(out=out, steps=steps, batch=8, learning_rate=1e-2, mixed_precision="no")


def test_every_weight_of_the_tokenizer_learns() -> None:
    torch.manual_seed(0)
    tokenizer = Tokenizer(TOKENIZER, SCHEDULE)
    with torch.no_grad():
        tokenizer.quantizer.codebook.normal_()
    losses, token_maps, pooled = tokenizer_step(tokenizer, torch.rand(4, 3, 8, 8), quantized=True, unfinished_share=0.5)
    losses.total.backward()
    still = [name for name, weight in tokenizer.named_parameters() if weight.grad is None or not weight.grad.any()]
    # With three scales two of the four φ are never chosen.
    unused = {f"quantizer.phi.{n}" for n in range(4)} - {f"quantizer.phi.{n}" for n in tokenizer.quantizer.phi_index}
    assert {name.rsplit(".", 1)[0] for name in still} == unused
    assert [len(maps) for maps in (token_maps, pooled)] == [3, 3]


def test_tokenizer_learns_a_picture() -> None:
    torch.manual_seed(0)
    tokenizer = Tokenizer(TOKENIZER, SCHEDULE)
    optimizer = torch.optim.Adam(tokenizer.parameters(), lr=3e-3)
    images = torch.rand(2, 3, 4, 4).repeat_interleave(2, 2).repeat_interleave(2, 3)
    psnrs = []
    for step in range(60):
        losses, _, _ = tokenizer_step(tokenizer, images, quantized=step > 20, unfinished_share=0.0)
        optimizer.zero_grad()
        losses.total.backward()
        optimizer.step()
        psnrs.append(float(losses.psnr))
    assert psnrs[20] > psnrs[0] + 3


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


def test_an_unfinished_sum_is_shown_a_blurred_picture_and_a_finished_one_the_picture() -> None:
    image = torch.rand(1, 3, 32, 32)
    assert out_of_focus(image, 16, 16) is image
    blurred = out_of_focus(image, 1, 16)
    assert blurred.shape == image.shape
    assert blurred.var() < 0.2 * image.var()
    assert float((blurred.mean() - image.mean()).abs()) < 0.05


def test_only_codes_unused_for_long_are_revived() -> None:
    usage = CodeUsage(4, patience=2)
    codebook, residuals = torch.zeros(4, 3), torch.ones(5, 3)
    usage.observe([torch.tensor([[0, 1]])])
    assert usage.revive(codebook, residuals, torch.Generator()) == 0
    usage.observe([torch.tensor([[0, 2]])])
    assert usage.revive(codebook, residuals, torch.Generator()) == 1
    assert codebook.sum(1).tolist() == [0, 0, 0, 3]


def test_transformer_training_lowers_the_loss_and_resumes_to_the_same_weights(tmp_path: Path) -> None:
    ids, labels = encoded()
    transformer, tokenizer = small_transformer()
    whole = train_transformer(transformer, tokenizer.quantizer, ids, labels, settings(tmp_path / "whole", 40))
    rows = [json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text().splitlines()]
    assert rows[0]["step"] == 25
    assert rows[0]["loss"] < 3.4  # ln 32 = 3.47 is chance
    again: dict[str, torch.Tensor] = {}
    for minutes in (0.0, 0.0, None):  # stopped after one step, twice
        part, tokenizer = small_transformer()
        run = replace(settings(tmp_path / "parts", 40), minutes=minutes)
        again = train_transformer(part, tokenizer.quantizer, ids, labels, run)
    assert whole.keys() == again.keys()
    assert all(torch.equal(whole[name], again[name]) for name in whole)


def test_biases_norms_and_positions_are_not_decayed() -> None:
    transformer, _ = small_transformer()
    decayed, plain = parameter_groups(transformer, 0.05)
    names = {id(weight): name for name, weight in transformer.named_parameters()}
    assert plain["weight_decay"] == 0
    assert "positions" in {names[id(weight)] for weight in plain["params"]}
    assert all(names[id(weight)].endswith("weight") for weight in decayed["params"])
    assert len(decayed["params"]) + len(plain["params"]) == len(names)


def test_learning_rate_warms_up_holds_and_falls_to_a_tenth(tmp_path: Path) -> None:
    run = TransformerTraining(out=tmp_path, steps=1000, learning_rate=1.0)
    rates = [learning_rate(step, run) for step in range(1001)]
    assert rates[0] == pytest.approx(0.005)
    assert max(rates) == rates[20] == rates[60] == 1.0
    assert rates[1000] == pytest.approx(0.1)
    assert rates[500] > rates[600]


def test_batches_do_not_depend_on_where_one_begins() -> None:
    ids, labels = encoded(20)
    everything = batches(ids, labels, 8, seed=1)
    first = [next(everything)[0] for _ in range(5)]
    later = batches(ids, labels, 8, seed=1, start=3)
    assert torch.equal(next(later)[0], first[3])
    assert torch.equal(next(later)[0], first[4])


def test_commands_train_a_model_that_samples(tmp_path: Path) -> None:
    small = ["--workers", "0", "--precision", "no", "--batch", "2"]
    tokenizer = [
        "train-tokenizer",
        "--out",
        str(tmp_path / "t"),
        "--steps",
        "3",
        "--channels",
        "4",
        "--norm-groups",
        "2",
    ]
    assert main([*tokenizer, "--codes", "16", "--multipliers", "1", "1", "1", "1", "1", *small]) == 0
    model = ["train", "--tokenizer", str(tmp_path / "t"), "--out", str(tmp_path / "m"), "--steps", "2", "--depth", "1"]
    assert main([*model, "--width", "16", "--heads", "1", "--pictures", "4", *small]) == 0
    pipe = VARPipeline.from_pretrained(tmp_path / "m" / "model", device="cpu", precision="exact")
    assert pipe.sample([980], seeds=[0]).shape == (1, 3, 256, 256)


def test_training_without_a_tokenizer_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--tokenizer", str(tmp_path), "--out", str(tmp_path / "m")]) == 2
    assert "run train-tokenizer first" in capsys.readouterr().err
