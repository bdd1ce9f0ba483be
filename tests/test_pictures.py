"""The drawn pictures: repeatable, apart between splits, varied, and strict about what is asked."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from var_core.errors import ConfigError
from var_core.training.pictures import PICTURE_CLASSES, Split, draw, draw_texture
from var_core.training.pictures.canvas import Canvas
from var_core.training.pictures.noise import fractal, shifted

CLASS_IDS = [kind.class_id for kind in PICTURE_CLASSES]


def coarse(picture: np.ndarray, side: int = 8) -> np.ndarray:
    """(side, side, 3): the picture's layout of colours, which is all that its first scales can tell."""
    block = picture.shape[0] // side
    means: np.ndarray = picture.reshape(side, block, side, block, 3).mean(axis=(1, 3))
    return means


def test_sixteen_classes_are_named_and_in_the_order_of_their_ids() -> None:
    assert len(CLASS_IDS) == len({kind.name for kind in PICTURE_CLASSES}) == 16
    assert all(a < b for a, b in pairwise(CLASS_IDS))
    assert all(0 <= kind.class_id < 1000 and kind.name for kind in PICTURE_CLASSES)


@pytest.mark.parametrize("side", [16, 64, 256])
@pytest.mark.parametrize("class_id", CLASS_IDS)
def test_every_class_draws_bytes_of_the_asked_side_with_contrast_in_each_channel(class_id: int, side: int) -> None:
    picture = draw(class_id, 0, side=side)
    assert picture.shape == (side, side, 3)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    assert (picture.reshape(-1, 3).std(axis=0) > 8).all()
    # Nothing is left as bare, black canvas.
    assert picture.reshape(-1, 3).any(axis=1).mean() > 0.99


@pytest.mark.parametrize("class_id", CLASS_IDS)
def test_drawing_is_a_function_of_class_split_and_index(class_id: int) -> None:
    assert np.array_equal(draw(class_id, 3, side=64), draw(class_id, 3, side=64))


@pytest.mark.parametrize("class_id", CLASS_IDS)
def test_other_pictures_drawn_between_change_nothing(class_id: int) -> None:
    first = draw(class_id, 1, side=64)
    for other in CLASS_IDS[::6]:
        draw(other, 2, side=16)
    assert np.array_equal(draw(class_id, 1, side=64), first)


@pytest.mark.parametrize("class_id", CLASS_IDS)
def test_indices_and_splits_give_different_pictures(class_id: int) -> None:
    splits: tuple[Split, ...] = ("train", "heldout")
    layouts = [coarse(draw(class_id, index, split=split, side=64)) for split in splits for index in range(2)]
    assert all(np.abs(a - b).mean() > 1 for a, b in combinations(layouts, 2))


@pytest.mark.parametrize("class_id", CLASS_IDS)
def test_a_smaller_side_keeps_the_composition(class_id: int) -> None:
    layouts = [coarse(draw(class_id, 5, side=side)) for side in (64, 128)]
    assert np.abs(layouts[0] - layouts[1]).mean() < 12


def test_classes_differ_in_their_mean_layout() -> None:
    means = [np.mean([coarse(draw(class_id, i, side=32)) for i in range(4)], axis=0) for class_id in CLASS_IDS]
    assert all(np.abs(a - b).mean() > 5 for a, b in combinations(means, 2))


@pytest.mark.parametrize("side", [16, 64, 256])
def test_textures_are_bytes_that_repeat_by_index_and_split(side: int) -> None:
    texture = draw_texture(0, side=side)
    assert texture.shape == (side, side, 3)
    assert texture.dtype == np.uint8
    assert np.array_equal(texture, draw_texture(0, side=side))
    assert not np.array_equal(texture, draw_texture(1, side=side))
    assert not np.array_equal(texture, draw_texture(0, split="heldout", side=side))


@pytest.mark.parametrize("unknown", [-1, 2, 1000])
def test_an_unknown_class_is_refused_with_the_known_ones(unknown: int) -> None:
    with pytest.raises(ConfigError) as refusal:
        draw(unknown, 0)
    assert all(str(class_id) in str(refusal.value) for class_id in (unknown, *CLASS_IDS))


@pytest.mark.parametrize(
    ("index", "side"), [(-1, 64), (1.5, 64), (True, 64), (0, 15), (0, 0), (0, -64), (0, 1025), (0, None)]
)
def test_an_index_and_a_side_out_of_range_are_refused(index: int, side: int) -> None:
    with pytest.raises(ConfigError):
        draw(CLASS_IDS[0], index, side=side)
    with pytest.raises(ConfigError):
        draw_texture(index, side=side)


def test_an_unknown_split_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"train.*heldout"):
        draw(CLASS_IDS[0], 0, split="validation")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"train.*heldout"):
        draw_texture(0, split="")  # type: ignore[arg-type]


def test_every_class_paints_the_rarer_of_its_scenes() -> None:
    for class_id in CLASS_IDS:
        assert all(draw(class_id, index, side=32).std() > 8 for index in range(10, 14))


def test_textures_mostly_have_contrast() -> None:
    assert np.mean([draw_texture(index, side=64).std() for index in range(12)]) > 15


def test_a_crop_shares_its_pixels_with_the_whole() -> None:
    canvas = Canvas.blank(32)
    canvas.around(0.5, 0.5, 0.1).blend(np.ones(3, np.float32), 1.0)
    assert canvas.pixels[16, 16].tolist() == [1, 1, 1]
    assert canvas.pixels[2, 2].tolist() == [0, 0, 0]


def test_noise_keeps_its_shape_and_range_and_a_shift_repeats_the_edge() -> None:
    field = fractal(np.random.default_rng(0), (40, 72), (3, 5), octaves=5)
    assert field.shape == (40, 72)
    assert field.dtype == np.float32
    assert abs(float(field.mean())) < 0.3
    assert 0.4 < np.abs(field).max() < 2.5
    moved = shifted(field, 3, -2)
    np.testing.assert_array_equal(moved[3:, :-2], field[:-3, 2:])
    np.testing.assert_array_equal(moved[0], moved[3])
