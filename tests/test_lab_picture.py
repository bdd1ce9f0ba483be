"""Your picture: the numbers beside a rebuilt picture, what an edit keeps, how far it reaches, and what is refused."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from app_support import awaited, save_tiny_model, tiny_config
from PIL import Image

from app.engine import Engine
from app.lab.laboratory import Laboratory
from app.lab.past import options_of
from app.lab.picture import EXAMPLES, mask_of
from app.lab.reach import reach_of, spread_of
from app.lab.registry import ask_of, show_of
from app.lab.seen import seen_by
from app.lab.tasks import LabError
from app.lessons.picture import WORDS
from app.models import Models
from app.pictures import png_uri
from app.presets import OPENING, within
from app.studio import Studio
from app.uploads import picture_of
from var_core.editing import keep_cells, keep_masked
from var_core.errors import EditingError
from var_core.evaluation.fidelity import psnr
from var_core.models import embedded_folder
from var_core.pipeline import VARPipeline
from var_core.registry import OFFICIAL_MODELS
from var_core.resources import gigabytes
from var_core.training.pictures import draw

STATIC = Path(__file__).parent.parent / "app" / "static" / "lab"
SIDE = tiny_config().image_side
PICTURE = png_uri(draw(437, 3, split="heldout", side=SIDE))


def bits(drawn: np.ndarray) -> str:
    return base64.b64encode(np.packbits(drawn).tobytes()).decode()


def cells(rows: slice, columns: slice) -> str:
    drawn = np.zeros((16, 16), bool)
    drawn[rows, columns] = True
    return bits(drawn)


HOLE, CORNER = cells(slice(5, 11), slice(5, 11)), cells(slice(15, 16), slice(15, 16))


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> VARPipeline:
    folder = save_tiny_model(tmp_path_factory.mktemp("model"))
    return VARPipeline.from_pretrained(folder, device="cpu", precision="exact")


@pytest.fixture(scope="module")
def lab(pipe: VARPipeline) -> Iterator[Laboratory]:
    engine = Engine(pipe)
    yield Laboratory(Studio(engine, Models(["tiny"], lambda name: pipe, first=pipe), 4))
    engine.close()


def shown(lab: Laboratory, kind: str, values: dict[str, Any]) -> dict[str, Any]:
    async def last() -> Any:
        *_, value = [value async for value in lab.show(kind, "", values, None)]
        return value

    return awaited(last())


def edited(lab: Laboratory, mask: str, **values: Any) -> dict[str, Any]:
    wish = {"picture": PICTURE, "mask": mask, "class_id": 980, "guidance": 3.0, "seed": 7, **values}
    return shown(lab, "edit", wish)


def pixels(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))


def ids_of(record: Any) -> list[torch.Tensor]:
    maps = [np.frombuffer(base64.b64decode(text), "<u2").astype("int64") for text in record["pictures"][0]["ids"]]
    return [torch.from_numpy(ids).view(1, side, side) for ids, side in zip(maps, record["sides"], strict=True)]


def kept_of(record: Any) -> list[torch.Tensor]:
    maps = [np.frombuffer(base64.b64decode(text), "u1").astype(bool) for text in record["pictures"][0]["kept"]]
    return [torch.from_numpy(kept).view(side, side) for kept, side in zip(maps, record["sides"], strict=True)]


def test_a_rebuilt_picture_has_the_librarys_numbers(lab: Laboratory, pipe: VARPipeline) -> None:
    value, picture = shown(lab, "reconstruct", {"picture": PICTURE}), picture_of(PICTURE, SIDE)
    rebuilt = pipe.reconstruct(pipe.encode(picture[None]))
    levels = [image[0].mul(255).round() for image in rebuilt]
    assert value["facts"]["psnr"] == pytest.approx([psnr(each / 255, picture) for each in levels], abs=1e-3)
    assert len(value["frames"]) == len(value["facts"]["left"]) == 10
    for text, mean, each in zip(value["facts"]["left"], value["facts"]["mean"], levels, strict=True):
        off = (each - picture.mul(255).round()).abs().mean(0)
        assert np.abs(pixels(text) - off.numpy()).max() <= 0.501  # rounded to a level
        assert mean == pytest.approx(off.mean().item(), abs=1e-3)
    ids = [each.flatten().tolist() for each in pipe.encode(picture[None])]
    assert [each.flatten().tolist() for each in ids_of(value["record"])] == ids
    assert "picture" not in value["asked"]


def test_an_edit_is_the_librarys_and_keeps_the_sources_tokens(lab: Laboratory, pipe: VARPipeline) -> None:
    value, picture = edited(lab, HOLE), picture_of(PICTURE, SIDE)
    record, own = value["record"], pipe.encode(picture[None])
    keep = mask_of(HOLE, pipe.config)
    options = replace(within(OPENING, 64), guidance=3.0)
    steps = list(pipe.edit(picture, keep, [980], seeds=[7], options=options))
    for ids, kept, step, source in zip(ids_of(record), kept_of(record), steps, own, strict=True):
        assert torch.equal(ids, step.token_ids)
        assert torch.equal(kept, step.kept)
        assert torch.equal(ids[0][kept], source[0][kept])
    assert value["facts"]["redrawn"] == [int((~step.kept).sum()) for step in steps]
    assert kept_of(record)[0].all()  # the 1×1 map is always the source's
    finished = pipe.decode(steps[-1].latent)[0].mul(255).round().byte().permute(1, 2, 0).numpy()
    assert np.array_equal(pixels(value["facts"]["picture"]), finished)
    assert record["pictures"][0]["probability"] is not None  # so that the other views can inspect it
    assert options_of(record["options"], pipe.config) == options


def test_the_latent_beyond_reach_is_the_sources(lab: Laboratory, pipe: VARPipeline) -> None:
    """Reach follows from the equations: bicubic shares of every redrawn token, and one cell more for φ.

    Beyond it the same numbers are added in the same order; 1e-5 allows for a convolution that sums otherwise.
    """
    picture = picture_of(PICTURE, SIDE)
    record = edited(lab, CORNER)["record"]
    ids, masks = ids_of(record), kept_of(record)
    found = spread_of(pipe, picture, masks, ids)
    assert 0 < int((~found.reach).sum()) < 256
    assert found.beyond <= 1e-5
    assert found.equal_tokens == found.kept_tokens
    assert (found.kept_tokens, found.total_tokens) == (sum(int(kept.sum()) for kept in masks), 680)
    # A hole in the middle is redrawn on coarse grids, too; from there bicubic upsampling reaches all of the picture.
    hole = edited(lab, HOLE)["record"]
    wide = spread_of(pipe, picture, kept_of(hole), ids_of(hole))
    assert bool(wide.reach.all())
    assert wide.beyond == 0
    drawn = ~mask_of(HOLE, pipe.config)
    assert wide.change[drawn].mean() > wide.change[~drawn].mean()


@pytest.mark.parametrize("side", [2, 3, 5, 8, 13, 16])
def test_reach_is_where_a_changed_token_is_seen(pipe: VARPipeline, side: int) -> None:
    scale = pipe.config.schedule.sides.index(side)
    kept = torch.ones(side, side, dtype=torch.bool)
    kept[0, side - 1] = False
    quantizer = pipe.tokenizer.quantizer
    code_map = torch.randn(1, quantizer.codebook.shape[1], side, side, generator=torch.Generator().manual_seed(side))
    changed = code_map + F.pad(torch.ones(1, 1, 1, 1), (side - 1, 0, 0, side - 1))
    with torch.no_grad():
        change = (quantizer.contribution(changed, scale) - quantizer.contribution(code_map, scale))[0].norm(dim=0)
    reach = reach_of([kept], 16)
    assert float(change[~reach].max() if (~reach).any() else 0) == 0
    assert bool((change[reach] > 0).all())


def test_what_is_asked_after_an_edit_says_the_same(lab: Laboratory, pipe: VARPipeline) -> None:
    record = edited(lab, CORNER)["record"]
    past = {
        "class_id": record["class_id"], "seed": record["pictures"][0]["seed"], "options": record["options"],
        "switch": None, "ids": record["pictures"][0]["ids"],
    }  # fmt: skip
    answer = awaited(lab.ask("picture_spread", "", {"picture": PICTURE, "mask": CORNER, "past": past}))
    found = spread_of(pipe, picture_of(PICTURE, SIDE), kept_of(record), ids_of(record))
    assert np.array_equal(np.frombuffer(base64.b64decode(answer["change"]), "<f4"), found.change.flatten().numpy())
    assert np.array_equal(np.frombuffer(base64.b64decode(answer["reach"]), "u1"), found.reach.flatten().numpy())
    assert (answer["kept"], answer["equal"]) == (found.kept_tokens, found.equal_tokens)


def test_masks_of_pixels_and_of_cells_mean_the_same() -> None:
    config, generator = tiny_config(), np.random.default_rng(0)
    drawn = generator.random((16, 16)) > 0.7
    fine = np.zeros((SIDE, SIDE), bool)
    for row, column in np.argwhere(drawn):
        fine[row * 8 + generator.integers(8), column * 8 + generator.integers(8)] = True  # one pixel is enough
    by_cells, by_pixels = mask_of(bits(drawn), config), mask_of(bits(fine), config)
    assert torch.equal(by_cells, torch.from_numpy(~drawn))
    assert torch.equal(keep_cells(by_pixels, config.schedule, SIDE), by_cells)
    maps = [torch.zeros(1, side, side, dtype=torch.int64) for side in config.schedule.sides]
    assert keep_masked(maps, by_cells, config.schedule, 1).masks[0].all()


def test_built_in_pictures_are_held_out_and_files_are_cut_to_size(lab: Laboratory) -> None:
    for index, (class_id, number) in enumerate(EXAMPLES):
        answer = awaited(lab.ask("picture_example", "", {"index": index}))
        assert answer["class_id"] == class_id
        if class_id is not None:
            assert np.array_equal(pixels(answer["picture"]), draw(class_id, number, split="heldout", side=SIDE))
    assert any(class_id is None for class_id, _ in EXAMPLES)
    file = io.BytesIO()
    Image.effect_noise((300, 200), 60).save(file, "tiff")
    answer = awaited(lab.ask("picture_prepare", "", {"picture": base64.b64encode(file.getvalue()).decode()}))
    assert pixels(answer["picture"]).shape == (SIDE, SIDE, 3)


def test_the_view_is_told_the_models_sizes(lab: Laboratory) -> None:
    answer = awaited(lab.ask("picture_setup", "", {}))
    assert (answer["side"], answer["sides"][-1]) == (SIDE, 16)
    assert [entry[0] for entry in answer["classes"]] == [label.class_id for label in tiny_config().classes]
    assert answer["seen"] == "unknown"
    for told in answer["large"]:
        model = OFFICIAL_MODELS[told["name"]]
        assert (told["side"], told["download"]) == (model.image_side, gigabytes(model.download_bytes))


def test_only_the_embedded_model_is_said_to_have_seen_nothing_but_drawings(lab: Laboratory, tmp_path: Path) -> None:
    def seen(name: str, source: str, *, published: bool = False) -> str:
        return seen_by(replace(lab.studio.models.first, name=name, source=source, published=published))

    assert seen("mini", "mini") == seen("mini (assets/mini)", str(embedded_folder("mini"))) == "drawings"
    assert seen("mini", str(tmp_path)) == "unknown"  # one trained here, which took the name over
    assert {seen(name, name, published=True) for name in OFFICIAL_MODELS} == {"photographs"}
    assert seen("my-model", str(tmp_path)) == "unknown"
    assert awaited(lab.ask("seen", "", {})) == {"seen": "unknown"}
    for words, example in ((WORDS["en"], "for example: {large}"), (WORDS["zh"], "例如：{large}")):
        assert "mini" in words.honest_drawings
        for sentence in (words.honest_photographs, words.honest_unknown):
            assert "{name}" in sentence
            assert "mini" not in sentence
        assert example in words.honest_drawings
        assert example in words.honest_unknown


BOMB = base64.b64encode(b"BM" + (58).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
                        + (40).to_bytes(4, "little") + (30000).to_bytes(4, "little") * 2
                        + (1).to_bytes(2, "little") + (24).to_bytes(2, "little") + bytes(28)).decode()  # fmt: skip
GOOD = {"picture": PICTURE, "mask": HOLE, "class_id": 980, "guidance": 3.0, "seed": 7}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no mask": ({"mask": None}, "mask must be base64 text, got None"),
    "a damaged mask": ({"mask": "***"}, "damaged"),
    "a short mask": ({"mask": "AAAA"}, r"32 bytes \(16×16 bits\) or 2048 bytes \(128×128 bits\), got 3 bytes"),
    "an endless mask": ({"mask": "A" * 500_000}, "base64 text"),
    "an empty mask": ({"mask": bits(np.zeros((16, 16), bool))}, "set at least one bit"),
    "another class": ({"class_id": 5}, "one of the model's 4 classes, got 5"),
    "a true class": ({"class_id": True}, "classes, got True"),
    "wild guidance": ({"guidance": 11}, "guidance must be a number from 0 to 10, got 11"),
    "no number": ({"guidance": float("nan")}, "got nan"),
    "a huge seed": ({"seed": 2**40}, "seed must be a whole number"),
    "no picture": ({"picture": None}, "picture must be a data URI"),
    "an address": ({"picture": "https://example.com/a.png"}, "picture must be"),
    "another file": ({"picture": base64.b64encode(b"<svg/>").decode()}, "no picture of a known kind"),
    "a bomb": ({"picture": BOMB}, "claims far more than 16 million pixels"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_before_anything_waits(name: str) -> None:
    patch, said = REFUSED[name]
    with pytest.raises((LabError, EditingError), match=said):
        show_of("edit", "", {**GOOD, **patch}, tiny_config())


@pytest.mark.parametrize("index", [-1, 3, 1.5, None, True])
def test_other_built_in_pictures_are_refused(index: object) -> None:
    with pytest.raises(LabError, match="index must be a whole number from 0 to 2"):
        ask_of("picture_example", "", {"index": index}, tiny_config())


def test_every_word_of_the_view_exists_and_is_used_in_both_languages() -> None:
    markup = (STATIC / "picture.html").read_text("utf-8")
    script = "".join(path.read_text("utf-8") for path in STATIC.glob("picture*.js"))
    used = set(re.findall(r'data-(?:text|label)="(\w+)"', markup)) | set(re.findall(r"words\(\)\.(\w+)", script))
    used -= {"language"}
    english, chinese = (asdict(WORDS[language]) for language in ("en", "zh"))
    assert used <= english.keys()
    states = ("working", "waiting", "finished", "stopped", "failed")
    assert english.keys() - used == {f"state_{name}" for name in states}

    def blanks(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", text))

    for name, sentence in english.items():
        assert blanks(sentence) == blanks(chinese[name]), name
        assert chinese[name] != sentence
