"""The words of the lab's views: complete in both languages, all used, and the same blanks in both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from app.lab.registry import VIEWS
from app.lessons import LESSONS
from app.page import LAB_ROOMS
from app.player import STATIC


def sentences(words: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in nested dataclasses, tuples and dictionaries, by its place; what may be left out and is, is not."""
    if isinstance(words, str):
        yield path, words
    elif is_dataclass(words):
        for field in fields(words):
            if field.default == "" == getattr(words, field.name):
                continue
            yield from sentences(getattr(words, field.name), f"{path}.{field.name}")
    elif isinstance(words, dict):
        for key, value in words.items():
            yield from sentences(value, f"{path}.{key}")
    elif isinstance(words, list | tuple):
        for index, value in enumerate(words):
            yield from sentences(value, f"{path}.{index}")


@pytest.mark.parametrize("view", LESSONS)
def test_both_languages_say_everything_with_the_same_blanks(view: str) -> None:
    english, chinese = (dict(sentences(LESSONS[view][language])) for language in ("en", "zh"))
    assert english.keys() == chinese.keys()
    for name, sentence in english.items():
        assert sentence.strip(), name
        assert chinese[name].strip(), name
        assert set(re.findall(r"{(\w+)}", sentence)) == set(re.findall(r"{(\w+)}", chinese[name])), name
        if len(re.findall(r"[A-Za-z]{3,}", re.sub(r"{\w+}", "", sentence))) > 4:  # a sentence, not a symbol
            assert re.search(r"[\u4e00-\u9fff]", chinese[name]), f"{name} is not in Chinese"


@pytest.mark.parametrize("view", LAB_ROOMS)
def test_a_view_finds_the_words_it_asks_for(view: str) -> None:
    known = {field.name for field in fields(LESSONS[view]["en"])} | {"language"}
    files = [STATIC / "lab" / f"{view}.html", *(STATIC / "lab").glob(f"{view}*.js")]
    text = "".join(file.read_text() for file in files)
    asked = set(re.findall(r"words\(\)\.(\w+)", text)) | set(re.findall(r'data-(?:text|label)="(\w+)"', text))
    assert asked <= known


def test_every_room_has_its_files_words_and_kinds() -> None:
    assert set(LAB_ROOMS) == {module.__name__.rsplit(".", 1)[1] for module in VIEWS}
    assert set(LESSONS) == {*LAB_ROOMS, "film"}  # the small player is no room, but part of several
    for view in LAB_ROOMS:
        for ending in ("html", "css", "js"):
            assert (STATIC / "lab" / f"{view}.{ending}").is_file()


def test_nothing_in_the_labs_markup_would_be_filled_by_gradios_templates() -> None:
    for file in [*Path(STATIC / "lab").glob("*.html"), *Path(STATIC / "lab").glob("*.css")]:
        assert not re.search(r"\$\{|\{\{|`|\\", file.read_text()), file.name
