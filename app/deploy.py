"""``python -m app deploy USER/NAME``: puts the demo on a Hugging Face Space.

Only what the demo needs at run time goes up. The Space's ``requirements.txt`` is ours with the versions pinned that
ZeroGPU documents; the front matter of ``README.md`` says the rest.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from var_core.errors import ConfigError
from var_core.resources import gigabytes
from var_core.transfer import HttpError
from var_core.validation import shown

ROOT = Path(__file__).parent.parent
TOP_FILES = ("README.md", "LICENSE", "app.py", "requirements.txt")
FOLDERS = ("app", "var_core", "assets/mini", "assets/exhibits", "assets/favourites")
KINDS = {".py", ".css", ".js", ".html", ".png", ".json", ".safetensors", ".tsv", ".md", ".webp"}
MOST_BYTES = 1_000_000_000  # a Space's repository takes this much for nothing
ZERO_TORCH = "2.11.0"
REPOSITORY = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
DEMANDED: dict[str, str | None] = {
    "sdk": "gradio",
    "app_file": "app.py",
    "python_version": None,
    "sdk_version": None,
    "license": None,
}


def main(arguments: Sequence[str]) -> int:
    """Lists, checks and uploads; returns the exit status."""
    flags = argparse.ArgumentParser(prog="python -m app deploy", description=__doc__.partition("\n")[0])
    flags.add_argument("space", help="USER/NAME")
    flags.add_argument("--dry-run", action="store_true", help="list the files and check them, upload nothing")
    flags.add_argument("--private", action="store_true", help="make the Space private, if it has to be made")
    flags.add_argument("--hardware", help="zero-a10g, cpu-basic, … (default: what the Space has)")
    options = flags.parse_args(arguments)
    try:
        files = contents(ROOT)
        sys.stdout.write(listing(files))
        check(options.space, files)
        if options.dry_run:
            sys.stdout.write("Dry run: nothing was uploaded.\n")
            return 0
        sys.stdout.write(f"{upload(options.space, files, private=options.private, hardware=options.hardware)}\n")
    except (ConfigError, OSError, HttpError) as error:  # the hub's refusals are of the second family
        said = " ".join(str(error).split())  # theirs have several lines
        who = f"the hub did not do it ({type(error).__name__}): " if isinstance(error, HttpError) else ""
        sys.stderr.write(f"error: {who}{said}\n")
        return 2
    return 0


def contents(root: Path) -> dict[str, bytes]:
    """What goes up: path in the Space → content."""
    paths = [*(root / name for name in TOP_FILES), *sorted((root / "assets").glob("*.json"))]
    for folder in FOLDERS:
        paths += sorted(
            path for path in (root / folder).rglob("*")
            if path.suffix in KINDS and path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts
        )  # fmt: skip
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise ConfigError(f"A Space needs {', '.join(missing)}, which is not in {root}.")
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    front = front_matter(files["README.md"].decode("utf-8"))
    files["requirements.txt"] = pinned(files["requirements.txt"].decode("utf-8"), front.get("sdk_version", "")).encode()
    return files


def pinned(requirements: str, sdk_version: str) -> str:
    """The requirements as a ZeroGPU Space can install them: torch and Gradio at one version, and ``spaces``.

    Raises:
        ConfigError: if our own ranges do not allow these versions.
    """
    from packaging.requirements import Requirement

    pins = {"torch": ZERO_TORCH, "gradio": sdk_version}
    lines = []
    for line in requirements.splitlines():
        wanted = Requirement(line) if line.strip() and not line.startswith("#") else None
        version = pins.get(wanted.name) if wanted is not None else None
        if wanted is not None and version and not wanted.specifier.contains(version):
            raise ConfigError(f"requirements.txt wants {line!r}, a Space would install {version}.")
        lines.append(f"{wanted.name}=={version}" if wanted is not None and version else line)
    return "\n".join([*lines, "spaces"]) + "\n"


def front_matter(readme: str) -> dict[str, str]:
    """The simple entries of the front matter; empty where there is none."""
    match = re.match(r"---\n(.*?)\n---\n", readme, re.DOTALL)
    rows = [line.partition(":") for line in match[1].splitlines()] if match else []
    return {name.strip(): value.strip().strip("\"'") for name, _, value in rows}


def check(space: str, files: dict[str, bytes]) -> None:
    """Refuses what the Space could not run.

    Raises:
        ConfigError: saying what is wrong.
    """
    if not REPOSITORY.fullmatch(space):
        raise ConfigError(f"A Space is named USER/NAME, got {shown(space)}.")
    front = front_matter(files["README.md"].decode("utf-8"))
    for name, value in DEMANDED.items():
        if not front.get(name) or value not in (None, front[name]):
            raise ConfigError(f"The front matter of README.md must say {name}: {value or '…'}.")
    if not any(name.startswith("assets/mini/") for name in files):
        raise ConfigError("assets/mini, the embedded model, is not there yet.")
    total = sum(map(len, files.values()))
    if total > MOST_BYTES:
        raise ConfigError(f"{gigabytes(total)} is more than the {gigabytes(MOST_BYTES)} that a Space takes.")


def listing(files: dict[str, bytes]) -> str:
    """One line a file, and the sum."""
    lines = [f"{len(data):>12,}  {name}" for name, data in files.items()]
    return "\n".join([*lines, f"{sum(map(len, files.values())):>12,}  in {len(files)} files"]) + "\n"


def upload(
    space: str, files: dict[str, bytes], *, private: bool = False, hardware: str | None = None, api: Any = None
) -> str:
    """Makes the Space if need be and replaces its files in one commit; returns its address."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

    api = api or HfApi()
    chosen = {} if hardware is None else {"space_hardware": hardware}
    api.create_repo(space, repo_type="space", space_sdk="gradio", private=private, exist_ok=True, **chosen)
    api.add_space_variable(space, "VAR_DEMO_MODEL", "mini")  # visitors fetch no gigabytes onto a shared machine
    if hardware is not None:
        api.request_space_hardware(space, hardware)
    old = set(api.list_repo_files(space, repo_type="space")) - set(files) - {".gitattributes"}
    operations: list[Any] = [CommitOperationAdd(name, data) for name, data in files.items()]
    operations += [CommitOperationDelete(name) for name in sorted(old)]
    api.create_commit(space, operations, repo_type="space", commit_message="Deploy the demo")
    return f"https://huggingface.co/spaces/{space}"
