"""The judge of samples, their nearest neighbours, and the sheets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from var_core.cli.main import main
from var_core.evaluation.classifier import Judge, small, train_judge
from var_core.evaluation.samples import nearest, sample_report
from var_core.evaluation.sheets import neighbour_sheet, poster
from var_core.options import SamplingOptions
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
    found = nearest(judge, images, wanted, per_class=48)
    assert list(found.places) == list(range(8))
    assert torch.equal(found.pictures, judge.pictures[:8])
    assert max(found.distances) < 0.2  # rounding of the matrix product
    other = nearest(judge, images[:1], [IDS[1]], per_class=48)
    assert IDS[int(judge.labels[other.places[0]])] == IDS[1]
    grey = torch.full_like(images[:1], 0.5)
    expected = 255 * (small(grey) - judge.pictures[judge.labels == 0]).square().mean((1, 2, 3)).sqrt().min()
    assert nearest(judge, grey, [IDS[0]], per_class=48).distances[0] == pytest.approx(float(expected), rel=1e-3)
    assert other.distances[0] > 1


def test_a_copy_of_a_picture_that_the_judge_never_saw_is_found_out(judge: Judge) -> None:
    data, place = ProceduralPictures(IDS, 120), 2 * 52 + 1
    copied = data[place][0][None].float().div(255)
    counts: list[tuple[int, int]] = []
    found = nearest(
        judge, copied, [IDS[1]], per_class=56, workers=0, progress=lambda done, total: counts.append((done, total))
    )
    assert found.places == (place,)
    assert found.distances[0] < 0.2
    assert (found.pictures - small(copied)).abs().max() < 1e-6
    assert counts[-1] == (112, 112)
    assert nearest(judge, copied, [IDS[1]], per_class=48).distances[0] > 1
    assert nearest(judge, copied, [IDS[1]], per_class=1).places == (1,)


def test_samples_are_counted_by_what_the_judge_says(mini: VARPipeline, judge: Judge) -> None:
    class Always(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return torch.tensor([[0.0, 1.0]]).expand(len(images), 2)

    stubborn = Judge(IDS, Always(), judge.pictures, judge.labels, 1.0)
    held_out = {301: torch.rand(2, 3, 256, 256)}
    report = sample_report(mini, stubborn, held_out, per_class=2, neighbours=40)
    assert report.accuracy_by_class == {301: 0.0, 970: 1.0}
    assert report.accuracy == 0.5
    assert (len(report.samples), len(report.distances), len(report.held_out_distances)) == (4, 4, 2)
    assert report.looked_at == 40
    assert max(report.neighbours) < 80
    assert torch.equal(report.nearest, judge.pictures[list(report.neighbours)])
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


def test_the_command_samples_as_told_and_says_among_how_many_it_looked_for_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], judge: Judge, mini: VARPipeline
) -> None:
    monkeypatch.setattr("var_core.cli.evaluate_samples.train_judge", lambda ids, **values: judge)
    monkeypatch.setattr("var_core.cli.evaluate_samples.usable_threads", lambda: 1)  # see conftest
    monkeypatch.setattr("var_core.cli.evaluate_samples.class_names", lambda: dict.fromkeys(IDS, "name"))
    monkeypatch.setattr(VARPipeline, "from_pretrained", lambda name, **values: mini)
    arguments = ["evaluate-samples", "--per-class", "1", "--held-out", "1", "--neighbours", "50"]
    told = ["--temperature", "0.5", "--top-k", "0"]
    assert main([*arguments, *told, "--json", "--out", str(tmp_path)]) == 0
    figures, options = json.loads(capsys.readouterr().out), SamplingOptions(temperature=0.5, top_k=None)
    assert figures["training_pictures_of_each_class"] == 50
    assert figures["sampling"] == options.to_dict()
    assert (tmp_path / "neighbours.png").is_file()
    drawn = np.asarray(Image.open(tmp_path / "poster.png"))
    assert np.array_equal(drawn, poster(mini, IDS, [0, 0], side=mini.config.image_side // 2, options=options))
    assert not np.array_equal(drawn, poster(mini, IDS, [0, 0], side=mini.config.image_side // 2))
    assert main(arguments) == 0
    assert "nearest of 50 training pictures of the class" in capsys.readouterr().out
    assert main([*arguments, "--neighbours", "0"]) == 2
    assert "--neighbours must be a whole number from 1" in capsys.readouterr().err
