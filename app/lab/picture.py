"""Your picture: through the tokenizer alone, scale by scale, and drawn again in part.

Pictures come as data URIs, exactly as large as the model's; whatever else comes is checked and cut by ``picture_of``.
Nothing is kept: every question and every show brings its picture along.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from app.answers import level_psnr
from app.class_names import names_of
from app.lab.past import class_of, past_of, whole_from
from app.lab.reach import spread_of
from app.lab.seen import seen_by
from app.lab.tasks import AskKind, FactKind, LabError, Plain, ShowKind, ShowSettings
from app.lab.wire import packed
from app.models import Model, Models
from app.pictures import map_uri, png_uri
from app.presets import OPENING, within
from app.requests import MAX_GUIDANCE
from app.run import ScaleDone
from app.uploads import Reconstruction, picture_of
from var_core.config import ModelConfig
from var_core.editing import keep_cells, keep_masked
from var_core.images import to_pixels
from var_core.options import MAX_SEED, SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.registry import OFFICIAL_MODELS
from var_core.resources import gigabytes
from var_core.steps import ScaleStep
from var_core.training.pictures import draw, draw_texture
from var_core.validation import real_number, shown

# Held out: none of these was ever trained on. None is a texture of no class.
EXAMPLES: tuple[tuple[int | None, int], ...] = ((437, 3), (323, 1), (None, 2))
LARGE = ("d30", "d36")
LONGEST_MASK = 400_000  # characters


# --- questions -------------------------------------------------------------------------------------------------


def setup(models: Models, chosen: Model) -> Plain:
    """What the view needs to know of the model, and of those that have seen photographs."""
    config, label_names = chosen.config, [names_of(label) for label in chosen.config.classes]
    large = [OFFICIAL_MODELS[name] for name in LARGE]
    return {
        "side": config.image_side, "sides": list(config.schedule.sides), "examples": len(EXAMPLES),
        "classes": [[names.class_id, names.english, names.chinese] for names in label_names],
        "name": chosen.name, "seen": seen_by(chosen), "most_guidance": MAX_GUIDANCE,
        "guidance": OPENING.guidance,
        "large": [
            {"name": model.name, "side": model.image_side, "download": gigabytes(model.download_bytes),
             "memory": gigabytes(model.memory_bytes("fast"))}
            for model in large
        ],
    }  # fmt: skip


def example_check(values: Plain, config: ModelConfig) -> None:
    """``index`` of a built-in picture."""
    whole_from(values, "index", 0, len(EXAMPLES) - 1)


def example(pipe: VARPipeline, values: Plain) -> Plain:
    """A built-in picture, drawn on the spot."""
    class_id, number = EXAMPLES[values["index"]]
    side = pipe.config.image_side
    picture = (
        draw_texture(number, split="heldout", side=side)
        if class_id is None
        else draw(class_id, number, split="heldout", side=side)
    )
    return {"picture": png_uri(picture), "class_id": class_id}


def prepare_check(values: Plain, config: ModelConfig) -> None:
    """``picture``: a file of any kind that may be read."""
    picture_of(values.get("picture"), config.image_side)


def prepare(pipe: VARPipeline, values: Plain) -> Plain:
    """A file that the browser cannot read itself, cut to the model's size."""
    return {"picture": png_uri(to_pixels(picture_of(values["picture"], pipe.config.image_side)[None])[0])}


def spread_check(values: Plain, config: ModelConfig) -> None:
    """``picture`` and ``mask`` of an edit, and the edited picture as ``past``."""
    past_of(values, config, least=config.schedule.num_scales)
    mask_of(values.get("mask"), config)
    picture_of(values.get("picture"), config.image_side)


def spread(pipe: VARPipeline, values: Plain) -> Plain:
    """Where an edit changed the latent, where it could, and whether the kept tokens are the source's."""
    schedule, picture = pipe.config.schedule, picture_of(values["picture"], pipe.config.image_side)
    past = past_of(values, pipe.config)
    cells = keep_cells(mask_of(values["mask"], pipe.config), schedule, pipe.config.image_side)
    masks = keep_masked(past.token_ids, cells, schedule, 1).masks
    found = spread_of(pipe, picture, masks, past.token_ids)
    return {
        "reach": packed(found.reach, "u1"), "change": packed(found.change, "<f4"), "source": found.source,
        "kept": found.kept_tokens, "equal": found.equal_tokens, "total": found.total_tokens, "beyond": found.beyond,
    }  # fmt: skip


# --- shows -----------------------------------------------------------------------------------------------------


def reconstruct_settings(values: Plain, config: ModelConfig) -> ShowSettings:
    """``picture``."""
    picture_of(values.get("picture"), config.image_side)
    return ShowSettings(None, (0,), _options(0.0, config))


def reconstruct_stream(pipe: VARPipeline, values: Plain, settings: ShowSettings) -> Iterator[ScaleStep]:
    """The scales of the picture's own tokens; no generator has a part in it."""
    return Reconstruction(picture_of(values["picture"], pipe.config.image_side), pipe.config.name).stream(pipe)


def reconstruct_facts(values: Plain, settings: ShowSettings, scales: Sequence[ScaleDone], config: ModelConfig) -> Plain:
    """Per scale ``psnr`` in dB, and ``left``: how far each pixel is off, in levels, the mean of its three channels."""
    picture = picture_of(values["picture"], config.image_side)
    levels = to_pixels(picture[None])[0].astype(np.int16)
    off = [np.abs(scale.pixels[0].astype(np.int16) - levels).mean(2) for scale in scales]
    return {
        "psnr": [round(level_psnr(scale, picture), 3) for scale in scales],
        "mean": [round(float(each.mean()), 3) for each in off],
        "left": [map_uri(each.round().astype(np.uint8)) for each in off],
    }


def edit_settings(values: Plain, config: ModelConfig) -> ShowSettings:
    """``picture``, ``mask``, ``class_id`` or None, ``guidance`` and ``seed``."""
    class_id = class_of(values.get("class_id"), config)
    guidance = real_number(values.get("guidance"), "guidance", 0, MAX_GUIDANCE, error=LabError)
    seed = whole_from(values, "seed", 0, MAX_SEED)
    mask_of(values.get("mask"), config)
    picture_of(values.get("picture"), config.image_side)
    return ShowSettings(class_id, (seed,), _options(guidance, config))


def edit_stream(pipe: VARPipeline, values: Plain, settings: ShowSettings) -> Iterator[ScaleStep]:
    """The scales of the edited picture."""
    picture, keep = picture_of(values["picture"], pipe.config.image_side), mask_of(values["mask"], pipe.config)
    return pipe.edit(
        picture, keep, [settings.class_id], seeds=settings.seeds, options=settings.options, statistics=True
    )


def edit_facts(values: Plain, settings: ShowSettings, scales: Sequence[ScaleDone], config: ModelConfig) -> Plain:
    """Tokens drawn again, a number a scale; with the last scale the lossless ``picture`` as the model sees it."""
    redrawn = [int((~scale.step.kept).sum()) for scale in scales]
    finished = len(scales) == config.schedule.num_scales
    return {"redrawn": redrawn, "picture": png_uri(scales[-1].pixels[0]) if finished else None}


def mask_of(text: object, config: ModelConfig) -> Tensor:
    """What is drawn again, as bits → what is kept, Boolean.

    Args:
        text: base64 of one bit a pixel (H·W) or one a cell (s_K²), row by row, the first in the highest place;
            1 = draw again.
        config: of the model.

    Returns:
        (H, W) or (s_K, s_K), True = keep.

    Raises:
        LabError: if it is no such text, of another length, or draws nothing again.
    """
    if not isinstance(text, str) or len(text) > LONGEST_MASK:
        raise LabError(f"mask must be base64 text, got {shown(text)}.")
    try:
        data = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (ValueError, binascii.Error):
        raise LabError("mask must be base64 text; this one is damaged.") from None
    sides = {-(-side * side // 8): side for side in (config.schedule.last_side, config.image_side)}
    side = sides.get(len(data))
    if side is None:
        allowed = " or ".join(f"{count} bytes ({side}×{side} bits)" for count, side in sides.items())
        raise LabError(f"mask must hold {allowed}, got {len(data)} bytes.")
    drawn = np.unpackbits(data, count=side * side).astype(bool).reshape(side, side)
    if not drawn.any():
        raise LabError("mask draws nothing again; set at least one bit.")
    return torch.from_numpy(~drawn)


def _options(guidance: float, config: ModelConfig) -> SamplingOptions:
    return replace(within(OPENING, config.tokenizer.codebook_size), guidance=guidance)


ASKS: dict[str, AskKind] = {
    "picture_example": AskKind(example_check, example),
    "picture_prepare": AskKind(prepare_check, prepare),
    "picture_spread": AskKind(spread_check, spread),
}
SHOWS: dict[str, ShowKind] = {
    "reconstruct": ShowKind(reconstruct_settings, reconstruct_stream, reconstruct_facts),
    "edit": ShowKind(edit_settings, edit_stream, edit_facts),
}
FACTS: dict[str, FactKind] = {"picture_setup": setup}
