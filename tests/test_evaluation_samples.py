"""The judge of samples, their nearest neighbours, and the sheets."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from var_core.evaluation.classifier import Judge, small, train_judge
from var_core.evaluation.samples import nearest, sample_report
from var_core.evaluation.sheets import neighbour_sheet, poster
from var_core.pipeline import VARPipeline
from var_core.training.data import ProceduralPictures

IDS = (301, 970)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return train_judge(IDS, per_class=48, held_out=16, workers=0)


@pytest.fixture(scope="module")
def mini() -> VARPipeline:
    return VARPipeline.from_pretrained("mini", device="cpu", precision="exact")


def test_the_judge_learns_classes_from_drawings_and_is_checked_on_others(judge: Judge) -> None:
    assert judge.held_out_accuracy > 0.9
    fresh = ProceduralPictures(IDS, 20, split="heldout")
    images = torch.stack([fresh[index][0] for index in range(20)]).float().div(255)
    assert judge.classes_of(images).count(301) in range(8, 13)
    assert not any(weight.requires_grad for weight in judge.network.parameters())


def test_the_nearest_picture_is_of_the_same_class_and_a_copy_is_found_out(judge: Judge) -> None:
    data = ProceduralPictures(IDS, 8)
    images = torch.stack([data[index][0] for index in range(8)]).float().div(255)
    wanted = [IDS[data[index][1]] for index in range(8)]
    places, distances = nearest(judge, images, wanted)
    assert list(places) == list(range(8))
    assert max(distances) < 0.2  # rounding of the matrix product
    other, far = nearest(judge, images[:1], [IDS[1]])
    assert IDS[int(judge.labels[other[0]])] == IDS[1]
    grey = torch.full_like(images[:1], 0.5)
    expected = 255 * (small(grey) - judge.pictures[judge.labels == 0]).square().mean((1, 2, 3)).sqrt().min()
    assert nearest(judge, grey, [IDS[0]])[1][0] == pytest.approx(float(expected), rel=1e-3)
    assert far[0] > 1


def test_samples_are_counted_by_what_the_judge_says(mini: VARPipeline, judge: Judge) -> None:
    class Always(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return torch.tensor([[0.0, 1.0]]).expand(len(images), 2)

    stubborn = Judge(IDS, Always(), judge.pictures, judge.labels, 1.0)
    held_out = {301: torch.rand(2, 3, 256, 256)}
    report = sample_report(mini, stubborn, held_out, per_class=2)
    assert report.accuracy_by_class == {301: 0.0, 970: 1.0}
    assert report.accuracy == 0.5
    assert (len(report.samples), len(report.distances), len(report.held_out_distances)) == (4, 4, 2)
    assert (report.samples[1] - mini.sample([301], seeds=[1])[0]).abs().mean() < 1e-3
    sheet = neighbour_sheet(report, stubborn, columns=2)
    assert sheet.shape == (2 * 64, 4 * 64, 3)
    training = (255 * judge.pictures[report.neighbours[0]].permute(1, 2, 0)).round().byte().numpy()
    assert np.abs(sheet[:64, 64:128].astype(int) - training).max() <= 1


def test_the_poster_has_a_row_a_class_and_a_column_a_scale(mini: VARPipeline) -> None:
    sheet = poster(mini, IDS, [0, 1], side=32)
    assert sheet.shape == (64, 320, 3)
    last = mini.sample([970], seeds=[1])
    expected = torch.nn.functional.interpolate(last, size=(32, 32), mode="area")[0].permute(1, 2, 0)
    assert np.abs(sheet[32:, 288:] / 255 - expected.numpy()).max() < 0.02
