"""Who may import whom, and what the library never does."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LIBRARY = ROOT / "var_core"

# A room (a module of var_core, or a package with all that is in it) imports only rooms of the rows above its own.
LAYERS = (
    ("errors",),
    ("locking", "resources", "scales", "validation"),
    ("classes", "config", "images", "options", "precision", "registry", "transfer", "weight_files"),
    ("attention", "autoencoder", "logits", "official", "quantizer", "saving", "steps"),
    ("checkpoint", "editing", "hub", "statistics", "tokenizer", "trace", "transformer"),
    ("initialization", "networks", "official_pair", "reading", "requests"),
    ("conversion", "sampler"),
    ("model_cache",),
    ("models",),
    ("loading",),
    ("pipeline",),
    ("inspection",),
    ("training",),
    ("evaluation",),
    ("cli",),
    ("__main__",),
)
ROW_OF = {room: row for row, rooms in enumerate(LAYERS) for room in rooms}
DEMO = ("app", "gradio", "gradio_client", "tests")
OPTIONAL = ("matplotlib", "pandas", "tensorboard", "wandb")  # inside a function that says what to install, if at all
MAY_PRINT = ("cli", "__main__")

FILES = sorted(path.relative_to(LIBRARY) for path in LIBRARY.rglob("*.py"))
CODE = [path for path in FILES if path != Path("__init__.py")]


def room_of(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse((LIBRARY / path).read_text(encoding="utf-8"), str(path))


def imports_of(path: Path) -> Iterator[str]:
    """Full dotted names of everything imported anywhere in a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its layer; write it out"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def named(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=str)


@named(CODE)
def test_every_module_has_its_place_in_the_layers(path: Path) -> None:
    assert room_of(path) in ROW_OF, f"var_core/{path} is new: give it a row in LAYERS of {Path(__file__).name}"


@named(CODE)
def test_imports_point_one_way(path: Path) -> None:
    own = room_of(path)
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] == "var_core" and parts[1] != own:
            assert ROW_OF[parts[1]] < ROW_OF[own], f"var_core/{path} imports {name}, which is not above it"


@named(FILES)
def test_the_library_never_imports_the_demo(path: Path) -> None:
    for name in imports_of(path):
        assert name.split(".")[0] not in DEMO, f"var_core/{path} imports {name}"


@named([path for path in FILES if room_of(path) not in MAY_PRINT])
def test_nothing_but_the_command_line_prints(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Name):
            assert node.id != "print", f"var_core/{path}:{node.lineno} prints; use logging"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr not in ("stdout", "stderr"), f"var_core/{path}:{node.lineno} writes to sys.{node.attr}"


def test_the_layers_see_what_is_there() -> None:
    """Guards the tests above against finding nothing to look at."""
    assert {"sampler", "pipeline", "training", "cli"} <= {room_of(path) for path in FILES}
    seen = {name for path in CODE for name in imports_of(path)}
    assert "var_core.sampler.sample_scales" in seen
    assert "torch" in seen


EACH_ALONE = """
import importlib, sys
import torch
modules, foreign = sys.argv[1].split(","), sys.argv[2].split(",")
state, threads, grad = torch.get_rng_state(), torch.get_num_threads(), torch.is_grad_enabled()
for module in modules:
    for name in [name for name in sys.modules if name.split(".")[0] == "var_core"]:
        del sys.modules[name]
    importlib.import_module(module)
    for name in foreign:
        assert name not in sys.modules, f"{module} pulls in {name}"
assert torch.equal(torch.get_rng_state(), state), "an import draws random numbers"
assert (torch.get_num_threads(), torch.is_grad_enabled()) == (threads, grad), "an import changes torch's settings"
"""


def test_every_module_imports_alone_in_silence_and_pulls_in_no_demo() -> None:
    modules = [".".join(("var_core", *path.with_suffix("").parts)).removesuffix(".__init__") for path in FILES]
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:var_core", "-c", EACH_ALONE, ",".join(modules),
         ",".join((*DEMO[:-1], *OPTIONAL))],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_public_names_are_documented() -> None:
    missing = []
    for path in FILES:
        tree = tree_of(path)
        if not ast.get_docstring(tree):
            missing.append(str(path))
        for node in tree.body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                missing.append(f"{path}:{node.lineno} {node.name}")
    assert not missing, f"without a docstring: {', '.join(missing)}"
