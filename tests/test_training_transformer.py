"""Transformer training: the recipe, a loop that learns, and what fine-tuning keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from training_support import (
    CLASSES,
    CONFIG,
    SCHEDULE,
    SIZES,
    TOKENIZER,
    assert_same_run,
    saved,
    tensors_of,
    tokens,
    train_small_transformer,
)  # fmt: skip

from var_core.config import PRESETS, ClassLabel
from var_core.errors import TrainingError
from var_core.initialization import initialize
from var_core.training.averaging import AveragedWeights
from var_core.training.finetuning import with_classes
from var_core.training.loop import step_generator
from var_core.training.model_source import fresh_model
from var_core.training.optimizer import UNDECAYED, parameter_groups, set_rate
from var_core.training.processes import start_accelerator
from var_core.training.recipes import TRANSFORMER_RECIPES, fine_tuning, recipe_of_sizes
from var_core.training.schedules import half_cosine, linear_rate
from var_core.training.settings import TransformerTraining
from var_core.training.tokenizer_source import new_tokenizer
from var_core.training.transformer_loop import TransformerLearner
from var_core.transformer import Transformer


def small_transformer() -> Transformer:
    transformer = Transformer(SIZES, CONFIG.tokenizer, CONFIG.schedule)
    initialize(transformer, seed=0)
    return transformer


def test_biases_norms_and_positions_are_not_decayed() -> None:
    transformer = small_transformer()
    decayed, plain = parameter_groups(transformer, 0.05)
    names = {id(weight): name for name, weight in transformer.named_parameters()}
    assert plain["weight_decay"] == 0
    assert "positions" in {names[id(weight)] for weight in plain["params"]}  # type: ignore[attr-defined]
    kept = {names[id(weight)] for weight in decayed["params"]}  # type: ignore[attr-defined]
    assert all(name.endswith("weight") for name in kept)
    assert not [name for name in kept if any(part in name for part in UNDECAYED)]
    assert len(decayed["params"]) + len(plain["params"]) == len(names)  # type: ignore[arg-type]
    optimizer = torch.optim.AdamW([decayed, plain], lr=1.0)
    set_rate(optimizer, 0.5, 0.07)
    assert [(group["lr"], group["weight_decay"]) for group in optimizer.param_groups] == [(0.5, 0.07), (0.5, 0)]


def test_learning_rate_warms_up_holds_and_falls_to_its_last_ratio() -> None:
    rates = [linear_rate(step, 1000, peak=1.0, final_ratio=0.1) for step in range(1000)]
    assert rates[0] == pytest.approx(0.005)
    assert rates[10] == pytest.approx(0.005 + 0.995 * 10 / 20)
    assert max(rates) == rates[20] == rates[60] == 1.0
    assert rates[999] == pytest.approx(0.1)
    middle = 20 + round(979 * 0.525)  # half-way between the end of the plateau and the last step
    assert rates[middle] == pytest.approx(0.55, abs=1e-3)


def test_weight_decay_moves_by_half_a_cosine() -> None:
    values = [half_cosine(step, 101, 0.05, 0.08) for step in (0, 50, 100)]
    assert values == pytest.approx([0.05, 0.065, 0.08])


def test_published_recipes_are_the_published_numbers() -> None:
    recipes = TRANSFORMER_RECIPES
    table = {name: (recipe.batch, recipe.epochs, recipe.base_learning_rate, recipe.alng, recipe.final_rate,
                    recipe.final_weight_decay) for name, recipe in recipes.items() if name != "mini"}  # fmt: skip
    assert table == {
        "d16": (768, 200, 1e-4, 1e-3, 0.1, 0.05),
        "d20": (768, 250, 1e-4, 1e-3, 0.1, 0.05),
        "d24": (768, 350, 8e-5, 1e-4, 0.01, 0.05),
        "d30": (1024, 350, 8e-5, 1e-5, 0.01, 0.08),
        "d36": (768, 350, 8e-5, 5e-6, 0.01, 0.08),
    }
    assert all(recipes[name].sizes == PRESETS[name].transformer for name in table)
    assert all(recipes[name].schedule == PRESETS[name].schedule for name in table)
    assert recipes["d24"].drop_path == pytest.approx(0.1)
    assert recipes["d16"].peak(768) == pytest.approx(3e-4)
    assert recipes["d16"].steps_for(1_281_167, 768) == 200 * 1_281_167 // 768
    assert recipe_of_sizes(replace(PRESETS["d20"].transformer, num_classes=5)) == "d20"
    assert fine_tuning(recipes["d36"]).drop_path == recipes["d36"].drop_path


def test_training_lowers_the_loss_and_logs_scales_samples_and_curves(tmp_path: Path) -> None:
    train_small_transformer(tmp_path, 40, log_every=20, validate_every=20, label_dropout=0.2)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [20, 20, 40, 40]
    train, held = rows[2], rows[3]
    assert rows[0]["loss"] > train["loss"]
    assert held["validation_loss"] < 2.5  # ln 32 = 3.47 is chance
    for row, name in ((train, ""), (held, "validation_")):
        assert len(row[f"{name}loss_by_scale"]) == len(row[f"{name}accuracy_by_scale"]) == 3
        counts = (1, 4, 16)
        mean = sum(n * value for n, value in zip(counts, row[f"{name}loss_by_scale"], strict=True)) / 21
        assert row[f"{name}loss"] == pytest.approx(mean, rel=1e-3)
        assert row[f"{name}accuracy_last"] == row[f"{name}accuracy_by_scale"][-1]
    assert train["weight_decay"] == pytest.approx(0.1)
    assert (tmp_path / "samples" / "step-00000040.png").stat().st_size > 500
    assert (tmp_path / "training.png").stat().st_size > 20_000


def test_rounds_of_a_step_add_up_to_the_step(tmp_path: Path) -> None:
    for accumulate in (1, 4):
        train_small_transformer(tmp_path / str(accumulate), 3, accumulate=accumulate)
    whole, parts = (dict(tensors_of(saved(tmp_path / name)[1]["model"])) for name in ("1", "4"))
    assert all(torch.allclose(whole[name], parts[name], atol=2e-5) for name in whole)


def test_samples_curves_and_validation_do_not_touch_training(tmp_path: Path) -> None:
    train_small_transformer(tmp_path / "plain", 4)
    train_small_transformer(tmp_path / "watched", 4, validate_every=2, log_every=1)
    assert_same_run(tmp_path / "plain", tmp_path / "watched")


def test_a_coarse_step_teaches_the_first_scales_and_its_row_speaks_of_all(tmp_path: Path) -> None:
    still: dict[str, Any] = {"weight_decay": 0.0, "final_weight_decay": 0.0, "ema_decay": 0.0, "log_every": 1}
    start = fresh_model(SIZES, new_tokenizer(TOKENIZER, SCHEDULE, seed=0), CLASSES, name="tiny", alng=1e-3, seed=0)
    moved = {}
    for share, scales in ((0.0, None), (0.99, None), (0.99, 2)):
        out = tmp_path / f"{share}-{scales}"
        learned = train_small_transformer(out, 3, coarse_share=share, coarse_scales=scales, **still)
        moved[share, scales] = (learned.positions != start.transformer.positions).any(-1).flatten().tolist()
        rows = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
        assert all(len(row["loss_by_scale"]) == 3 and row["loss"] > 0 for row in rows)
    assert moved[0.0, None] == [True] * 21
    assert moved[0.99, None] == [True] + [False] * 20
    assert moved[0.99, 2] == [True] * 5 + [False] * 16


def test_the_share_of_coarse_steps_is_what_was_asked_for(tmp_path: Path) -> None:
    settings = TransformerTraining(out=tmp_path, steps=1, coarse_share=0.3, coarse_scales=2, cpu=True)
    tokenizer = new_tokenizer(TOKENIZER, SCHEDULE, seed=0)
    start = fresh_model(SIZES, tokenizer, CLASSES, name="tiny", alng=1e-3, seed=0)
    accelerator = start_accelerator("no", cpu=True)
    learner = TransformerLearner(start.config, start.transformer, tokenizer, tokens(8), None, settings, accelerator)
    lengths = [learner._length(step_generator(0, step)) for step in range(2000)]
    assert set(lengths) == {5, 21}
    assert lengths.count(5) / 2000 == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("scales", [0, 3])
def test_coarse_scales_are_fewer_than_all(tmp_path: Path, scales: int) -> None:
    with pytest.raises(TrainingError, match=f"--coarse-scales must be a whole number from 1 to 2, got {scales}"):
        train_small_transformer(tmp_path, 1, coarse_share=0.5, coarse_scales=scales)


def test_averaged_weights_lag_behind_and_forget_the_start_soon() -> None:
    module = torch.nn.Linear(1, 1, bias=False)
    average = AveragedWeights(module, 0.99)
    start = float(average.module.weight.detach())
    with torch.no_grad():
        module.weight.add_(1.0)
    average.update(module, 1)
    assert float(average.module.weight) == pytest.approx(start + 1 - 2 / 11, abs=1e-6)
    for step in range(2, 60):
        average.update(module, step)
    assert float(average.module.weight) == pytest.approx(start + 1, abs=1e-3)
    assert not average.module.weight.requires_grad


def test_a_step_draws_the_same_wherever_it_is_resumed_and_another_step_does_not() -> None:
    first, again, other, seeded = (
        torch.rand(3, generator=step_generator(*key)) for key in ((0, 5), (0, 5), (0, 6), (1, 5))
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, seeded)


def test_fine_tuning_remakes_the_classes_and_keeps_everything_else() -> None:
    transformer = small_transformer()
    with torch.no_grad():
        transformer.class_embedding.weight.add_(torch.arange(4.0)[:, None])
    classes = (ClassLabel(0, "my cat"), ClassLabel(1, "Class 1"), ClassLabel(2, "my dog"), ClassLabel(3, "tree"))
    config, tuned = with_classes(CONFIG, transformer, classes, name="mine")
    assert (config.name, config.classes, config.transformer.num_classes) == ("mine", classes, 4)
    old, new = transformer.state_dict(), tuned.state_dict()
    assert all(torch.equal(old[name], new[name]) for name in old if name != "class_embedding.weight")
    rows, before = new["class_embedding.weight"], old["class_embedding.weight"]
    assert torch.equal(rows[4], before[3])  # the null class
    assert torch.equal(rows[1], before[1])  # known by name
    for row in (0, 2, 3):
        assert float((rows[row] - before[:3].mean(0)).abs().max()) < 0.5
    assert not torch.equal(rows[0], rows[2])
    assert all(parameter.requires_grad for parameter in tuned.parameters())
    assert CONFIG.classes == CLASSES
