"""The small pictures of the picker: the model's own, and only where the class is surely ImageNet's."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from app_support import save_tiny_model
from PIL import Image

from app import favourites
from app.class_names import ClassIndex
from app.presets import OPENING, within
from var_core.config import ClassLabel
from var_core.images import to_pixels
from var_core.pipeline import VARPipeline


def test_the_command_writes_the_models_own_pictures(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path / "model")
    assert favourites.main(["--model", str(folder), "--out", str(tmp_path / "out")]) == 0
    pipe = VARPipeline.from_pretrained(folder, device="cpu", precision="exact")
    options = within(OPENING, pipe.config.tokenizer.codebook_size)
    for label in pipe.config.classes:
        path = tmp_path / "out" / f"{label.class_id}.webp"
        own = to_pixels(
            pipe.sample([label.class_id], seeds=[favourites.SEEDS.get(label.class_id, 0)], options=options)
        )[0]
        assert path.read_bytes() == favourites.thumbnail(own)
        assert Image.open(path).size == (96, 96)


def test_a_class_that_only_shares_its_number_with_imagenet_has_no_picture(tmp_path: Path) -> None:
    class Model:
        classes = (ClassLabel(417, "balloon"), ClassLabel(437, "my red mug"), ClassLabel(980, "volcano"))

    for class_id in (417, 437):
        (tmp_path / f"{class_id}.webp").write_bytes(favourites.thumbnail(np.zeros((8, 8, 3), np.uint8)))
    found = favourites.favourites(ClassIndex(Model()), tmp_path)  # type: ignore[arg-type]
    assert list(found) == ["417"]
    head, data = found["417"].split(",")
    assert head == "data:image/webp;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).format == "WEBP"


def test_a_model_that_is_not_there_is_refused_in_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert favourites.main(["--model", str(tmp_path / "none"), "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("error: ")
