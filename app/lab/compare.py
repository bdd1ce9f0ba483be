"""Compare: one picture with settings of its own, to lie beside another; and raster order against next-scale."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from app.class_names import ClassIndex
from app.lab.past import class_of, options_of, whole_from
from app.lab.tasks import AskKind, FactKind, Plain, ShowKind, ShowSettings
from app.models import Model, Models
from var_core.config import PRESETS, ModelConfig, TokenizerConfig, TransformerConfig
from var_core.inspection.cost import next_scale_cost, raster_cost, scale_costs
from var_core.options import MAX_SEED
from var_core.pipeline import VARPipeline
from var_core.precision import without_tf32
from var_core.scales import ScaleSchedule
from var_core.steps import ScaleStep

PUBLISHED = "d16"  # raced beside the model in use, because its figures are the ones that are quoted
SINGLE_PASSES = 9


def sample_settings(values: Plain, config: ModelConfig) -> ShowSettings:
    """``class_id`` (None for no class), ``seed``, ``options``."""
    options = options_of(values.get("options"), config)
    return ShowSettings(class_of(values.get("class_id"), config), (whole_from(values, "seed", 0, MAX_SEED),), options)


def sample_stream(pipe: VARPipeline, values: Plain, settings: ShowSettings) -> Iterator[ScaleStep]:
    """One picture."""
    return pipe.stream([settings.class_id], seeds=settings.seeds, options=settings.options)


def catalogue(models: Models, chosen: Model) -> Plain:
    """What a side may be set to: every model that is here.

    ``tokens`` says whose tokens they are: two models with the same one speak of the same codes. ``gflop`` is the
    transformer's arithmetic of one branch of a picture, by which the view knows a large model.
    """
    return {
        "models": [
            {
                "name": model.name,
                "tokens": "official" if model.published else model.name,
                "sides": list(model.config.schedule.sides),
                "codebook_size": model.config.tokenizer.codebook_size,
                "classes": ClassIndex(model.config).entries(),
                "gflop": round(_gflop(model.config), 2),
            }
            for model in models.all
            if model.here
        ]
    }


def _gflop(config: ModelConfig) -> float:
    return next_scale_cost(config.transformer, config.tokenizer, config.schedule).work.total / 1e9


def race(models: Models, chosen: Model) -> Plain:
    """Passes and FLOPs of both orders, for the model in use and for d16: one branch, the blocks without the head."""
    config, preset = chosen.config, PRESETS[PUBLISHED]
    entries = [order_costs(chosen.name, config.transformer, config.tokenizer, config.schedule)]
    if chosen.name != PUBLISHED:
        entries.append(order_costs(PUBLISHED, preset.transformer, TokenizerConfig(), preset.schedule))
    return {"entries": entries}


def order_costs(
    name: str, transformer: TransformerConfig, tokenizer: TokenizerConfig, schedule: ScaleSchedule
) -> Plain:
    """Both orders of one size, pass by pass.

    Returns:
        name, sides, and for "next" and "raster": passes, tokens, flops (a list, one entry a pass).
    """
    ours, raster = (count(transformer, tokenizer, schedule) for count in (next_scale_cost, raster_cost))
    scales = scale_costs(transformer, tokenizer, schedule, guided=False)
    count = raster.passes
    # Pass i looks at i keys, so that its share of the attention is i of 1 + 2 + … + n.
    share, linear = 2 * raster.work.attention // (count * (count + 1)), raster.work.linear // count
    return {
        "name": name,
        "sides": list(schedule.sides),
        "next": {"passes": ours.passes, "tokens": ours.tokens, "flops": [scale.work.blocks for scale in scales]},
        "raster": {"passes": count, "tokens": count, "flops": [linear + share * (i + 1) for i in range(count)]},
    }


def check_pace(values: Plain, config: ModelConfig) -> None:
    """Nothing is taken from outside."""


@torch.no_grad()
def pace(pipe: VARPipeline, values: Plain) -> Plain:
    """How long one pass of the transformer takes here, in milliseconds, both branches of guidance, without decoding.

    Returns:
        ``next``: one time a scale. ``single``: the median of several passes over one token that has no past, which
        is what a pass of raster order costs at the least.
    """
    network, schedule = pipe.transformer, pipe.config.schedule
    with without_tf32(pipe.device):
        condition = network.condition(torch.tensor([0, network.null_label], device=pipe.device))
        code_dim = pipe.config.tokenizer.code_dim

        cache = network.new_cache(2)

        def single() -> Tensor:
            return network.logits(network.step(None, 0, condition, cache), condition)

        single()  # the first call of a kernel pays for its start
        times = [_milliseconds(single, pipe.device) for _ in range(SINGLE_PASSES)]
        passes = []
        for scale, side in enumerate(schedule.sides):
            inputs = torch.zeros(2, side * side, code_dim, device=pipe.device) if scale else None

            def whole(inputs: Tensor | None = inputs, scale: int = scale) -> Tensor:
                return network.logits(network.step(inputs, scale, condition, cache), condition)

            passes.append(_milliseconds(whole, pipe.device))
    return {"single": round(statistics.median(times), 3), "next": _rounded(passes)}


def _milliseconds(work: Callable[[], Tensor], device: torch.device) -> float:
    started = time.perf_counter()
    work().flatten()[0].item()  # waits for a GPU
    return 1000 * (time.perf_counter() - started)


def _rounded(times: Sequence[float]) -> list[float]:
    return [round(each, 3) for each in times]


ASKS: dict[str, AskKind] = {"pace": AskKind(check_pace, pace)}
SHOWS: dict[str, ShowKind] = {"sample": ShowKind(sample_settings, sample_stream)}
FACTS: dict[str, FactKind] = {"catalogue": catalogue, "race": race}
