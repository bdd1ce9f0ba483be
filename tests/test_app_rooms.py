"""Who may import whom: Gradio stays in the rooms that need it, files stay small, and only one reads the environment."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"
FILES = sorted(APP.rglob("*.py"))
WITH_GRADIO = {
    "labels.py", "page.py", "picker.py", "player.py", "serving.py", "theme.py", "views/api.py", "views/controls.py",
    "views/generate.py", "views/lab.py", "views/models.py", "views/wiring.py",
}  # fmt: skip


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(APP)))
def test_a_room_keeps_to_itself(file: Path) -> None:
    names = imported(file)
    assert ("gradio" in names) == (str(file.relative_to(APP)) in WITH_GRADIO)
    assert "os" not in names or file.name == "settings.py"
    # Lessons are sentences in two languages, as many as a view needs.
    assert file.parent.name == "lessons" or len(file.read_text(encoding="utf-8").splitlines()) <= 250


def test_no_stub_is_left_beside_the_sources() -> None:
    assert not list(APP.rglob("*.pyi"))


def test_app_py_is_a_door_and_no_room() -> None:
    assert len((APP.parent / "app.py").read_text(encoding="utf-8").splitlines()) <= 10
