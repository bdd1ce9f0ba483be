"""The lab's arithmetic: the counts of the published sizes, and that they count what the networks do."""

from __future__ import annotations

import pytest
import torch
from tiny_models import tiny_config
from torch.utils.flop_counter import FlopCounterMode

from var_core.config import PRESETS, ModelConfig, TokenizerConfig
from var_core.inspection.convolution_cost import decoder_flops, encoder_flops
from var_core.inspection.cost import next_scale_cost, raster_cost, scale_costs
from var_core.tokenizer import Tokenizer
from var_core.transformer import Transformer

OFFICIAL = TokenizerConfig()
WITHIN = 0.02


def giga(flops: int) -> float:
    return flops / 1e9


@pytest.mark.parametrize(
    ("name", "guided"), [("d16", 597), ("d20", 1142), ("d24", 1950), ("d30", 3763), ("d36", 22802)]
)
def test_a_guided_picture_costs_what_was_counted_elsewhere(name: str, guided: int) -> None:
    preset = PRESETS[name]
    total = sum(cost.flops for cost in scale_costs(preset.transformer, OFFICIAL, preset.schedule))
    assert giga(total) == pytest.approx(guided, rel=WITHIN)


def test_next_scale_does_more_arithmetic_than_raster_order_in_fewer_passes() -> None:
    d16 = PRESETS["d16"]
    ours, raster = (count(d16.transformer, OFFICIAL, d16.schedule) for count in (next_scale_cost, raster_cost))
    assert (ours.passes, ours.tokens, raster.passes, raster.tokens) == (10, 680, 256, 256)
    assert giga(ours.work.blocks) == pytest.approx(293, rel=WITHIN)
    assert giga(raster.work.blocks) == pytest.approx(105, rel=WITHIN)


def test_scales_add_up_to_the_picture() -> None:
    d16 = PRESETS["d16"]
    costs = scale_costs(d16.transformer, OFFICIAL, d16.schedule, guided=False)
    assert sum(cost.flops for cost in costs) == next_scale_cost(d16.transformer, OFFICIAL, d16.schedule).work.total
    assert [cost.tokens for cost in costs] == [side * side for side in d16.schedule.sides]


@pytest.mark.parametrize(("name", "megabytes"), [("d16", 89), ("d20", 139), ("d24", 201), ("d30", 313), ("d36", 1486)])
def test_the_full_cache_is_the_cache_that_is_allocated(name: str, megabytes: int) -> None:
    preset = PRESETS[name]
    costs = scale_costs(preset.transformer, OFFICIAL, preset.schedule, element_bytes=2)
    assert costs[-1].cache_bytes / 1e6 == pytest.approx(megabytes, rel=WITHIN)
    config = tiny_config()
    cache = Transformer(config.transformer, config.tokenizer, config.schedule).new_cache(2)
    assert scale_costs(config.transformer, config.tokenizer, config.schedule)[-1].cache_bytes == cache.num_bytes


def test_a_decode_and_an_encode_cost_what_was_counted_elsewhere() -> None:
    assert giga(decoder_flops(OFFICIAL, 16)) == pytest.approx(394, rel=WITHIN)
    assert giga(encoder_flops(OFFICIAL, 16)) == pytest.approx(215, rel=WITHIN)


def counted(config: ModelConfig, tokenizer: TokenizerConfig) -> tuple[int, int]:
    """FLOPs that torch counts in one decode and one encode, on tensors without data."""
    with torch.device("meta"):
        network = Tokenizer(tokenizer, config.schedule)
        side = config.schedule.last_side
        with FlopCounterMode(display=False) as decode:
            network.decode_signed(torch.zeros(1, tokenizer.code_dim, side, side))
        with FlopCounterMode(display=False) as encode:
            network.features(torch.zeros(1, 3, network.image_side, network.image_side))
    return decode.get_total_flops(), encode.get_total_flops()


@pytest.mark.parametrize("tokenizer", [OFFICIAL, tiny_config().tokenizer], ids=["official", "tiny"])
def test_every_convolution_of_the_tokenizer_is_counted(tokenizer: TokenizerConfig) -> None:
    config = tiny_config()
    side = config.schedule.last_side
    assert (decoder_flops(tokenizer, side), encoder_flops(tokenizer, side)) == counted(config, tokenizer)


def test_every_product_of_the_transformer_is_counted() -> None:
    config = tiny_config()
    width, schedule = config.transformer.embed_dim, config.schedule
    with torch.device("meta"):
        network = Transformer(config.transformer, config.tokenizer, schedule)
        condition, cache = network.condition(torch.zeros(1, dtype=torch.int64)), network.new_cache(1)
        with FlopCounterMode(display=False) as counter:
            for scale, side in enumerate(schedule.sides):
                inputs = torch.zeros(1, side * side, config.tokenizer.code_dim) if scale else None
                network.logits(network.step(inputs, scale, condition, cache), condition)
    projection = 2 * config.tokenizer.code_dim * width * (schedule.num_tokens - 1)  # left out on purpose
    work = next_scale_cost(config.transformer, config.tokenizer, schedule).work
    assert counter.get_total_flops() - projection == work.total
