"""The registry says what var.md's measured table says, and the machine's room is known before anything begins."""

from __future__ import annotations

import math
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
import torch
from official_models import expanded_layout, official_layouts

from var_core import resources
from var_core.config import PRESETS
from var_core.errors import ConfigError, DeviceError
from var_core.models import preset_config
from var_core.official import is_constant
from var_core.registry import OFFICIAL_MODELS, OfficialFile, official_model
from var_core.resources import available_memory, check_memory, free_disk, gigabytes

CPU = torch.device("cpu")


def test_every_published_size_is_registered_under_the_same_name() -> None:
    assert list(OFFICIAL_MODELS) == list(PRESETS)
    for name, model in OFFICIAL_MODELS.items():
        assert model.name == name
        assert model.image_side == preset_config(name).image_side


@pytest.mark.parametrize("name", OFFICIAL_MODELS)
def test_sizes_are_those_of_the_files_tensors(name: str) -> None:
    model = official_model(name)
    layouts = official_layouts()
    parameters = layouts[f"var_{name}"]["parameters"] + layouts["vae_ch160v4096z32"]["parameters"]
    assert model.num_weights == parameters
    for file, layout in ((model.tokenizer, "vae_ch160v4096z32"), (model.transformer, f"var_{name}")):
        tensors = expanded_layout(layout)
        content = sum(tensor.nbytes for tensor in tensors.values())
        assert content < file.num_bytes < content + 1000 * len(tensors)
        assert file.filename == f"{layout}.pth"
        weights = sum(tensor.nbytes for key, tensor in tensors.items() if not is_constant(key))
        assert weights <= model.folder_bytes


def test_every_file_is_pinned() -> None:
    files = {file for model in OFFICIAL_MODELS.values() for file in model.files}
    assert len(files) == 6
    for file in files:
        assert file.repository == "FoundationVision/var"
        assert len(file.revision) == 40
        assert len(str(file.sha256)) == 64
        assert not set(f"{file.revision}{file.sha256}") - set("0123456789abcdef")
    assert len({file.sha256 for file in files}) == 6


def test_d36_goes_by_two_names() -> None:
    assert official_model("d36-512") is official_model("d36")
    assert official_model("d36").image_side == 512


@pytest.mark.parametrize("name", ["d17", "mini", "", "D16", "../d16", "d16 "])
def test_unknown_names_are_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match="d16, d20, d24, d30, d36, d36-512, got") as caught:
        official_model(name)
    assert repr(name) in str(caught.value)


def test_memory_is_told_per_precision() -> None:
    model = official_model("d16")
    assert model.memory_bytes("exact") == pytest.approx(4 * 419231875 * 1.2)
    assert model.memory_bytes("fast") == pytest.approx(model.memory_bytes("exact") / 2)
    with pytest.raises(ConfigError, match="'exact' or 'fast', got 'half'"):
        model.memory_bytes("half")


def test_a_file_prints_as_people_name_it() -> None:
    assert str(OfficialFile("a/b", "c.pth", "0" * 40, 1, None)) == "c.pth of a/b"
    assert (gigabytes(1243124698), gigabytes(20_000_000)) == ("1.24 GB", "20.0 MB")


Usage = namedtuple("Usage", "total used free")


def test_free_disk_is_that_of_the_nearest_folder_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def usage(path: Path) -> Usage:
        asked.append(path)
        if not path.exists():
            raise FileNotFoundError
        return Usage(9, 2, 7)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    assert free_disk(tmp_path / "not" / "there") == 7
    assert asked[-1] == tmp_path


def memory_of(
    monkeypatch: pytest.MonkeyPatch, folder: Path, machine: str | None, limit: str | None, used: int = 0
) -> int | None:
    for name, content in (("meminfo", machine), ("memory.max", limit), ("memory.current", str(used))):
        if content is not None:
            (folder / name).write_text(content)
    (folder / "memory.stat").write_text("anon 5\ninactive_file 100\nactive_file 20\n")
    monkeypatch.setattr(resources, "MEMORY_INFO", folder / "meminfo")
    monkeypatch.setattr(resources, "CGROUP", folder)
    return available_memory(CPU)


MACHINE = "MemTotal: 9 kB\nMemAvailable:    3 kB\nSwapFree: 1 kB\n"


@pytest.mark.parametrize(
    ("machine", "limit", "expected"),
    [
        (MACHINE, None, 4096),
        (MACHINE, "max\n", 4096),
        (MACHINE, "2000\n", 2000 - 1500 + 120),
        (None, "2000\n", 620),
        (None, None, None),
        ("nonsense", "nonsense", None),
    ],
)
def test_the_tighter_of_machine_and_container_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str | None, limit: str | None, expected: int | None
) -> None:
    assert memory_of(monkeypatch, tmp_path, machine, limit, used=1500) == expected


def test_this_machine_tells_something_sensible() -> None:
    memory = available_memory(CPU)
    assert memory is None or 0 < memory < 2**50
    assert available_memory(torch.device("mps")) is None
    assert math.isfinite(free_disk(Path.cwd()) or 0)


def test_too_little_memory_is_refused_with_both_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "available_memory", lambda _device: 10**9)
    check_memory(10**9, CPU, "d16", "Do this.")
    with pytest.raises(DeviceError, match=r"d16 needs 2\.00 GB of memory on cpu, 1\.00 GB is free\. Do this\."):
        check_memory(2 * 10**9, CPU, "d16", "Do this.")
    monkeypatch.setattr(resources, "available_memory", lambda _device: None)
    check_memory(10**18, CPU, "d16", "")
