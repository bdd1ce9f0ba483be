"""Your own folder as training data: crops, order, cache, and what is said when something is wrong with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from training_support import SCHEDULE, TOKENIZER, NoisePictures

from var_core.errors import TrainingError
from var_core.training.crops import centre_crop, random_crop
from var_core.training.folders import FolderPictures, PictureFolder, scan
from var_core.training.order import Draws, MicroBatches, PictureBatches, micro_batch, prepared
from var_core.training.stopping import Stopped
from var_core.training.survey import BadPictures, checked_folder
from var_core.training.token_cache import encode_pictures, split_maps
from var_core.training.tokenizer_source import new_tokenizer
from var_core.training.training_data import FolderSource, TrainingData, folder_data, procedural_data


def save(path: Path, size: tuple[int, int] = (40, 30), shade: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    ramp = np.linspace(0, 155, size[0] * size[1] * 3).reshape(size[1], size[0], 3) + shade
    Image.fromarray(ramp.astype(np.uint8)).save(path)
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two classes, five pictures each, one of them deeper."""
    root = tmp_path / "photos"
    for number in range(4):
        save(root / "red_cats" / f"{number}.png", shade=10 * number)
        save(root / "dogs" / f"{number}.JPG", size=(64, 64), shade=10 * number)
    save(root / "red_cats" / "holiday" / "x.webp")
    save(root / "dogs" / "x.bmp")
    return root


def test_a_folder_is_read_by_class_and_names_travel(photos: Path) -> None:
    folder = scan(photos)
    assert [(label.class_id, label.name) for label in folder.classes] == [(0, "dogs"), (1, "red cats")]
    assert [sum(file.row == row for file in folder.files) for row in (0, 1)] == [5, 5]


def test_hidden_files_and_folders_are_no_data(photos: Path) -> None:
    save(photos / ".cache" / "a.png")
    save(photos / "dogs" / ".thumbnails" / "a.png")
    (photos / "dogs" / ".DS_Store").write_bytes(b"x")
    folder = scan(photos)
    assert len(folder.classes) == 2
    assert len(folder.files) == 10
    assert folder.others == ()


def nothing(root: Path) -> None:
    pass


def loose(root: Path) -> None:
    save(root / "a.png")


def one_class(root: Path) -> None:
    save(root / "cats" / "a.png")


def empty_class(root: Path) -> None:
    save(root / "cats" / "a.png")
    save(root / "dogs" / "a.png")
    (root / "birds").mkdir()


def only_heic(root: Path) -> None:
    save(root / "cats" / "a.png")
    (root / "dogs").mkdir()
    (root / "dogs" / "a.HEIC").write_bytes(b"x")


def split_folders(root: Path) -> None:
    for part in ("train", "val"):
        save(root / part / "cats" / "a.png")
        save(root / part / "dogs" / "a.png")


def unsorted_parts(root: Path) -> None:
    for part in ("test", "train"):
        save(root / part / "cats" / "a.png")
        save(root / part / "dogs" / "a.png")


def one_name_twice(root: Path) -> None:
    save(root / "my cat" / "a.png")
    save(root / "my_cat" / "a.png")


def link_to_nowhere(root: Path) -> None:
    one_class(root)
    save(root / "dogs" / "b.png")
    (root / "dogs" / "gone.jpg").symlink_to(root / "no such picture.jpg")


def text_as_picture(root: Path) -> None:
    one_class(root)
    save(root / "dogs" / "b.png")
    (root / "dogs" / "fake.jpg").write_text("<svg/>")


def truncated(root: Path) -> None:
    one_class(root)
    picture = save(root / "dogs" / "cut.png", size=(200, 200))
    picture.write_bytes(picture.read_bytes()[:300])


def tiny_picture(root: Path) -> None:
    one_class(root)
    save(root / "dogs" / "thin.png", size=(400, 3))


def bomb(root: Path) -> None:
    one_class(root)
    Image.new("1", (20000, 20000)).save(save(root / "dogs" / "bomb.png"))


BAD: list[tuple[Callable[[Path], None], str]] = [
    (nothing, "holds no class folders; put the pictures of each class into one of its own"),
    (loose, "holds 1 pictures but no class folders"),
    (one_class, r"holds one class \(cats\).*--allow-one-class"),
    (empty_class, "class folders without a usable picture: birds; fill or remove"),
    (only_heic, r"without a usable picture: dogs \(.heic files are no pictures here\)"),
    (split_folders, "holds train, val, which look like parts and not like classes; give --data .*train"),
    (unsorted_parts, "holds test, train, which look like parts and not like classes; give --data .*data/train "),
    (one_name_twice, "'my cat' and 'my_cat', which are both the class 'my cat'; rename one of them, or put their pict"),
    (link_to_nowhere, r"1 of 3 pictures cannot be used:\n .*gone.jpg does not exist"),
    (text_as_picture, r"1 of 3 pictures cannot be used:\n .*fake.jpg is no picture of a known kind"),
    (truncated, r"1 of 2 pictures cannot be used:\n .*cut.png is damaged"),
    (tiny_picture, r"thin.png has 400×3 pixels; for a model of 32×32 use at least 8 each way"),
    (bomb, "bomb.png claims far more than 89 million pixels"),
]


@pytest.mark.parametrize(("build", "words"), BAD, ids=[build.__name__ for build, _ in BAD])
def test_bad_data_are_refused_before_time_is_spent(build: Callable[[Path], None], words: str, tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir()
    build(root)
    with pytest.raises(TrainingError, match=f"(?s){words}"):
        data_of(root, tmp_path / "run")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="nowhere is no folder"):
        scan(tmp_path / "nowhere")


def data_of(root: Path, out: Path, bad: BadPictures = "refuse") -> TrainingData:
    return folder_data(FolderSource(root=root, bad=bad), side=32, seed=0, out=out)


def test_bad_pictures_are_named_and_left_out_if_asked(
    photos: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (photos / "dogs" / "fake.png").write_text("no picture")
    with caplog.at_level("INFO", "var_core"):
        data = data_of(photos, tmp_path / "run", "skip")
    assert "fake.png is no picture" in caplog.text
    assert len(data.pictures) + (len(data.held_out) if data.held_out else 0) == 10


def test_leaving_out_must_leave_every_class_a_picture(photos: Path, tmp_path: Path) -> None:
    (photos / "birds").mkdir()
    (photos / "birds" / "a.png").write_text("no picture")
    with pytest.raises(TrainingError, match="without a usable picture: birds"):
        data_of(photos, tmp_path / "run", "skip")


def test_pictures_are_looked_at_once_while_they_do_not_change(photos: Path, tmp_path: Path) -> None:
    folder, looked = scan(photos), []

    def check(folder: PictureFolder) -> None:
        checked_folder(
            folder, side=32, bad="refuse", cache=tmp_path / "p.json", progress=lambda done, total: looked.append(done)
        )

    check(folder)
    check(folder)
    assert len(looked) == 10
    save(photos / "dogs" / "0.JPG", size=(70, 70))
    check(scan(photos))
    assert len(looked) == 20


def test_what_is_held_back_depends_on_names_alone(photos: Path) -> None:
    for number in range(60):
        save(photos / "dogs" / f"more{number}.png", size=(8, 8))
    train, held = scan(photos).split(0.3)
    assert not set(train) & set(held)
    assert {file.row for file in train} == {0, 1}
    assert 8 < len(held) < 32
    save(photos / "dogs" / "added.png")
    later_train, later_held = scan(photos).split(0.3)
    assert set(train) <= set(later_train)
    assert set(held) <= set(later_held)


def test_the_first_pictures_held_back_are_a_mixture_of_the_classes(tmp_path: Path) -> None:
    root = tmp_path / "many"
    for row in range(12):
        for number in range(12):
            save(root / f"class {row:02d}" / f"{number}.png", size=(8, 8))
    all_held = folder_data(FolderSource(root=root, share=0.5), side=8, seed=0, out=tmp_path / "run").held_out
    assert all_held is not None
    rows = [all_held.view(index, 0)[1] for index in range(len(all_held))]
    assert len(set(rows[:12])) > 6
    few = folder_data(FolderSource(root=root, share=0.5), side=8, seed=0, out=tmp_path / "run", held_out=12)
    assert few.held_out is not None
    assert [few.held_out.view(index, 0)[1] for index in range(len(few.held_out))] == rows[:12]
    assert len(few.pictures) == 144 - len(all_held)
    other = FolderSource(root=root, validation=root)
    held = folder_data(other, side=8, seed=0, out=tmp_path / "run", held_out=12).held_out
    assert held is not None
    assert len({held.view(index, 0)[1] for index in range(len(held))}) > 6


def test_pictures_added_later_leave_the_held_out_ones_in_their_order(photos: Path) -> None:
    before = scan(photos)
    order = [file.path for file in before.mixed(before.files)]
    save(photos / "dogs" / "added.png")
    after = scan(photos)
    assert [file.path for file in after.mixed(after.files) if file.path.name != "added.png"] == order


def test_a_second_folder_validates_by_class_name(photos: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    save(other / "red_cats" / "a.png")
    data = folder_data(FolderSource(root=photos, validation=other), side=32, seed=0, out=tmp_path / "run")
    assert data.held_out is not None
    assert data.held_out.view(0, 0)[1] == 1
    assert len(data.pictures) == 10
    save(other / "wolves" / "a.png")
    with pytest.raises(TrainingError, match=r"has classes that .* lacks: wolves"):
        folder_data(FolderSource(root=photos, validation=other), side=32, seed=0, out=tmp_path / "run")


def test_crops_are_upstreams() -> None:
    columns = np.tile(np.arange(90, dtype=np.uint8)[None, :, None], (36, 1, 3))
    picture = Image.fromarray(columns)  # the shorter side is 1.125 · 32 already
    centre = centre_crop(picture, 32)
    assert centre.shape == (3, 32, 32)
    assert centre[0, 0].tolist() == list(range(29, 61))
    rng = np.random.default_rng(0)
    lefts = {int(random_crop(picture, 32, rng)[0, 0, 0]) for _ in range(400)}
    assert lefts == set(range(90 - 32 + 1))
    assert all(crop[0, 0, 0] < crop[0, 0, 1] for crop in (random_crop(picture, 32, rng) for _ in range(20)))
    mirrored = [bool(crop[0, 0, 0] > crop[0, 0, 1])
                for crop in (random_crop(picture, 32, rng, flip=True) for _ in range(40))]  # fmt: skip
    assert 5 < sum(mirrored) < 35
    assert centre_crop(Image.new("RGB", (500, 300)), 32).shape == (3, 32, 32)
    assert centre_crop(Image.new("RGB", (10, 20)), 32).shape == (3, 32, 32)


def test_a_visit_is_always_the_same_crop_and_another_visit_another(photos: Path) -> None:
    pictures = FolderPictures(scan(photos).files, side=32, seed=0)
    first, again, other = (pictures.view(6, visit)[0] for visit in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_picture_that_vanished_meanwhile_is_named(photos: Path) -> None:
    pictures = FolderPictures(scan(photos).files, side=32)
    (photos / "dogs" / "0.JPG").write_bytes(b"")
    with pytest.raises(TrainingError, match=r"0.JPG is no picture"):
        pictures.view(0, 0)
    before = pictures.fingerprint()
    (photos / "dogs" / "0.JPG").unlink()
    assert pictures.fingerprint() != before
    with pytest.raises(TrainingError, match=r"0.JPG does not exist"):
        pictures.view(0, 0)


def test_every_epoch_holds_every_picture_once_and_in_another_order() -> None:
    draws = Draws(PictureBatches(NoisePictures(7)), seed=3)
    epochs = [[draws.place(7 * epoch + position) for position in range(7)] for epoch in range(3)]
    for epoch, places in enumerate(epochs):
        assert sorted(index for index, _ in places) == list(range(7))
        assert {visit for _, visit in places} == {epoch}
    assert len({tuple(index for index, _ in places) for places in epochs}) == 3
    others = Draws(PictureBatches(NoisePictures(7)), seed=4)
    assert [others.place(draw) for draw in range(7)] != epochs[0]


def test_processes_and_rounds_share_a_step_without_gap_or_overlap() -> None:
    order = [list(MicroBatches(5, 7, batch=12, accumulate=2, process=process, processes=3)) for process in range(3)]
    assert [len(batches) for batches in order] == [4, 4, 4]
    for step in (5, 6):
        rounds = [order[process][2 * (step - 5) + turn] for turn in range(2) for process in range(3)]
        assert [draw for part in rounds for draw in part] == list(range(12 * step, 12 * step + 12))


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_do_not_depend_on_where_one_begins(workers: int) -> None:
    draws = Draws(PictureBatches(NoisePictures(5)), seed=1)
    with prepared(draws, MicroBatches(0, 6, batch=4), workers) as supply:
        everything = list(supply)
    with prepared(draws, MicroBatches(4, 6, batch=4), workers) as supply:
        later = list(supply)
    assert all(torch.equal(first[0], second[0]) for first, second in zip(everything[4:], later, strict=True))


class VanishedPicture(NoisePictures):
    """One of its pictures cannot be read any more."""

    def view(self, index: int, visit: int) -> tuple[torch.Tensor, int]:
        if index == 3:
            raise TrainingError("red_cats/3.png is no picture; remove it.")
        return super().view(index, visit)


@pytest.mark.parametrize("workers", [0, 1])
def test_an_error_of_a_worker_reaches_the_user_in_its_own_words(workers: int) -> None:
    draws = Draws(PictureBatches(VanishedPicture(6)), seed=0, shuffle=False)
    with prepared(draws, MicroBatches(0, 6, batch=2), workers) as supply:
        next(supply)
        with pytest.raises(TrainingError) as caught:
            next(supply)
    assert str(caught.value) == "red_cats/3.png is no picture; remove it."


@pytest.mark.parametrize("seconds", [0, 3600])
def test_workers_end_with_the_block_even_in_the_middle_of_a_picture(
    seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.utils.data._utils.MP_STATUS_CHECK_INTERVAL", 0.2)  # for how long the loader waits
    before = set(multiprocessing.active_children())
    draws = Draws(PictureBatches(SlowPicture(9, seconds)), seed=0, shuffle=False)
    with (
        contextlib.suppress(ZeroDivisionError),
        prepared(draws, MicroBatches(0, 9, batch=2), 2) as supply,
    ):
        next(supply)
        workers = set(multiprocessing.active_children()) - before
        assert len(workers) == 2
        raise ZeroDivisionError
    for worker in workers:
        worker.join(5)
    left = [worker for worker in workers if worker.is_alive()]
    for worker in left:  # or pytest would wait for them
        worker.kill()
    assert not left


class SlowPicture(NoisePictures):
    """All but the first two take their time, as on a disk that has gone away."""

    def __init__(self, count: int, seconds: int) -> None:
        super().__init__(count)
        self.seconds = seconds

    def view(self, index: int, visit: int) -> tuple[torch.Tensor, int]:
        if index > 1:
            time.sleep(self.seconds)
        return super().view(index, visit)


def test_a_batch_that_cannot_be_shared_is_refused() -> None:
    assert micro_batch(12, 2, 3) == 2
    with pytest.raises(TrainingError, match="must be a multiple of --accumulate × processes = 1 × 3, got 16"):
        micro_batch(16, 1, 3)


def test_tokens_are_encoded_once_and_again_only_where_something_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("var_core.training.token_cache.PART", 4)
    tokenizer, done = new_tokenizer(TOKENIZER, SCHEDULE, seed=0), []

    def encode(count: int = 6) -> torch.Tensor:
        done.clear()
        return encode_pictures(
            tokenizer, NoisePictures(count), tmp_path, views=2, batch=3, workers=0,
            progress=lambda part, total: done.append(part),
        ).token_ids  # fmt: skip

    first = encode()
    assert first.shape == (2, 6, 21)
    images = torch.stack([NoisePictures(6).view(4, view)[0] for view in range(2)]).float().div(255)
    expected = tokenizer.encode(images)
    for maps, other in zip(split_maps(first[:, 4], SCHEDULE), expected, strict=True):
        assert torch.equal(maps, other)
    assert done[-1] == 12
    assert torch.equal(encode(), first)
    assert done == []
    (part,) = tmp_path.glob("tokens-*/part-000001.pt")
    part.unlink()  # as if the process had been killed there
    assert torch.equal(encode(), first)
    assert done[-1] == 4
    encode(5)
    assert done[-1] == 10
    with torch.no_grad():
        tokenizer.quantizer.codebook.add_(1)
    encode()
    assert done[-1] == 12


def test_encoding_stops_between_parts_when_asked_and_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("var_core.training.token_cache.PART", 4)
    tokenizer = new_tokenizer(TOKENIZER, SCHEDULE, seed=0)
    done: list[int] = []

    def encode(stop_at: int) -> None:
        encode_pictures(
            tokenizer, NoisePictures(12), tmp_path, batch=3, workers=0,
            progress=lambda part, total: done.append(part), wanted=lambda: len(done) >= stop_at,
        )  # fmt: skip

    with pytest.raises(Stopped, match=r"Stopped .* 1 of 3 parts are kept in .*, and the same command goes on"):
        encode(stop_at=1)
    assert done[-1] == 4  # the part in hand was finished
    done.clear()
    encode(stop_at=99)
    assert done[-1] == 8


def test_a_part_that_another_process_wrote_elsewhere_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("var_core.training.token_cache.save_state", lambda path, state: None)
    with pytest.raises(TrainingError, match="--out must be a disk that all processes share") as caught:
        encode_pictures(new_tokenizer(TOKENIZER, SCHEDULE, seed=0), NoisePictures(3), tmp_path, workers=0)
    assert "damaged" not in str(caught.value)


def test_a_damaged_part_of_the_cache_is_named(tmp_path: Path) -> None:
    tokenizer = new_tokenizer(TOKENIZER, SCHEDULE, seed=0)
    encode_pictures(tokenizer, NoisePictures(3), tmp_path, workers=0)
    (part,) = tmp_path.glob("tokens-*/part-000000.pt")
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(TrainingError, match=r"part-000000.pt is damaged"):
        encode_pictures(tokenizer, NoisePictures(3), tmp_path, workers=0)


def test_drawn_data_hold_every_class_and_textures_where_asked() -> None:
    data = procedural_data(side=16, count=64, held_out=8, textures=True)
    classes = len(data.classes)
    rows = [data.pictures.view(index, 0)[1] for index in range(64)]
    assert [rows.count(row) for row in range(-1, classes)] == [16] + [48 // classes] * classes
    plain = procedural_data(side=16, count=64, held_out=0)
    drawn = [data.pictures.view(index, 0)[0] for index, row in enumerate(rows) if row >= 0]
    assert all(torch.equal(picture, plain.pictures.view(index, 0)[0]) for index, picture in enumerate(drawn))
    assert [plain.pictures.view(index, 0)[1] for index in range(3)] == [0, 1, 2]
    assert plain.held_out is None
    assert data.pictures.fingerprint() != plain.pictures.fingerprint()
