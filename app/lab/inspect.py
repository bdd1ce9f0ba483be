"""What the view ``inspect`` asks of a model: the colours of its codes, one position's logits, one query's attention.

Each answer is about one token of a picture that the browser sends back; the rest of the view is in the record.
"""

from __future__ import annotations

from app.lab.past import past_of, whole_from
from app.lab.record import FLOATS
from app.lab.tasks import AskKind, LabError, Plain, ShowKind
from app.lab.wire import packed
from var_core.config import ModelConfig
from var_core.inspection.attention import attention_read
from var_core.inspection.colours import code_colours
from var_core.inspection.context import Context, context_of_tokens
from var_core.inspection.positions import position_logits
from var_core.pipeline import VARPipeline

# A weight of attention is at most 1 and needs no more digits than a colour shows; half the bytes for deep models.
HALF_FLOATS = "<f2"


def check_token(values: Plain, config: ModelConfig) -> None:
    """``past``, ``scale`` (0 … K − 1) and ``index`` (row·s + column): one token whose coarser scales are all there.

    Raises:
        LabError: for the first value that cannot be used; for a smooth run beyond the first scale, which was fed
            blends that its ids do not give.
    """
    scale = whole_from(values, "scale", 0, config.schedule.num_scales - 1)
    whole_from(values, "index", 0, config.schedule.sides[scale] ** 2 - 1)
    past = past_of(values, config, least=scale)
    if past.options.smooth and scale:
        raise LabError(
            "This run was smooth: from scale 2 on the model read blends of codes, which token ids do not give; "
            "run it without smooth."
        )


def answer_colours(pipe: VARPipeline, values: Plain) -> Plain:
    """Every code's colour: its place along the codebook's first three principal axes.

    ``explained``: share of the codebook's variance on those three of its ``channels``; ``reach``: distance from the
    codebook's mean, mid grey, at which a colour is full.
    """
    codebook = pipe.tokenizer.quantizer.codebook
    colours = code_colours(codebook)
    rgb = colours.rgb(codebook.detach().t()[:, :, None])  # (V, 1, 3) uint8
    return {
        "rgb": packed(rgb, "u1"), "explained": colours.explained, "reach": colours.reach,
        "channels": codebook.shape[1],
    }  # fmt: skip


def answer_logits(pipe: VARPipeline, values: Plain) -> Plain:
    """Logits of one position with and without the class, before guidance and all else; float32, V of each."""
    logits = position_logits(pipe, *_token(pipe, values))
    return {
        "conditional": packed(logits.conditional, FLOATS), "unconditional": packed(logits.unconditional, FLOATS),
        "progress": logits.progress,
    }  # fmt: skip


def answer_attention(pipe: VARPipeline, values: Plain) -> Plain:
    """One query's attention in every block and head.

    ``weights``: (depth, heads, n) float16 over the n positions of its own and all coarser scales; ``shares``: (depth,
    heads, scale + 1) float32 per source scale; ``even``: the shares if all positions were read alike.
    """
    read = attention_read(pipe, *_token(pipe, values))
    depth, heads, positions = read.weights.shape
    return {
        "depth": depth, "heads": heads, "positions": positions, "weights": packed(read.weights, HALF_FLOATS),
        "shares": packed(read.shares(), FLOATS), "even": read.even_shares().tolist(),
    }  # fmt: skip


def _token(pipe: VARPipeline, values: Plain) -> tuple[Context, int, int, int]:
    past, scale = past_of(values, pipe.config), values["scale"]
    row, column = divmod(values["index"], pipe.config.schedule.sides[scale])
    context = context_of_tokens(pipe, past.class_id, past.token_ids[:scale], past.switch)
    return context, scale, row, column


def _nothing(values: Plain, config: ModelConfig) -> None:
    if values:
        raise LabError(f"Colours are of the model alone; send no values, got {', '.join(sorted(values))}.")


ASKS: dict[str, AskKind] = {
    "inspect_colours": AskKind(_nothing, answer_colours),
    "inspect_logits": AskKind(check_token, answer_logits),
    "inspect_attention": AskKind(check_token, answer_attention),
}
SHOWS: dict[str, ShowKind] = {}
