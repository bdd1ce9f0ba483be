"""Our own folders: what is saved is what is loaded, and nothing else is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import OPTIONS, tiny_config, tokens_of

from var_core.checkpoint import CONFIG_FILE, INDEX_FILE, WEIGHTS_FILE
from var_core.config import PRESETS, ModelConfig
from var_core.errors import CheckpointError, ConfigError
from var_core.models import preset_config
from var_core.pipeline import VARPipeline


@pytest.fixture
def folder(pipe: VARPipeline, tmp_path: Path) -> Path:
    pipe.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def load(folder: Path) -> VARPipeline:
    return VARPipeline.from_pretrained(folder, device="cpu", precision="exact")


def states(pipe: VARPipeline) -> dict[str, torch.Tensor]:
    return {**pipe.tokenizer.state_dict(), **pipe.transformer.state_dict()}


def test_a_saved_model_loads_back_bit_for_bit(pipe: VARPipeline, folder: Path) -> None:
    again = load(folder)
    assert again.config == pipe.config
    ours, theirs = states(pipe), states(again)
    assert list(ours) == list(theirs)
    assert len(ours) > 50
    for name, tensor in ours.items():
        assert tensor.dtype == theirs[name].dtype == torch.float32
        assert torch.equal(tensor, theirs[name]), name
    for options in OPTIONS.values():
        first, second = (tokens_of(p.stream([985], seeds=[1], options=options)) for p in (pipe, again))
        assert torch.equal(first, second)


def test_a_model_may_be_saved_over_itself(pipe: VARPipeline, folder: Path) -> None:
    loaded = load(folder)
    loaded.save_pretrained(folder)
    for name, tensor in states(load(folder)).items():
        assert torch.equal(tensor, states(pipe)[name]), name
    for name, tensor in states(loaded).items():
        assert torch.equal(tensor, states(pipe)[name]), name


EXACT = ("quantizer.", "head.", "head_adaln.")


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_half_precision_save_rounds_all_but_the_quantiser_and_a_head_that_bfloat16_would_blur(
    pipe: VARPipeline, tmp_path: Path, dtype: torch.dtype
) -> None:
    pipe.save_pretrained(tmp_path, dtype=dtype)
    for name, tensor in states(load(tmp_path)).items():
        exact = states(pipe)[name]
        assert tensor.dtype == torch.float32
        kept = name.startswith(EXACT) and not (dtype == torch.float16 and "head" in name)
        assert torch.equal(tensor, exact if kept else exact.to(dtype).float()), name


def test_a_half_precision_save_draws_in_fast_what_the_model_does(pipe: VARPipeline, tmp_path: Path) -> None:
    pipe.save_pretrained(tmp_path / "float32")
    pipe.save_pretrained(tmp_path / "bfloat16", dtype=torch.bfloat16)
    one, other = (
        VARPipeline.from_pretrained(tmp_path / name, device="cpu", precision="fast") for name in ("float32", "bfloat16")
    )
    assert all(torch.equal(tensor, states(other)[name]) for name, tensor in states(one).items())


@pytest.mark.parametrize("dtype", [torch.int8, torch.float64, torch.complex64, torch.bool, "float32", None])
def test_a_type_that_could_not_be_loaded_is_refused_before_anything_is_written(
    pipe: VARPipeline, folder: Path, dtype: torch.dtype
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(CheckpointError, match=r"dtype must be one of torch\.float32, torch\.float16, torch\.bfloat16"):
        pipe.save_pretrained(folder, dtype=dtype)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_rounded_weights_are_not_saved_as_if_they_were_exact(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    fast = VARPipeline.from_pretrained(folder, device="cpu", precision="fast")
    for dtype in (torch.float32, torch.float16):
        with pytest.raises(CheckpointError, match=r"precision='exact', or save it with dtype=torch\.bfloat16"):
            fast.save_pretrained(folder, dtype=dtype)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    fast.save_pretrained(folder, dtype=torch.bfloat16)
    again = VARPipeline.from_pretrained(folder, device="cpu", precision="fast")
    assert all(torch.equal(tensor, states(fast)[name]) for name, tensor in states(again).items())


def test_a_weight_beyond_the_range_of_its_type_is_refused(folder: Path) -> None:
    loaded = load(folder)
    loaded.transformer.start_position.data = loaded.transformer.start_position.data + 7e4
    with pytest.raises(
        CheckpointError, match=r"transformer\.start_position holds numbers beyond 65504, the largest of torch\.float16"
    ):
        loaded.save_pretrained(folder, dtype=torch.float16)
    loaded.save_pretrained(folder, dtype=torch.bfloat16)
    load(folder)


def test_shards_named_by_an_index_are_read(pipe: VARPipeline, folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS_FILE)
    names = sorted(tensors)
    shards = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for shard, own in shards.items():
        save_file({name: tensors[name] for name in own}, folder / shard)
    (folder / WEIGHTS_FILE).unlink()
    write(folder / INDEX_FILE, {"weight_map": {name: shard for shard, own in shards.items() for name in own}})
    for name, tensor in states(load(folder)).items():
        assert torch.equal(tensor, states(pipe)[name]), name
    (folder / "b.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"b\.safetensors"):
        load(folder)


def write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize("shard", ["../x.safetensors", "/etc/passwd", "sub/x.safetensors", "..", "", 5, None, ["a"]])
def test_an_index_that_points_elsewhere_is_refused(folder: Path, shard: object) -> None:
    (folder.parent / "x.safetensors").write_bytes((folder / WEIGHTS_FILE).read_bytes())
    (folder / "sub").mkdir()
    (folder / "sub" / "x.safetensors").write_bytes((folder / WEIGHTS_FILE).read_bytes())
    write(folder / INDEX_FILE, {"weight_map": {"tokenizer.quantizer.codebook": shard}})
    with pytest.raises(CheckpointError, match="model"):
        load(folder)


@pytest.mark.parametrize("index", [[], {}, {"weight_map": 3}, "x", None, {"weight_map": {}}])
def test_an_index_that_is_none_is_refused(folder: Path, index: object) -> None:
    write(folder / INDEX_FILE, index)
    with pytest.raises(CheckpointError):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\xff" * 100, b"PK\x03\x04" + b"\0" * 50])
def test_weights_that_are_no_safetensors_are_named(folder: Path, content: bytes) -> None:
    (folder / WEIGHTS_FILE).write_bytes(content)
    with pytest.raises(CheckpointError, match=WEIGHTS_FILE):
        load(folder)


def test_truncated_weights_are_named(folder: Path) -> None:
    whole = (folder / WEIGHTS_FILE).read_bytes()
    (folder / WEIGHTS_FILE).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CheckpointError, match=WEIGHTS_FILE):
        load(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.pop("transformer.head.bias"), "lacks head.bias"),
        (lambda t: t.update({"transformer.extra": torch.zeros(1)}), "unknown entry"),
        (lambda t: t.update({"optimizer.step": torch.zeros(1)}), "optimizer.step"),
        (lambda t: t.update({"transformer.head.bias": torch.zeros(33)}), r"\(32,\), got \(33,\)"),
        (lambda t: t.update({"transformer.head.bias": torch.zeros(32, dtype=torch.int8)}), "int8"),
        (lambda t: t.update({"transformer.head.bias": torch.full((32,), float("nan"))}), "NaN"),
        (lambda t: t.clear(), "lacks"),
    ],
)
def test_foreign_tensors_are_refused_by_name(folder: Path, change: Callable[[dict], object], said: str) -> None:
    tensors = load_file(folder / WEIGHTS_FILE)
    change(tensors)
    save_file(tensors, folder / WEIGHTS_FILE)
    with pytest.raises(CheckpointError, match=said) as caught:
        load(folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("config", [tiny_config(), tiny_config(shared_adaln=True), *map(preset_config, PRESETS)])
def test_a_configuration_survives_json(config: ModelConfig) -> None:
    assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def changed(**values: object) -> dict[str, Any]:
    return {**tiny_config().to_dict(), **values}


BAD_CONFIGS: dict[str, object] = {
    "no object": [1],
    "no version": {key: value for key, value in changed().items() if key != "format"},
    "a newer version": changed(format=2),
    "a version in words": changed(format="1"),
    "no name": changed(name=""),
    "no sides": {key: value for key, value in changed().items() if key != "sides"},
    "sides of text": changed(sides="124"),
    "sides out of order": changed(sides=[1, 4, 2]),
    "one side": changed(sides=5),
    "an unknown size": changed(transformer={**changed()["transformer"], "experts": 8}),
    "a missing part": changed(tokenizer=None),
    "multipliers of no kind": changed(tokenizer={**changed()["tokenizer"], "multipliers": 3}),
    "too few classes": changed(classes=[[1, "x"]]),
    "an id twice": changed(classes=[[1, "a"], [1, "b"], [2, "c"], [3, "d"]]),
    "classes of another form": changed(classes=[1, 2, 3, 4]),
    "a huge model": changed(transformer={**changed()["transformer"], "depth": 10**9}),
}


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_configurations_that_cannot_be_read_are_refused(folder: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        ModelConfig.from_dict(BAD_CONFIGS[name])
    write(folder / CONFIG_FILE, BAD_CONFIGS[name])
    with pytest.raises(CheckpointError, match=r"config\.json"):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"null", b"NaN", b"[" * 100_000])
def test_a_configuration_that_is_no_json_is_named(folder: Path, content: bytes) -> None:
    (folder / CONFIG_FILE).write_bytes(content)
    with pytest.raises(CheckpointError, match=r"config\.json"):
        load(folder)


def test_a_newer_format_says_both_versions(folder: Path) -> None:
    write(folder / CONFIG_FILE, changed(format=2))
    with pytest.raises(CheckpointError, match="format 1, got 2"):
        load(folder)


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"config\.json|model\.safetensors"):
        load(tmp_path)


def test_weights_may_be_read_by_whoever_may_read_the_configuration(pipe: VARPipeline, tmp_path: Path) -> None:
    pipe.save_pretrained(tmp_path / "model")
    modes = {path.stat().st_mode for path in (tmp_path / "model").iterdir()}
    assert len(modes) == 1
