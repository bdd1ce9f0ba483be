"""What the library says in English reaches readers of Chinese in Chinese, whatever a visitor can bring about."""

from __future__ import annotations

import ast
import base64
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from app_support import tiny_config
from PIL import Image

import var_core
from app.messages import explain
from app.requests import Limits
from app.text import CHINESE, ENGLISH, reason
from app.uploads import keep_mask, picture_of
from var_core import resources, transfer
from var_core.errors import DownloadError, EditingError, SamplingError
from var_core.images import read_picture
from var_core.resources import duration

LIBRARY = Path(var_core.__file__).parent
LIMITS = Limits(tiny_config(), 8)
ENGLISH_WORDS = re.compile(r"[a-z]{2,} [a-z]{2,}")


def a_file(kind: str, size: tuple[int, int] = (64, 64)) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 50).save(file, kind)
    return file.getvalue()


def needs_memory() -> None:
    resources.check_memory(10**18, torch.device("cpu"), "The model 'd36'", "Choose a smaller one.")


REFUSED: dict[str, Callable[[], object]] = {
    "nothing": lambda: picture_of(None, 64),
    "an address": lambda: picture_of("https://example.com/a.png", 64),
    "another kind": lambda: picture_of("data:text/html;base64,PGI+", 64),
    "too long": lambda: picture_of("A" * 30_000_000, 64),
    "no picture": lambda: picture_of(base64.b64encode(b"<svg/>").decode(), 64),
    "cut short": lambda: picture_of(base64.b64encode(a_file("png")[:900]).decode(), 64),
    "too large": lambda: read_picture(a_file("bmp", (20000, 801)), 64),
    "no box": lambda: keep_mask("all", False, 64),
    "an empty box": lambda: keep_mask([0, 0, 0, 1], False, 64),
    "a box that leaves": lambda: keep_mask([0, 0, 1, 2], False, 64),
    "no switch": lambda: keep_mask([0, 0, 1, 1], 1, 64),
    "no memory": needs_memory,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_visitor_can_bring_about_is_said_in_both_languages(name: str) -> None:
    with pytest.raises(var_core.errors.VarError) as refusal:
        REFUSED[name]()
    english, chinese = (explain(refusal.value, text, LIMITS) for text in (ENGLISH, CHINESE))
    assert str(refusal.value) in english
    assert not ENGLISH_WORDS.search(chinese), chinese
    assert "{" not in chinese
    for number in re.findall(r"\d+", english):
        assert number in chinese, (number, chinese)


def texts_of(node: ast.expr, names: dict[str, ast.expr]) -> Iterator[str]:
    """A literal of the sources as it reads when it is filled in; both ways of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "7" for part in node.values]
        yield "".join(map(str, parts))
    elif isinstance(node, ast.IfExp):
        yield from texts_of(node.body, names)
        yield from texts_of(node.orelse, names)
    elif isinstance(node, ast.Name) and node.id in names:
        yield from texts_of(names[node.id], names)


def causes_and_remedies() -> set[str]:
    """Every text that the library passes to ``failure`` and ``Interrupted``."""
    found = {text for pair in transfer.REFUSALS.values() for text in pair}
    for file in LIBRARY.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = {
            target.id: node.value
            for node in ast.walk(tree) if isinstance(node, ast.Assign)
            for target in node.targets if isinstance(target, ast.Name)
        }  # fmt: skip
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                arguments = {"failure": node.args[1:3], "Interrupted": node.args[:2]}.get(node.func.id, [])
                found |= {text for argument in arguments for text in texts_of(argument, names)}
    return found


def test_every_cause_and_remedy_of_a_download_has_its_chinese() -> None:
    known = causes_and_remedies()
    assert len(known) > 20
    assert "the disk is full" in known
    untold = {text for text in known if ENGLISH_WORDS.search(reason(SamplingError(text), CHINESE))}
    assert untold == set()


@pytest.mark.parametrize(
    ("seconds", "chinese"), [(0.5, "0.5 秒"), (1, "1 秒"), (90, "90 秒"), (5400, "90 分钟"), (3600, "1 小时")]
)
def test_a_deadline_is_told_in_chinese_too(seconds: float, chinese: str) -> None:
    assert reason(SamplingError(f"it was not done in {duration(seconds)}"), CHINESE) == f"未能在 {chinese}内完成"


def test_a_download_that_fails_is_told_whole() -> None:
    error = transfer.failure(
        "model d16", "the hub has had too many requests (429)", "wait some minutes; a log-in raises the limit"
    )
    assert isinstance(error, DownloadError)
    assert reason(error, CHINESE) == "模型 d16 无法下载：对 Hub 的请求过多（429）。建议：请等几分钟；登录可提高上限。"
    assert reason(error, ENGLISH) == str(error)


def test_what_nobody_foresaw_is_shown_as_it_is_and_braces_stay_text() -> None:
    assert reason(SamplingError("prefix {too} long"), CHINESE) == "prefix {too} long"
    with pytest.raises(EditingError) as refusal:
        keep_mask("{got}", False, 64)
    assert "'{got}'" in reason(refusal.value, CHINESE)
