"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import COMMANDS
from app.cli import parser as demo_parser
from app.presets import OPENING
from app.requests import MAX_GUIDANCE, TEMPERATURES
from app.settings import Settings
from var_core.cli.main import build_parser
from var_core.options import MAX_SEED

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CARD = (ROOT / "assets" / "mini" / "README.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_library_example_draws_ten_scales(capsys: pytest.CaptureFixture[str]) -> None:
    _, example = blocks("python")
    assert len([line for line in example.splitlines() if line.strip()]) <= 9
    scope: dict[str, object] = {}
    exec(example, scope)
    assert scope["picture"].shape == (1, 3, 256, 256)  # type: ignore[attr-defined]
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 10
    assert printed[0] == "scale 1: 1×1 tokens, guidance 0.0"
    assert printed[-1] == "scale 10: 16×16 tokens, guidance 4.0"


def test_the_question_example_prints_the_likeliest_codes_of_one_position(capsys: pytest.CaptureFixture[str]) -> None:
    question, _ = blocks("python")
    scope: dict[str, Any] = {}
    exec(question, scope)
    ids, shares, rest = re.fullmatch(r"(\[.*\]) (\[.*\]) all others ([\d.]+) %\n", capsys.readouterr().out).groups()  # type: ignore[union-attr]
    assert ids == str(scope["likeliest"].tolist())
    assert len(scope["likeliest"]) == 5
    listed = [float(share) for share in re.findall(r"([\d.]+) %", shares)]
    assert sum(listed) + float(rest) == pytest.approx(100, abs=0.4)
    assert listed == sorted(listed, reverse=True)


@pytest.mark.parametrize(
    "line", [line for text in (README, CARD) for block in blocks("sh", text) for line in block.splitlines()]
)
def test_every_command_of_the_library_parses(line: str) -> None:
    words = shlex.split(line, comments=True)
    if words[:3] == ["python", "-m", "var_core"]:
        build_parser().parse_args(words[3:])


def test_every_flag_and_command_of_the_demo_is_one() -> None:
    section = README.partition("## Run the demo")[2].partition("\n## ")[0]
    flags = set(re.findall(r"--[a-z][a-z-]+", section)) - {"--help"}
    assert {"--model", "--memory", "--mcp", "--precision", "--dtype", "--max-batch"} <= flags
    help_text = demo_parser().format_help()
    assert {flag for flag in flags if flag not in help_text} == set()
    said = re.findall(r"python -m app (\w+)", section)
    assert {"deploy", "screenshots", "bench"} <= set(said) <= set(COMMANDS)
    assert f"{Settings().max_batch} pictures at once" in section
    assert max(README.count(f"python -m app {command}") for command in said) == 1


def test_both_commands_of_a_fresh_machine_are_there() -> None:
    shown = "".join(blocks("sh"))
    assert "pip install -r requirements.txt && python app.py" in shown
    assert "pip install -r tests/requirements.txt && python -m pytest" in shown
    assert "pip install -q -r tests/requirements.txt && python -m pytest" in (ROOT / ".ci" / "run").read_text()


def test_every_file_that_the_readme_links_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README) + re.findall(r'src(?:set)?="([^"]+)"', README)
    assert len([link for link in links if link.endswith(".webp")]) >= 3
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_api_page_says_the_ranges_and_what_a_left_out_value_is() -> None:
    table = dict(re.findall(r"\| `(\w+)` \| (.*? \| .*?) \|\n", (ROOT / "app" / "API.md").read_text(encoding="utf-8")))
    assert table == {
        "class_id": "one of `/classes`, or null: no class | null",
        "guidance": f"0 to {MAX_GUIDANCE:g}; 0 is off | {OPENING.guidance:g}",
        "top_k": f"0 to the model's number of codes; 0 is off | {OPENING.top_k}, or all codes where there are fewer",
        "top_p": f"0 to 1; 0 is off | {OPENING.top_p:g}",
        "temperature": f"{TEMPERATURES[0]:g} to {TEMPERATURES[1]:g} | {OPENING.temperature:g}",
        "smooth": f"true or false | {str(OPENING.smooth).lower()}",
        "seed": f"0 to {MAX_SEED}; picture i has `seed` + i | 0",
        "count": f"1 to {Settings().max_batch}, or to `--max-batch` | 1",
        "model": "one of `/models` that is here | the server's first",
    }
