"""One step taken apart, and what each scale adds and costs: what the view ``anatomy`` asks of a model.

The colours are the codebook's first three principal axes *without* taking off its mean: the zero vector is mid grey
everywhere, so that what is shown adds up, before + contribution = after, channel by channel.
"""

from __future__ import annotations

import time

import torch
from torch import Tensor

from app.lab.past import Past, past_of, whole_from
from app.lab.tasks import AskKind, LabError, Plain, ShowKind
from app.lab.wire import packed
from app.pictures import preview_uri
from var_core.config import ModelConfig
from var_core.images import to_pixels
from var_core.inspection.anatomy import step_anatomy
from var_core.inspection.colours import code_colours
from var_core.inspection.context import sums_of_tokens
from var_core.inspection.cost import scale_costs
from var_core.inspection.spectrum import bands, spectra
from var_core.pipeline import VARPipeline
from var_core.validation import shown

FLOATS = "<f4"
TAIL = 0.01  # of the sums' numbers that may lie beyond a range
CHANGE_SPAN = 0.5  # change of brightness at which the picture of a difference saturates
MOST_SPECTRA = 2  # scales a question; a decoded picture is most of its time


def step_check(values: Plain, config: ModelConfig) -> None:
    """``past`` and ``scale``, 0 … K − 1, which the past must reach."""
    _reaching(values, config, whole_from(values, "scale", 0, config.schedule.num_scales - 1))


def step_answer(pipe: VARPipeline, values: Plain) -> Plain:
    """The tensors of one scale, float32, channels first, and ranges for all sums that ``past`` gives.

    ``before`` + ``contribution``, in float32, is the sum after the scale. ``axes`` are three directions of the latent
    space; a place ± ``reach`` along one is the end of its colour, ± ``range`` the end for the numbers of one channel.
    Both hold 99 % of all sums.
    """
    maps, scale = past_of(values, pipe.config).token_ids, int(values["scale"])
    step = step_anatomy(pipe, maps, scale)
    sums = torch.cat(sums_of_tokens(pipe, maps)).cpu()
    quantizer = pipe.tokenizer.quantizer
    colours = code_colours(quantizer.codebook)
    places = torch.einsum("nchw,ca->nahw", sums, colours.axes).abs().flatten()
    reach = max(colours.reach, float(places.quantile(1 - TAIL)))
    parts = {name: packed(getattr(step, name), FLOATS) for name in ("codes", "upsampled", "contribution", "before")}
    return {
        **parts, "next": None if step.next_input is None else packed(step.next_input, FLOATS),
        "scale": scale, "channels": len(step.codes), "phi": quantizer.phi_index[scale], "phis": len(quantizer.phi),
        "axes": packed(colours.axes.t(), FLOATS), "reach": reach, "explained": colours.explained,
        "range": float(sums.abs().flatten().quantile(1 - TAIL)),
    }  # fmt: skip


def change_answer(pipe: VARPipeline, values: Plain) -> Plain:
    """What the decoder makes of the sum without and with a scale, and the difference of the two pictures.

    Grey is no change; ± ``span`` of brightness is black and white. ``rms`` and ``largest`` are levels of 255.
    """
    without, including = _pictures(pipe, past_of(values, pipe.config), int(values["scale"]), 1)
    change = including - without
    pictures = [without, including, (0.5 + change / (2 * CHANGE_SPAN)).clamp(0, 1)]
    sources = [preview_uri(pixels) for pixels in to_pixels(torch.stack(pictures))]
    return {
        "without": sources[0], "with": sources[1], "change": sources[2], "span": CHANGE_SPAN,
        "rms": float(change.square().mean().sqrt()) * 255, "largest": float(change.abs().max()) * 255,
        "clipped": float((change.abs() > CHANGE_SPAN).float().mean()),
    }  # fmt: skip


def spectrum_check(values: Plain, config: ModelConfig) -> None:
    """``past``, ``first`` scale, 0 … K − 1, and ``count``, 1 … 2, of scales from there on."""
    first = whole_from(values, "first", 0, config.schedule.num_scales - 1)
    count = whole_from(values, "count", 1, min(MOST_SPECTRA, config.schedule.num_scales - first))
    _reaching(values, config, first + count - 1)


def spectrum_answer(pipe: VARPipeline, values: Plain) -> Plain:
    """Radially averaged spectra of what some scales changed in the picture; one row a scale.

    ``decibels`` is the power, ``energy`` its share of the scale's change at each of ``frequencies``.
    """
    first, count = int(values["first"]), int(values["count"])
    pictures = _pictures(pipe, past_of(values, pipe.config), first, count)
    if first == 0:  # the first scale's change is measured against a flat picture, as the library does
        pictures[0] = 0
    changes = pictures.diff(dim=0)
    found = bands(pictures)
    return {
        "first": first, "frequencies": [int(each) for each in found.frequencies],
        "decibels": [packed(row, FLOATS) for row in spectra(changes).decibels()],
        "energy": [packed(row, FLOATS) for row in found.energy[1:]],
        "low": found.low[1:].tolist(), "median": found.median[1:].tolist(), "high": found.high[1:].tolist(),
    }  # fmt: skip


def cost_check(values: Plain, config: ModelConfig) -> None:
    """``guided``: whether an unconditional branch ran too."""
    if type(values.get("guided")) is not bool:
        raise LabError(f"guided must be true or false, got {shown(values.get('guided'))}.")


def cost_answer(pipe: VARPipeline, values: Plain) -> Plain:
    """What one picture costs scale by scale, counted; and one decoding, counted and timed here and now."""
    config = pipe.config
    size = pipe.transformer.input_projection.weight.element_size()
    costs = scale_costs(
        config.transformer, config.tokenizer, config.schedule, guided=values["guided"], element_bytes=size
    )
    side = config.schedule.last_side
    nothing = torch.zeros(1, config.tokenizer.code_dim, side, side)
    start = time.perf_counter()
    pipe.decode(nothing).cpu()
    return {
        "tokens": [cost.tokens for cost in costs], "flops": [cost.flops for cost in costs],
        "cache_bytes": [cost.cache_bytes for cost in costs], "decoder_flops": costs[-1].decoder_flops,
        "decoder_ms": 1000 * (time.perf_counter() - start), "element_bytes": size,
    }  # fmt: skip


def _reaching(values: Plain, config: ModelConfig, scale: int) -> Past:
    past = past_of(values, config, least=scale + 1)
    if past.options.smooth:
        raise LabError(
            "This run was smooth: it fed on blends of codes, which its token ids do not give; run it without smooth."
        )
    return past


def _pictures(pipe: VARPipeline, past: Past, first: int, count: int) -> Tensor:
    """What the decoder makes of the sums before ``first`` and after each of ``count`` scales, (count + 1, 3, H, W)."""
    sums = sums_of_tokens(pipe, past.token_ids[: first + count])
    latents = [torch.zeros_like(sums[0]), *sums][first : first + count + 1]
    return pipe.decode(torch.cat(latents)).cpu()


ASKS: dict[str, AskKind] = {
    "anatomy_step": AskKind(step_check, step_answer),
    "anatomy_change": AskKind(step_check, change_answer),
    "anatomy_spectrum": AskKind(spectrum_check, spectrum_answer),
    "anatomy_cost": AskKind(cost_check, cost_answer),
}
SHOWS: dict[str, ShowKind] = {}
