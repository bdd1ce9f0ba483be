"""Named recipes, as data: sizes, batch, rates and lengths of the published models and of the embedded one.

Source: VAR appendix and the public training code for d16 … d36; ``mini`` and the averaging are this project's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from var_core.config import PRESETS, TokenizerConfig, TransformerConfig
from var_core.errors import TrainingError
from var_core.scales import SCHEDULE_256, ScaleSchedule
from var_core.training.schedules import OFF, TermSchedule
from var_core.training.settings import OptimizerName
from var_core.validation import shown


@dataclass(frozen=True, kw_only=True)
class TransformerRecipe:
    """How a transformer is trained.

    Attributes:
        sizes: without the number of classes, which the data decide.
        schedule: sides; a tokenizer must have the same.
        batch: pictures a step, over all processes.
        epochs, steps: length of the run; one of them.
        base_learning_rate: peak for a batch of 256, in proportion to the batch; None if ``learning_rate`` is fixed.
        views: crops of each photograph that are encoded beforehand; 0 encodes a new crop at each step, as upstream.
    """

    sizes: TransformerConfig
    schedule: ScaleSchedule
    batch: int
    epochs: int | None = None
    steps: int | None = None
    base_learning_rate: float | None = None
    learning_rate: float = 0.0
    alng: float = 1e-3
    final_rate: float = 0.1
    weight_decay: float = 0.05
    final_weight_decay: float = 0.05
    drop_path: float = 0.0
    coarse_share: float = 0.0
    ema_decay: float = 0.9999
    views: int = 0
    optimizer: OptimizerName = "adamw"

    def peak(self, batch: int) -> float:
        """The peak learning rate for a batch."""
        return self.learning_rate if self.base_learning_rate is None else self.base_learning_rate * batch / 256

    def steps_for(self, pictures: int, batch: int) -> int:
        """Optimiser steps for so many pictures."""
        if self.steps is not None:
            return self.steps
        return max(1, (self.epochs or 1) * pictures // batch)


@dataclass(frozen=True, kw_only=True)
class TokenizerRecipe:
    """How a tokenizer is trained. Upstream published none; ``full`` is VQGAN's practice and untested at that size."""

    sizes: TokenizerConfig
    schedule: ScaleSchedule
    batch: int
    steps: int
    learning_rate: float
    warmup_crop: int | None = None
    vq_weight: float = 1.0
    fidelity: TermSchedule = OFF
    perceptual: TermSchedule = OFF
    adversarial: TermSchedule = OFF
    ema_decay: float = 0.999
    optimizer: OptimizerName = "adamw"


def _published(
    name: str, batch: int, epochs: int, rate: float, alng: float, final_rate: float, final_decay: float = 0.05
) -> TransformerRecipe:
    preset = PRESETS[name]
    return TransformerRecipe(
        sizes=preset.transformer, schedule=preset.schedule, batch=batch, epochs=epochs, base_learning_rate=rate,
        alng=alng, final_rate=final_rate, final_weight_decay=final_decay,
        drop_path=0.1 * preset.transformer.depth / 24,
    )  # fmt: skip


TRANSFORMER_RECIPES: dict[str, TransformerRecipe] = {
    "mini": TransformerRecipe(
        sizes=TransformerConfig(depth=8, embed_dim=256, num_heads=4, shared_adaln=True),
        schedule=SCHEDULE_256, batch=16, steps=12000, learning_rate=1e-3, ema_decay=0.999, views=4,
    ),
    "d16": _published("d16", 768, 200, 1e-4, 1e-3, 0.1),
    "d20": _published("d20", 768, 250, 1e-4, 1e-3, 0.1),
    "d24": _published("d24", 768, 350, 8e-5, 1e-4, 0.01),
    "d30": _published("d30", 1024, 350, 8e-5, 1e-5, 0.01, final_decay=0.08),
    "d36": _published("d36", 768, 350, 8e-5, 5e-6, 0.01, final_decay=0.08),
}  # fmt: skip
TOKENIZER_RECIPES: dict[str, TokenizerRecipe] = {
    "mini": TokenizerRecipe(
        sizes=TokenizerConfig(
            channels=16, multipliers=(1, 1, 2, 4, 8), num_residual_blocks=1, codebook_size=4096, norm_groups=16
        ),
        schedule=SCHEDULE_256, batch=4, steps=8000, learning_rate=3e-3, optimizer="muon",
        fidelity=TermSchedule(0.3),
    ),
    "full": TokenizerRecipe(
        sizes=TokenizerConfig(), schedule=SCHEDULE_256, batch=64, steps=250_000, learning_rate=1e-4,
        perceptual=TermSchedule(1.0), adversarial=TermSchedule(0.5, start=50_000, ramp=5_000), ema_decay=0.9999,
    ),
}  # fmt: skip


def fine_tuning(recipe: TransformerRecipe) -> TransformerRecipe:
    """The recipe for going on from a trained model with a few classes of one's own: short, small batches, low rate."""
    rate = 3e-4 if recipe is TRANSFORMER_RECIPES["mini"] else 1e-4
    return replace(
        recipe, batch=16, epochs=None, steps=2000, base_learning_rate=None, learning_rate=rate, ema_decay=0.999, views=4
    )  # fmt: skip


def recipe_of_sizes(sizes: TransformerConfig) -> str:
    """The name of the recipe with these sizes, whatever the classes; ``mini`` if there is none."""
    for name, recipe in TRANSFORMER_RECIPES.items():
        if replace(recipe.sizes, num_classes=sizes.num_classes) == sizes:
            return name
    return "mini"


def transformer_recipe(name: str) -> TransformerRecipe:
    """The recipe of a name.

    Raises:
        TrainingError: naming those there are.
    """
    if name not in TRANSFORMER_RECIPES:
        raise TrainingError(f"--preset must be one of {', '.join(TRANSFORMER_RECIPES)}, got {shown(name)}.")
    return TRANSFORMER_RECIPES[name]


def tokenizer_recipe(name: str) -> TokenizerRecipe:
    """The recipe of a name.

    Raises:
        TrainingError: naming those there are.
    """
    if name not in TOKENIZER_RECIPES:
        raise TrainingError(f"--preset must be one of {', '.join(TOKENIZER_RECIPES)}, got {shown(name)}.")
    return TOKENIZER_RECIPES[name]
