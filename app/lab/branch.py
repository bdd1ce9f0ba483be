"""Branch and morph: keep the coarse scales of a picture and draw the rest again, as the same class or as another.

What is kept is forced, token by token; no generator is replayed. A smooth run fed on blends of codes, which its ids
do not give: it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from app.class_names import names_of
from app.lab.past import Past, class_of, past_of, sent_past, trace_of, whole_from
from app.lab.tasks import AskKind, Exhibit, LabError, Plain, ShowKind, ShowSettings
from app.lab.wire import packed
from app.run import ScaleDone
from var_core.config import ModelConfig
from var_core.inspection.branching import morph, siblings
from var_core.inspection.divergence import differences
from var_core.inspection.likeness import likeness
from var_core.options import MAX_SEED
from var_core.pipeline import VARPipeline
from var_core.steps import ClassSwitch, ScaleStep
from var_core.validation import shown

LEAST_SIBLINGS, MOST_SIBLINGS = 2, 6
SPREAD_CELL = 4  # pixels each way that a cell of the spread map averages


def branch_settings(values: Plain, config: ModelConfig) -> ShowSettings:
    """``past`` of all K scales, ``keep`` (0 … K), ``count`` (2 … 6), ``seed`` of the first sibling."""
    past = _exact_past(values, config)
    whole_from(values, "keep", 0, config.schedule.num_scales)
    count = whole_from(values, "count", LEAST_SIBLINGS, MOST_SIBLINGS)
    seed = whole_from(values, "seed", 0, MAX_SEED)
    seeds = tuple((seed + index) % (MAX_SEED + 1) for index in range(count))
    switch = past.switch
    if switch is not None:
        switch = ClassSwitch(switch.scale, list(switch.labels) * count, switch.cache)
    return ShowSettings(past.class_id, seeds, past.options, switch)


def branch_stream(pipe: VARPipeline, values: Plain, settings: ShowSettings) -> Iterator[ScaleStep]:
    """The siblings, refined together."""
    trace = trace_of(pipe, past_of(values, pipe.config))
    return siblings(pipe, trace, 0, values["keep"], settings.seeds, statistics=True)


def branch_facts(values: Plain, settings: ShowSettings, scales: Sequence[ScaleDone], config: ModelConfig) -> Plain:
    """How the siblings differ after the newest scale.

    ``rmse`` (levels of 255), ``psnr`` (dB, null if equal) and ``tokens`` (share that differs, per scale so far) are
    means over pairs; ``equal`` has per sibling the share of tokens that are the original's, per scale; ``shared`` the
    likeness in layout, colours, texture; ``spread`` (float32, ``spread_side``²) the standard deviation over siblings.
    """
    pictures = torch.tensor(scales[-1].pixels).permute(0, 3, 1, 2).float() / 255
    maps = [scale.step.token_ids.cpu() for scale in scales]
    found, alike = differences(pictures, maps), likeness(pictures)
    spread = F.avg_pool2d(found.spread[None, None], SPREAD_CELL)[0, 0]
    return {
        "rmse": found.rmse, "psnr": found.psnr, "tokens": list(found.token_shares),
        "equal": _equal(values, maps, config),
        "shared": {"layout": alike.layout, "colours": alike.colours, "texture": alike.texture},
        "spread": packed(spread, "<f4"), "spread_side": len(spread),
    }  # fmt: skip


def morph_settings(values: Plain, config: ModelConfig) -> ShowSettings:
    """``past`` of all K scales, ``keep`` (scales kept, 1 … K − 1), ``class_id`` of the rest, ``cache``."""
    past = _exact_past(values, config)
    keep = whole_from(values, "keep", 1, config.schedule.num_scales - 1)
    if past.switch is not None and past.switch.scale < keep:
        raise LabError(
            f"keep must be at most {past.switch.scale}, where this picture changed its class already, got {keep}."
        )
    cache = values.get("cache")
    if cache not in ("keep", "replay"):
        raise LabError(f'cache must be "keep" or "replay", got {shown(cache)}.')
    labels = cast(list[int], [class_of(values.get("class_id"), config)])
    return ShowSettings(past.class_id, (past.seed,), past.options, ClassSwitch(keep, labels, cache))


def morph_stream(pipe: VARPipeline, values: Plain, settings: ShowSettings) -> Iterator[ScaleStep]:
    """The picture as another class, with its own seed: the noise stays the same."""
    switch = settings.switch
    assert switch is not None
    trace = trace_of(pipe, past_of(values, pipe.config))
    return morph(pipe, trace, 0, switch.scale, switch.labels[0], switch.cache, statistics=True)


def morph_facts(values: Plain, settings: ShowSettings, scales: Sequence[ScaleDone], config: ModelConfig) -> Plain:
    """``equal``: the share of tokens that are the original's, per scale so far."""
    return {"equal": _equal(values, [scale.step.token_ids.cpu() for scale in scales], config)[0]}


def classes_answer(pipe: VARPipeline, values: Plain) -> Plain:
    """``classes``: id, English and Chinese name of every class of the model, in its order."""
    names = [names_of(label) for label in pipe.config.classes]
    return {"classes": [[one.class_id, one.english, one.chinese] for one in names]}


def first_branch(record: Mapping[str, Any]) -> tuple[str, Plain]:
    """Siblings of the page's example, early enough to differ and late enough to be kin."""
    return "branch", {"past": sent_past(record), "keep": 3, "count": 4, "seed": 100}


def _exact_past(values: Plain, config: ModelConfig) -> Past:
    past = past_of(values, config, least=config.schedule.num_scales)
    if past.options.smooth:
        raise LabError(
            "past.options.smooth must be off: a smooth run fed on blends of codes, which its token ids do not give; "
            "draw the picture again without smooth."
        )
    return past


def _equal(values: Plain, maps: Sequence[Tensor], config: ModelConfig) -> list[list[float]]:
    """Per picture and scale, the share of cells with the token of the original."""
    own = past_of(values, config).token_ids
    rows = range(len(maps[0]))
    return [[float((ids[row] == kept[0]).float().mean()) for ids, kept in zip(maps, own, strict=False)] for row in rows]


ASKS: dict[str, AskKind] = {"branch_classes": AskKind(lambda values, config: None, classes_answer)}
SHOWS: dict[str, ShowKind] = {
    "branch": ShowKind(branch_settings, branch_stream, branch_facts),
    "morph": ShowKind(morph_settings, morph_stream, morph_facts),
}
EXHIBITS: dict[str, Exhibit] = {"branch": first_branch}
