"""Flags over environment over defaults; wrong settings are refused before anything is loaded."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from app.cli import main, parser
from app.settings import PREFIX, Settings
from var_core.errors import ConfigError

ROOT = Path(__file__).parent.parent


def test_defaults_serve_the_embedded_model_to_this_machine_only() -> None:
    settings = Settings.read({}, {})
    assert (settings.models[0], settings.host, settings.port, settings.share) == ("mini", "127.0.0.1", 7860, False)


def test_flags_win_over_environment_wins_over_defaults() -> None:
    environment = {"VAR_DEMO_PORT": "9000", "VAR_DEMO_LANG": "zh", "VAR_DEMO_SHARE": "yes", "VAR_DEMO_DEADLINE": "2.5"}
    settings = Settings.read({"port": 9001, "lang": None}, environment)
    assert (settings.port, settings.lang, settings.share, settings.deadline) == (9001, "zh", True, 2.5)
    models = {"VAR_DEMO_MODEL": "mini, d16", "VAR_DEMO_MEMORY": "4.5", "VAR_DEMO_MCP": "1"}
    assert Settings.read({}, models).models == ("mini", "d16")
    assert (Settings.read({}, models).memory, Settings.read({}, models).mcp) == (4.5, True)
    assert parser().parse_args(["--model", "a", "--model", "b,c"]).model == "a,b,c"
    assert Settings.read({"share": None}, {"VAR_DEMO_SHARE": "0"}).share is False


@pytest.mark.parametrize("spelling", ["precision", "dtype"])
@pytest.mark.parametrize(
    ("asked", "used"),
    [("auto", None), ("exact", "exact"), ("float32", "exact"), ("fast", "fast"), ("bfloat16", "fast")],
)
def test_precision_has_two_spellings_and_each_value_two_names(spelling: str, asked: str, used: str | None) -> None:
    flags = vars(parser().parse_args([f"--{spelling}", asked]))
    assert Settings.read(flags, {}).precision_name == used
    assert Settings.read({}, {PREFIX + spelling.upper(): asked}).precision_name == used
    assert Settings.read({"precision": asked}, {"VAR_DEMO_DTYPE": "fast"}).precision_name == used


def test_a_hosting_platform_decides_where_nobody_else_does() -> None:
    platform = {"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": "7000"}
    assert (Settings.read({}, platform).host, Settings.read({}, platform).port) == ("0.0.0.0", 7000)
    assert Settings.read({}, {**platform, "VAR_DEMO_HOST": "127.0.0.2"}).host == "127.0.0.2"
    assert Settings.read({"host": "127.0.0.3"}, platform).host == "127.0.0.3"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "web"), ("PORT", "70000"), ("PORT", "-1"), ("MAX_BATCH", "0"), ("MAX_BATCH", "17"),
        ("MAX_BATCH", "2.5"),
        ("QUEUE_SIZE", "0"), ("QUEUE_SIZE", "many"), ("SHARE", "maybe"), ("LANG", "fr"), ("DEADLINE", "nan"),
        ("DEADLINE", "0"), ("THREADS", "0"), ("PRECISION", "float64"),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"(?i){name}") as refusal:
        Settings.read({}, {PREFIX + name: text})
    assert text in str(refusal.value)


def test_every_setting_is_a_flag_and_help_names_it() -> None:
    text = parser().format_help()
    for field in fields(Settings):
        assert "--" + field.name.replace("_", "-") in text
    assert "--dtype" in text
    assert PREFIX in text


def test_help_comes_without_loading_gradio() -> None:
    code = "import sys, app.cli; app.cli.parser().format_help(); sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_wrong_start_says_why_and_returns_two(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--port", "70000"]) == 2
    assert "port must be a whole number from 0 to 65535, got 70000" in capsys.readouterr().err
    assert main(["--model", str(tmp_path / "nothing"), "--threads", "1", "--port", "0"]) == 2
    assert "There is no model" in capsys.readouterr().err
