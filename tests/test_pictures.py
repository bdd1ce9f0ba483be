"""The drawn pictures: repeatable, apart between splits, varied, and strict about what is asked."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from var_core.errors import ConfigError
from var_core.training.pictures import PICTURE_CLASSES, Split, draw, draw_texture

CLASS_IDS = [kind.class_id for kind in PICTURE_CLASSES]


def coarse(picture: np.ndarray, side: int = 8) -> np.ndarray:
    """(side, side, 3): the picture's layout of colours, which is all that its first scales can tell."""
    block = picture.shape[0] // side
    means: np.ndarray = picture.reshape(side, block, side, block, 3).mean(axis=(1, 3))
    return means


def test_class_ids_are_distinct_and_named() -> None:
    assert len(set(CLASS_IDS)) == len(CLASS_IDS)
    assert all(0 <= kind.class_id < 1000 and kind.name for kind in PICTURE_CLASSES)


@pytest.mark.parametrize("side", [16, 64, 256])
@pytest.mark.parametrize("class_id", CLASS_IDS)
def test_every_class_draws_bytes_of_the_asked_side_with_contrast_in_each_channel(class_id: int, side: int) -> None:
    picture = draw(class_id, 0, side=side)
    assert picture.shape == (side, side, 3)
    assert picture.dtype == np.uint8
    assert (picture.reshape(-1, 3).std(axis=0) > 8).all()


@pytest.mark.parametrize("class_id", CLASS_IDS)
def test_drawing_is_a_function_of_class_split_and_index(class_id: int) -> None:
    assert np.array_equal(draw(class_id, 3, side=64), draw(class_id, 3, side=64))


@pytest.mark.parametrize("class_id", CLASS_IDS)
def test_other_pictures_drawn_between_change_nothing(class_id: int) -> None:
    first = draw(class_id, 1, side=64)
    for other in CLASS_IDS:
        draw(other, 2, side=16)
    assert np.array_equal(draw(class_id, 1, side=64), first)


@pytest.mark.parametrize("class_id", CLASS_IDS)
def test_indices_and_splits_give_different_pictures(class_id: int) -> None:
    splits: tuple[Split, ...] = ("train", "heldout")
    layouts = [coarse(draw(class_id, index, split=split, side=64)) for split in splits for index in range(3)]
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


@pytest.mark.parametrize(("index", "side"), [(-1, 64), (0, 15), (0, 0), (0, -64)])
def test_a_negative_index_and_a_side_too_small_are_refused(index: int, side: int) -> None:
    with pytest.raises(ConfigError):
        draw(CLASS_IDS[0], index, side=side)
    with pytest.raises(ConfigError):
        draw_texture(index, side=side)


def test_an_unknown_split_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"train.*heldout"):
        draw(CLASS_IDS[0], 0, split="validation")  # type: ignore[arg-type]
