"""What pip installs is what the checkout holds."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_package_of_the_library_is_installed() -> None:
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "var_core").rglob("__init__.py")
    }  # fmt: skip
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found | {"var_core.assets"}


def test_requirements_of_demo_and_library_agree() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    demo = {line for line in lines if line and not line.startswith("#")}
    assert set(PROJECT["project"]["dependencies"]) <= demo
