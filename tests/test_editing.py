"""Zero-shot editing: kept cells stay the picture's, the rest is drawn."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from tiny_models import OPTIONS, tokens_of
from torch import Tensor

from var_core.editing import keep_cells, keep_masked
from var_core.errors import EditingError
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.scales import ScaleSchedule

LEFT = torch.tensor([True, True, False, False]).expand(4, 4)


def test_kept_cells_hold_the_pictures_tokens_at_every_scale(
    pipe: VARPipeline, picture: Tensor, options: SamplingOptions
) -> None:
    own = pipe.encode(picture)
    steps = list(pipe.edit(picture, LEFT, [1, None], seeds=[0, 1], options=options))
    assert len(steps) == 3
    for scale, step in enumerate(steps):
        assert torch.equal(step.token_ids[:, step.kept], own[scale].expand(2, -1, -1)[:, step.kept])
        assert torch.equal(step.token_ids[:, ~step.kept], step.drawn_ids[:, ~step.kept])
    assert [step.kept.tolist() for step in steps] == [[[True]], [[True, False]] * 2, LEFT.tolist()]
    assert any(not torch.equal(step.drawn_ids, step.token_ids) for step in steps)
    assert not torch.equal(tokens_of(steps), torch.cat([ids.flatten(1) for ids in own], 1).expand(2, -1))


def test_kept_cells_feed_the_pictures_code_vectors_even_under_smooth(pipe: VARPipeline, picture: Tensor) -> None:
    keep, quantizer = torch.ones(4, 4, dtype=torch.bool), pipe.tokenizer.quantizer
    keep[3, 3] = False
    steps = list(pipe.edit(picture, keep, [1], seeds=[0], options=OPTIONS["smooth"]))
    own = list(quantizer.accumulate(pipe.encode(picture)))
    # Until the last scale everything is kept (a corner cell weighs at most ¼ in a coarser one) …
    assert [bool(step.kept.all()) for step in steps] == [True, True, False]
    assert torch.equal(steps[1].latent, own[1])
    # … and at the last one cell is a blend, whose 3×3 neighbourhood alone may differ.
    assert torch.allclose(steps[2].latent[..., :2, :2], own[2][..., :2, :2], atol=1e-6)
    assert not torch.allclose(steps[2].latent[..., 3, 3], own[2][..., 3, 3], atol=1e-3)


@pytest.mark.parametrize("name", ["guided", "smooth"])
def test_keeping_everything_gives_the_tokenised_picture(pipe: VARPipeline, picture: Tensor, name: str) -> None:
    own = pipe.encode(picture)
    steps = list(pipe.edit(picture, torch.ones(4, 4, dtype=torch.bool), [985], seeds=[9], options=OPTIONS[name]))
    assert torch.equal(tokens_of(steps), torch.cat([ids.flatten(1) for ids in own], 1))
    assert torch.equal(pipe.decode(steps[-1].latent), pipe.reconstruct(own)[-1])


def test_keeping_nothing_still_keeps_the_first_token_and_is_its_prefix(pipe: VARPipeline, picture: Tensor) -> None:
    options = OPTIONS["guided"]
    edited = list(pipe.edit(picture, torch.zeros(4, 4, dtype=torch.bool), [985], seeds=[9], options=options))
    assert [bool(step.kept.any()) for step in edited] == [True, False, False]
    prefix = pipe.encode(picture)[:1]
    assert torch.equal(tokens_of(edited), tokens_of(pipe.stream([985], seeds=[9], options=options, prefix=prefix)))


def test_several_versions_of_an_edit_are_each_the_version_alone(pipe: VARPipeline, picture: Tensor) -> None:
    options = OPTIONS["guided"]
    together = tokens_of(pipe.edit(picture, LEFT, [1, 980], seeds=[0, 1], options=options))
    for row, (class_id, seed) in enumerate(((1, 0), (980, 1))):
        alone = tokens_of(pipe.edit(picture[0], LEFT, [class_id], seeds=[seed], options=options))
        assert torch.equal(together[row : row + 1], alone)
    assert not torch.equal(together[0], together[1])


def test_a_cell_is_kept_only_if_all_its_pixels_are() -> None:
    schedule, keep = ScaleSchedule((1, 2, 4)), torch.ones(8, 8, dtype=torch.bool)
    assert keep_cells(keep, schedule, 8).all()
    keep[3, 5] = False
    expected = torch.ones(4, 4, dtype=torch.bool)
    expected[1, 2] = False
    assert torch.equal(keep_cells(keep, schedule, 8), expected)
    assert torch.equal(keep_cells(keep.t(), schedule, 8), expected.t())


def test_a_pixel_mask_edits_like_the_cells_it_covers(pipe: VARPipeline, picture: Tensor) -> None:
    pixels = LEFT.repeat_interleave(2, 0).repeat_interleave(2, 1)
    options = OPTIONS["guided"]
    by_pixels = tokens_of(pipe.edit(picture, pixels, [1], seeds=[0], options=options))
    assert torch.equal(by_pixels, tokens_of(pipe.edit(picture, LEFT, [1], seeds=[0], options=options)))


def test_the_mask_of_a_scale_is_the_bilinear_grid_above_one_half() -> None:
    schedule = ScaleSchedule((1, 2, 3, 5))
    cells = torch.rand(5, 5, generator=torch.Generator().manual_seed(0)) > 0.4
    maps = [torch.zeros(1, side, side, dtype=torch.int64) for side in schedule.sides]
    masks = keep_masked(maps, cells, schedule, 1).masks
    assert masks[0].tolist() == [[True]]
    for side, mask in zip(schedule.sides[1:], masks[1:], strict=True):
        grid = F.interpolate(cells[None, None].float(), (side, side), mode="bilinear", align_corners=False)[0, 0]
        assert torch.equal(mask, grid > 0.5)
    assert torch.equal(masks[-1], cells)


def test_a_cell_that_is_exactly_half_kept_is_drawn() -> None:
    stripes = torch.tensor([True, False, True, False]).expand(4, 4)
    maps = [torch.zeros(1, side, side, dtype=torch.int64) for side in (1, 2, 4)]
    assert not keep_masked(maps, stripes, ScaleSchedule((1, 2, 4)), 1).masks[1].any()


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        (torch.ones(4, 4), "Boolean"),
        (torch.ones(4, 4, dtype=torch.uint8), "Boolean"),
        ([[True]], "Boolean"),
        (None, "Boolean"),
        (torch.ones(4, 5, dtype=torch.bool), r"\(4, 5\)"),
        (torch.ones(1, 4, 4, dtype=torch.bool), r"\(1, 4, 4\)"),
        (torch.ones(16, 16, dtype=torch.bool), r"\(16, 16\)"),
    ],
)
def test_masks_of_another_kind_are_refused(pipe: VARPipeline, picture: Tensor, keep: object, said: str) -> None:
    with pytest.raises(EditingError, match=said):
        pipe.edit(picture, keep, [1], seeds=[0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (torch.zeros(3, 8, 9), r"\(3, 8, 9\)"),
        (torch.zeros(1, 8, 8), r"\(1, 8, 8\)"),
        (torch.zeros(2, 3, 8, 8), r"\(2, 3, 8, 8\)"),
        (torch.full((3, 8, 8), 1.01), "0, 1"),
        (torch.full((3, 8, 8), -0.01), "0, 1"),
        (torch.full((3, 8, 8), float("nan")), "0, 1"),
        (torch.zeros(3, 8, 8, dtype=torch.uint8), "255"),
        ("picture.png", "picture.png"),
        (None, "None"),
    ],
)
def test_pictures_of_another_kind_are_refused(pipe: VARPipeline, image: object, said: str) -> None:
    with pytest.raises(EditingError, match=said):
        pipe.edit(image, LEFT, [1], seeds=[0])  # type: ignore[arg-type]
