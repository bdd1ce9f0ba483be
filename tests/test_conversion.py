"""Official pair ↔ our folder: bit for bit both ways, whole or not at all, and once."""

from __future__ import annotations

import errno
import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from official_models import official_state_dicts
from safetensors import safe_open
from tiny_models import OPTIONS, tiny_pipeline, tokens_of
from torch import Tensor

from var_core import official_pair, saving
from var_core.checkpoint import read_config
from var_core.config import ClassLabel, ModelConfig, TokenizerConfig, TransformerConfig
from var_core.conversion import convert_official, export_official
from var_core.errors import CheckpointError
from var_core.networks import empty_networks
from var_core.official import is_constant
from var_core.pipeline import VARPipeline
from var_core.registry import OfficialFile
from var_core.saving import save_model
from var_core.scales import ScaleSchedule
from var_core.weight_files import MappedTensors, sha256_of

Tensors = dict[str, Tensor]
FILES = ("vae.pth", "var.pth")


def small_config(shared_adaln: bool = False) -> ModelConfig:
    return ModelConfig(
        "small",
        TokenizerConfig(channels=32, multipliers=(1, 2), num_residual_blocks=1, codebook_size=16, code_dim=4),
        TransformerConfig(num_classes=3, depth=2, embed_dim=16, num_heads=2, shared_adaln=shared_adaln),
        ScaleSchedule((1, 2, 4)),
        tuple(ClassLabel(row, f"class {row}") for row in range(3)),
    )


@pytest.fixture(scope="module", params=[False, True], ids=["adaln per block", "shared adaln"])
def pair(request: pytest.FixtureRequest) -> tuple[Tensors, Tensors]:
    tokenizer, transformer = official_state_dicts(small_config(request.param))
    tokenizer["quantize.ema_vocab_hit_SV"] = torch.rand(10, 16)  # as published: not one row per scale of every model
    return tokenizer, transformer


@pytest.fixture
def source(tmp_path: Path, pair: tuple[Tensors, Tensors]) -> Path:
    folder = tmp_path / "official"
    folder.mkdir()
    for name, tensors in zip(FILES, pair, strict=True):
        torch.save(tensors, folder / name)
    return folder


def convert(source: Path, folder: Path, **options: object) -> Path:
    return convert_official(source / "vae.pth", source / "var.pth", folder, **options)  # type: ignore[arg-type]


def load(folder: Path, precision: str = "exact") -> VARPipeline:
    return VARPipeline.from_pretrained(folder, device="cpu", precision=precision)


def states(pipe: VARPipeline) -> Tensors:
    return {**pipe.tokenizer.state_dict(), **pipe.transformer.state_dict()}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_there_and_back_again_is_bit_identical(tmp_path: Path, source: Path, pair: tuple[Tensors, Tensors]) -> None:
    folder = convert(source, tmp_path / "ours")
    back = tmp_path / "back"
    export_official(folder, back / "vae.pth", back / "var.pth")
    for name, tensors in zip(FILES, pair, strict=True):
        found = torch.load(back / name, weights_only=True)
        assert found.keys() == tensors.keys()
        for key, tensor in tensors.items():
            assert found[key].dtype == tensor.dtype, key
            assert found[key].shape == tensor.shape, key
            assert found[key].contiguous().view(torch.uint8).equal(tensor.contiguous().view(torch.uint8)), key
        assert (back / name).stat().st_size < 1.2 * (source / name).stat().st_size


def test_a_wrong_mask_is_neither_believed_nor_handed_on(
    tmp_path: Path, source: Path, pair: tuple[Tensors, Tensors]
) -> None:
    spoilt = {**pair[1], "attn_bias_for_masking": torch.full((1, 1, 21, 21), torch.nan)}
    spoilt["blocks.0.attn.zero_k_bias"] = torch.ones(16)
    torch.save(spoilt, source / "var.pth")
    folder = convert(source, tmp_path / "ours")
    export_official(folder, tmp_path / "vae.pth", tmp_path / "var.pth")
    found = torch.load(tmp_path / "var.pth", weights_only=True)
    assert all(torch.equal(found[key], tensor) for key, tensor in pair[1].items())


def test_a_conversion_draws_what_the_pair_draws(tmp_path: Path, source: Path) -> None:
    ours = load(convert(source, tmp_path / "ours"))
    theirs = VARPipeline.from_official(source / "vae.pth", source / "var.pth", device="cpu", precision="exact")
    for name, tensor in states(theirs).items():
        assert torch.equal(tensor, states(ours)[name]), name
    first, second = (tokens_of(pipe.stream([2], seeds=[1], options=OPTIONS["top_k"])) for pipe in (ours, theirs))
    assert torch.equal(first, second)


def test_sixteen_bits_on_disk_load_in_fast_as_float32_does(tmp_path: Path, source: Path) -> None:
    full, half = (
        load(convert(source, tmp_path / str(dtype), dtype=dtype), "fast") for dtype in (torch.float32, torch.bfloat16)
    )
    assert all(torch.equal(tensor, states(half)[name]) for name, tensor in states(full).items())
    sizes = [sum(path.stat().st_size for path in tmp_path.glob(f"{dtype}/model*")) for dtype in
             (torch.float32, torch.bfloat16)]  # fmt: skip
    assert sizes[1] < 0.7 * sizes[0]


def test_training_checkpoints_are_converted(tmp_path: Path, pair: tuple[Tensors, Tensors]) -> None:
    nested = {"epoch": 3, "args": {"depth": 2}, "trainer": {"vae_local": pair[0], "var_wo_ddp": pair[1], "iter": 7}}
    torch.save(nested, tmp_path / "last.pth")
    folder = convert_official(tmp_path / "last.pth", tmp_path / "last.pth", tmp_path / "ours", name="mine")
    pipe = load(folder)
    assert pipe.config.name == "mine"
    assert torch.equal(pipe.transformer.head.weight, pair[1]["head.weight"])


def test_a_conversion_is_made_once_and_knows_its_sources(tmp_path: Path, source: Path) -> None:
    folder = convert(source, tmp_path / "ours")
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    remembered = json.loads((folder / "source.json").read_text())
    assert remembered["tokenizer"] == sha256_of(source / "vae.pth")
    assert remembered["transformer"] == sha256_of(source / "var.pth")
    assert convert(source, folder) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_another_source_does_not_overwrite(tmp_path: Path, source: Path, pair: tuple[Tensors, Tensors]) -> None:
    folder = convert(source, tmp_path / "ours")
    torch.save({**pair[1], "head.bias": pair[1]["head.bias"] + 1}, source / "var.pth")
    with pytest.raises(CheckpointError, match="holds something else"):
        convert(source, folder)
    with pytest.raises(CheckpointError, match="holds something else"):
        convert(source, source)
    with pytest.raises(CheckpointError, match="holds something else"):
        convert(source, source / "vae.pth")


def fail_at(monkeypatch: pytest.MonkeyPatch, call: int, error: Exception) -> None:
    """Lets the n-th file be written whole and then says that the disk is full."""
    saved, calls = saving.save_file, iter(range(100))

    def save(*args: object, **kwargs: object) -> None:
        saved(*args, **kwargs)  # type: ignore[arg-type]
        if next(calls) == call:
            raise error

    monkeypatch.setattr(saving, "save_file", save)


@pytest.mark.parametrize("call", [0, 1])
def test_a_failure_leaves_nothing_behind(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    fail_at(monkeypatch, call, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(CheckpointError, match=r"ours cannot be written \(No space left on device\)\. Free some space"):
        convert(source, tmp_path / "ours")
    assert [path.name for path in tmp_path.iterdir()] == ["official"]


def test_a_failed_save_leaves_the_model_that_was_there(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = convert(source, tmp_path / "ours")
    before = contents(folder)
    pipe = load(folder)
    fail_at(monkeypatch, 0, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(CheckpointError, match="No space left"):
        pipe.save_pretrained(folder)
    assert contents(folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["official", "ours"]


def test_an_interrupted_rename_puts_the_old_model_back(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = convert(source, tmp_path / "ours")
    before, renamed = contents(folder), Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path.name.endswith(".partial"):
            raise OSError(errno.EACCES, "Permission denied")
        return renamed(path, target)

    pipe = load(folder)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with pytest.raises(CheckpointError, match="Permission denied"):
            pipe.save_pretrained(folder)
    assert contents(folder) == before


def test_a_read_only_place_is_named(tmp_path: Path, source: Path) -> None:
    (tmp_path / "taken").write_text("no folder")
    with pytest.raises(CheckpointError, match=r"model cannot be written"):
        convert(source, tmp_path / "taken" / "model")
    folder = convert(source, tmp_path / "ours")
    with pytest.raises(CheckpointError, match=r"vae\.pth cannot be written"):
        export_official(folder, tmp_path / "taken" / "vae.pth", tmp_path / "var.pth")


def test_saving_keeps_other_peoples_files_and_drops_old_shards(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = convert(source, tmp_path / "ours")
    (folder / "README.md").write_text("about it")
    (folder / "adapters.safetensors").write_text("somebody's")
    pipe = load(folder)
    monkeypatch.setattr(saving, "SMALL_SHARD", 100_000)
    pipe.save_pretrained(folder)
    assert (folder / "README.md").read_text() == "about it"
    assert (folder / "adapters.safetensors").read_text() == "somebody's"
    assert not (folder / "source.json").exists()  # it is that conversion no more
    assert not (folder / "model.safetensors").exists()
    assert len(list(folder.glob("model-*.safetensors"))) > 2
    monkeypatch.undo()
    load(folder).save_pretrained(folder)
    assert [path.name for path in folder.glob("model*")] == ["model.safetensors"]
    assert all(torch.equal(tensor, states(pipe)[name]) for name, tensor in states(load(folder)).items())


@pytest.mark.parametrize("limit", ["SMALL_SHARD", "LARGE_SHARD"])
def test_no_shard_is_larger_than_it_may_be(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(saving, limit, 200_000)
    if limit == "LARGE_SHARD":
        monkeypatch.setattr(saving, "SMALL", 0)
    folder = convert(source, tmp_path / "ours")
    shards = sorted(folder.glob("model-*.safetensors"))
    assert len(shards) > 1
    for shard in shards:
        with safe_open(shard, "pt") as file:
            assert shard.stat().st_size < 220_000 or len(file.keys()) == 1
    load(folder)


def test_exact_weights_alias_the_file_and_others_do_not(tmp_path: Path, source: Path) -> None:
    folder = convert(source, tmp_path / "ours")
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("no /proc to look at")

    def mapped(pipe: VARPipeline) -> set[bool]:
        rows = [row.split() for row in maps.read_text().splitlines() if str(folder) in row]
        spans = [tuple(int(end, 16) for end in row[0].split("-")) for row in rows]
        weights = [*pipe.tokenizer.parameters(), *pipe.transformer.parameters()]
        return {any(low <= weight.data_ptr() < high for low, high in spans) for weight in weights}

    assert mapped(load(folder)) == {True}
    fast = load(folder, "fast")
    assert mapped(fast) == {True, False}  # quantiser and head are float32 in both
    assert not any(weight.requires_grad for weight in fast.transformer.parameters())


def test_mappings_are_let_go_of_as_their_tensors_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("var_core.weight_files.AT_ONCE", 100)
    opened: list[str] = []

    def opener(prefix: str) -> dict[str, Tensor]:
        opened.append(prefix)
        return {f"{prefix}{index}": torch.full((16,), index) for index in range(4)}

    tensors = MappedTensors([lambda: opener("a"), lambda: opener("b")])
    assert list(tensors) == [f"{prefix}{index}" for prefix in "ab" for index in range(4)]
    assert len(tensors) == 8
    assert opened == ["a", "b"]
    assert [int(tensor[0]) for tensor in tensors.values()] == [0, 1, 2, 3] * 2
    assert opened.count("a") == 5  # a tensor of 128 bytes each
    with pytest.raises(KeyError):
        tensors["c"]


def test_empty_networks_take_no_memory_and_no_random_numbers() -> None:
    before = torch.get_rng_state()
    for network in empty_networks(small_config()):
        assert {weight.device.type for weight in network.state_dict().values()} == {"meta"}
    assert torch.equal(torch.get_rng_state(), before)


def test_a_published_file_with_another_content_is_refused(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (source / "var.pth").stat().st_size
    published = OfficialFile("a/b", "var.pth", "0" * 40, size, "0" * 64)

    class Model:
        files = (published,)

    monkeypatch.setattr(official_pair, "OFFICIAL_MODELS", {"tiny": Model})
    for attempt in (
        lambda: convert(source, tmp_path / "ours"),
        lambda: VARPipeline.from_official(source / "vae.pth", source / "var.pth"),
    ):
        with pytest.raises(CheckpointError, match=r"var\.pth has name and size of the published file but another"):
            attempt()


def test_a_folder_that_is_no_conversion_is_exported_with_zero_statistics(
    tmp_path: Path, source: Path
) -> None:  # fmt: skip
    load(convert(source, tmp_path / "ours")).save_pretrained(tmp_path / "plain")
    export_official(tmp_path / "plain", tmp_path / "vae.pth", tmp_path / "var.pth")
    found = torch.load(tmp_path / "vae.pth", weights_only=True)
    assert torch.equal(found["quantize.ema_vocab_hit_SV"], torch.zeros(3, 16))
    assert not any(is_constant(key) for key in found if key != "quantize.ema_vocab_hit_SV")


def written(config: ModelConfig, folder: Path) -> Path:
    """A model of a configuration as a folder of ours, its weights zeros."""
    networks = empty_networks(config)
    for network in networks:
        network.to_empty(device="cpu").requires_grad_(False)
        for weight in network.parameters():
            weight.zero_()
    save_model(folder, config, *networks, torch.float32)
    return folder


def test_what_official_files_cannot_carry_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    config = small_config()
    pair = tmp_path / "vae.pth", tmp_path / "var.pth"
    groups = replace(config, tokenizer=replace(config.tokenizer, norm_groups=16))
    eps = replace(config, transformer=replace(config.transformer, norm_eps=1e-5))
    for name, odd, said in (("groups", groups, r"norm_groups = 16 \(it is always 32"), ("eps", eps, "eps = 1e-05")):
        folder = written(odd, tmp_path / name)
        with pytest.raises(CheckpointError, match=rf"{name} cannot be written as official files.*{said}"):
            export_official(folder, *pair)
    tiny_pipeline().save_pretrained(tmp_path / "tiny")  # whose 4 groups divide what 32 do not
    with pytest.raises(CheckpointError, match="norm_groups = 4"):
        export_official(tmp_path / "tiny", *pair)
    assert not any(path.exists() for path in pair)


def test_a_schedule_as_long_as_a_published_one_survives_there_and_back(tmp_path: Path) -> None:
    config = replace(small_config(), schedule=ScaleSchedule((1, 2, 3, 4, 6, 8, 9, 10, 12, 15)))
    folder = written(config, tmp_path / "ours")
    export_official(folder, tmp_path / "vae.pth", tmp_path / "var.pth")
    assert read_config(convert(tmp_path, tmp_path / "again", name="small")) == config


def test_classes_that_are_lost_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    named = replace(small_config(), classes=tuple(ClassLabel(980 + row, f"mountain {row}") for row in range(3)))
    pair = tmp_path / "vae.pth", tmp_path / "var.pth"
    for config, warnings in ((small_config(), 0), (named, 1)):
        with caplog.at_level(logging.WARNING, "var_core"):
            export_official(written(config, tmp_path / "ours"), *pair)
        assert len(caplog.records) == warnings
    assert "ids and names" in caplog.text
    assert "0 … 2" in caplog.text
