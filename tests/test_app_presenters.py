"""What the player is given, and that both languages say all of it."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest
from app_support import tiny_config
from PIL import Image

from app import presenters
from app.pictures import png, png_uri, preview_uri
from app.player import SCRIPTS, STATIC
from app.presenters import Story
from app.requests import PictureRequest
from app.run import ScaleDone
from app.text import CHINESE, ENGLISH, PickerWords, PlayerWords, Text, text_for
from app.text.words import RoomWords
from var_core.options import SamplingOptions

CONFIG = tiny_config()


def done(scale: int, side: int, count: int = 1) -> ScaleDone:
    dice = np.random.default_rng(scale)
    pixels = dice.integers(0, 256, (count, 16, 16, 3), np.uint8)
    return ScaleDone(SimpleNamespace(scale=scale, side=side, guidance=4 * scale / 9), pixels, 12.4)


def opened(uri: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1])))


def test_a_frame_says_what_the_step_was() -> None:
    frame = presenters.frame(done(2, 3), tokens_before=5)
    assert (frame["side"], frame["tokens"], frame["guidance"], frame["ms"]) == (3, 14, 0.89, 12)
    assert frame["src"].startswith("data:image/webp;base64,")
    assert opened(frame["src"]).size == (16, 16)


@pytest.mark.parametrize(("count", "size"), [(1, (16, 16)), (2, (32, 16)), (3, (32, 32)), (4, (32, 32))])
def test_several_pictures_share_a_frame(count: int, size: tuple[int, int]) -> None:
    assert opened(presenters.frame(done(0, 1, count))["src"]).size == size


def test_png_holds_exactly_the_pixels_and_the_preview_is_smaller() -> None:
    picture = np.add.outer(np.arange(64), np.arange(64))[..., None].repeat(3, 2).astype(np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(png(picture)))) == picture).all()
    assert (np.asarray(opened(png_uri(picture))) == picture).all()
    assert len(preview_uri(picture)) < picture.nbytes


def test_a_story_grows_and_never_changes_what_it_told() -> None:
    story = Story("run", PictureRequest(417, 5, 2, SamplingOptions()), CONFIG)
    waiting = story.value("waiting", ahead=3)
    story.add(presenters.frame(done(0, 1)))
    one = story.value("working")
    story.add(presenters.frame(done(1, 2), story.tokens))
    two = story.value("finished")
    assert [len(value["frames"]) for value in (waiting, one, two)] == [0, 1, 2]
    assert two["frames"][:1] == one["frames"]
    assert story.tokens == 5
    assert (waiting["ahead"], waiting["state"], two["state"]) == (3, "waiting", "finished")
    assert (two["run"], two["subject"], two["seeds"], two["total"]) == ("run", "balloon", [5, 6], 10)


def test_no_class_has_no_name() -> None:
    assert presenters.subject(PictureRequest(None, 0, 1, SamplingOptions()), CONFIG) == ("", "")


def texts(text: Text) -> dict[str, str]:
    groups = {"player": PlayerWords, "picker": PickerWords, "rooms": RoomWords}
    own = {field.name: getattr(text, field.name) for field in fields(Text) if field.name not in groups}
    for group, kind in groups.items():
        own |= {f"{group}.{field.name}": getattr(getattr(text, group), field.name) for field in fields(kind)}
    return own


def test_both_languages_say_everything_with_the_same_blanks() -> None:
    english, chinese = texts(ENGLISH), texts(CHINESE)
    for name, sentence in english.items():
        assert sentence.strip()
        assert chinese[name].strip()
        if not name.startswith("player."):  # whose template may do without a number that is said otherwise
            assert set(re.findall(r"{(\w+)}", sentence)) == set(re.findall(r"{(\w+)}", chinese[name])), name
    same = {name for name in english if english[name] == chinese[name]}
    assert same <= {"top_k", "top_p"}


def test_an_unknown_language_is_english() -> None:
    assert text_for("zh") is CHINESE
    assert all(text_for(value) is ENGLISH for value in ("en", "fr", None, 3, ["zh"]))


def test_the_player_finds_every_word_it_asks_for() -> None:
    known = {field.name for field in fields(PlayerWords)}
    script = "".join((STATIC / name).read_text() for name in SCRIPTS)
    markup = (STATIC / "player.html").read_text()
    asked = set(re.findall(r"words\(\)\.(\w+)", script)) | set(re.findall(r'data-(?:text|label)="(\w+)"', markup))
    states = {"example", "waiting", "working", "failed", "done_one", "done_many", "stopped", "stopped_early"}
    assert asked | states == known


def test_the_picker_finds_every_word_it_asks_for() -> None:
    asked = set(re.findall(r"words\(\)\.(\w+)", (STATIC / "picker.js").read_text()))
    assert asked == {field.name for field in fields(PickerWords)}


def test_the_players_files_hold_nothing_that_gradios_templates_would_fill() -> None:
    for name in ("player.html", "player.css", "picker.html", "picker.css"):
        assert not re.search(r"\$\{|\{\{|`|\\", (STATIC / name).read_text()), name


def test_nothing_on_the_page_is_fetched_from_elsewhere() -> None:
    for file in (file for file in STATIC.rglob("*.*") if file.suffix != ".png"):
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")  # a name, not an address
        assert not re.search(r"https?://|url\(|@import", text), file.name
