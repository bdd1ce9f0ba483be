"""By name, from a folder or from a hub: what is whole and right is loaded, and nothing else is, or run."""

from __future__ import annotations

import errno
import pickle
import shutil
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from fake_hub import COMMIT, REPOSITORY, FakeHub, fake_hub
from huggingface_hub import constants
from official_models import official_state_dicts
from safetensors.torch import load_file, save_file
from tiny_models import OPTIONS, tokens_of

from var_core import loading, model_cache, registry, resources, transfer
from var_core.config import ClassLabel, ModelConfig, TokenizerConfig, TransformerConfig
from var_core.conversion import convert_official
from var_core.errors import CheckpointError, ConfigError, DeviceError, DownloadError
from var_core.model_cache import converted_folder, ensure_hub_model, ensure_model, estimate, is_here
from var_core.pipeline import VARPipeline
from var_core.registry import OfficialModel
from var_core.scales import ScaleSchedule

CONFIG = ModelConfig(
    "tiny",
    TokenizerConfig(channels=32, multipliers=(1, 1), num_residual_blocks=1, codebook_size=16, code_dim=4),
    TransformerConfig(num_classes=3, depth=1, embed_dim=16, num_heads=2),
    ScaleSchedule((1, 2)),
    tuple(ClassLabel(row, f"class {row}") for row in range(3)),
)
Usage = namedtuple("Usage", "total used free")


class Touch:
    """Unpickling one creates a file: what a malicious checkpoint would do, without the malice."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return open, (str(self.canary), "w")


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny pair under the published names."""
    folder = tmp_path_factory.mktemp("official")
    for name, tensors in zip(("vae_ch160v4096z32.pth", "var_d16.pth"), official_state_dicts(CONFIG), strict=True):
        torch.save(tensors, folder / name)
    return folder


@pytest.fixture(scope="module")
def saved(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ours") / "model"
    from_files(official).save_pretrained(folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "model"))


@dataclass(frozen=True)
class Setting:
    hub: FakeHub
    model: OfficialModel
    cache: Path

    def load(self, name: str = "d16") -> VARPipeline:
        return VARPipeline.from_pretrained(name, device="cpu", precision="exact", cache=self.cache, deadline=30.0)


@pytest.fixture
def setting(tmp_path: Path, official: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setting]:
    """A hub with tiny weights in the official layout, registered as d16."""
    with fake_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "foreign"))
        monkeypatch.setattr(transfer, "PAUSE", 0.01)
        files = [hub.put(path.name, path.read_bytes()) for path in sorted(official.iterdir())]
        model = OfficialModel("d16", files[0], files[1], 4, 100_000, 3.55, 0.4)
        monkeypatch.setitem(registry.OFFICIAL_MODELS, "d16", model)
        yield Setting(hub, model, tmp_path / "cache")


def from_files(official: Path) -> VARPipeline:
    first, second = sorted(official.iterdir())
    return VARPipeline.from_official(first, second, device="cpu", precision="exact")


def load(folder: Path) -> VARPipeline:
    return VARPipeline.from_pretrained(folder, device="cpu", precision="exact")


def draws(pipe: VARPipeline) -> torch.Tensor:
    return tokens_of(pipe.stream([2, None], seeds=[0, 1], options=OPTIONS["top_k"]))


def test_a_published_model_goes_from_hub_to_picture(setting: Setting, official: Path) -> None:
    seen: list[tuple[int, int]] = []
    folder = ensure_model("d16", cache=setting.cache, progress=lambda done, total: seen.append((done, total)))
    total = setting.model.download_bytes
    assert folder == converted_folder(setting.model, setting.cache)
    assert seen[-1] == (total, total)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    pipe = setting.load()
    assert pipe.config.name == "d16"
    assert torch.equal(draws(pipe), draws(from_files(official)))
    assert pipe.sample([2], seeds=[0], options=OPTIONS["top_k"]).shape == (1, 3, 4, 4)
    assert len(setting.hub.requests) == 2


def test_a_converted_model_needs_neither_network_nor_downloads(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_here("d16", setting.cache)
    setting.load()
    assert is_here("d16", setting.cache)
    shutil.rmtree(setting.cache / "files")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    setting.load()
    assert len(setting.hub.requests) == 2


def test_other_sources_are_another_conversion(setting: Setting, official: Path) -> None:
    before = ensure_model("d16", cache=setting.cache)
    _, transformer = official_state_dicts(CONFIG)
    transformer["head.bias"] = transformer["head.bias"] + 1
    torch.save(transformer, setting.cache / "other.pth")
    file = setting.hub.put("var_d16.pth", (setting.cache / "other.pth").read_bytes())
    changed = OfficialModel("d16", setting.model.tokenizer, file, 4, 100_000, 3.55, 0.4)
    assert converted_folder(changed, setting.cache) != before


def test_what_a_kill_left_behind_is_cleared(setting: Setting) -> None:
    folder = converted_folder(setting.model, setting.cache)
    half = folder.with_name(f".{folder.name}.0123456789ab.partial")
    for place in (folder, half):
        place.mkdir(parents=True)
        (place / "model.safetensors").write_bytes(b"half")
    setting.load()
    assert sorted(path.name for path in folder.parent.iterdir()) == sorted([folder.name, f".{folder.name}.lock"])


@pytest.mark.parametrize("name", ["vae_ch160v4096z32.pth", "var_d16.pth"])
@pytest.mark.parametrize("fault", ["404", "500", "corrupt", "another size"])
def test_nothing_is_converted_unless_both_files_are_right(setting: Setting, name: str, fault: str) -> None:
    setting.hub.fault[name] = fault
    with pytest.raises(DownloadError, match=f"^{name} of {REPOSITORY} could not be fetched: .* Remedy: "):
        setting.load()
    assert not converted_folder(setting.model, setting.cache).exists()
    setting.hub.fault.clear()
    setting.load()


def test_the_deadline_is_for_both_files_together(setting: Setting) -> None:
    setting.hub.fault[setting.model.transformer.filename] = "trickle"
    with pytest.raises(DownloadError, match=r"not done in 0\.5 seconds"):
        ensure_model("d16", cache=setting.cache, deadline=0.5)
    for deadline in (0, -1.0, float("nan"), "soon"):
        with pytest.raises(ConfigError, match="deadline"):
            ensure_model("d16", cache=setting.cache, deadline=deadline)  # type: ignore[arg-type]


def test_disk_for_download_and_conversion_is_asked_for_first(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = setting.model.download_bytes + setting.model.folder_bytes + model_cache.SPARE
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, needed - 1))
    with pytest.raises(DownloadError, match=r"model d16 could not be fetched: it needs .* of disk, .* is free"):
        setting.load()
    assert not setting.hub.requests
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, needed))
    setting.load()


def test_an_estimate_tells_what_is_still_to_be_done(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 0, 10**9))
    monkeypatch.setattr(model_cache, "available_memory", lambda _device: 400_000)
    before = estimate("d16", cache=setting.cache, rate=1000.0)
    assert before.download_bytes == setting.model.download_bytes
    assert before.disk_bytes == before.download_bytes + 400_000
    assert before.memory_bytes == 480_000
    assert before.seconds == pytest.approx(before.download_bytes / 1000, rel=0.01)
    assert before.fits_disk
    assert not before.fits_memory
    assert estimate("d16", cache=setting.cache, precision="fast").fits_memory
    setting.load()
    after = estimate("d16", cache=setting.cache)
    assert (after.download_bytes, after.disk_bytes, after.seconds) == (0, 0, 0)
    with pytest.raises(ConfigError, match="d17"):
        estimate("d17")


def test_too_little_memory_is_said_before_weights_are_read(
    saved: Path, official: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "available_memory", lambda _device: 1000)
    for attempt in (lambda: load(saved), lambda: from_files(official)):
        with pytest.raises(DeviceError, match=r"needs .* of memory on cpu, .* is free\. Choose .*precision='fast'"):
            attempt()


def publish(hub: FakeHub, folder: Path) -> None:
    for path in folder.iterdir():
        hub.put(path.name, path.read_bytes())


def test_somebodys_model_comes_from_the_hub_without_its_pickles(
    setting: Setting, saved: Path, tmp_path: Path, official: Path
) -> None:
    publish(setting.hub, saved)
    canary = tmp_path / "canary"
    for name in ("model.pth", "pytorch_model.bin", "optimizer.safetensors.pkl", "../../evil.safetensors", "run.py"):
        setting.hub.put(name, pickle.dumps(Touch(canary)))
    pipe = setting.load(REPOSITORY)
    assert torch.equal(draws(pipe), draws(from_files(official)))
    asked = {path.rpartition("/")[2] for _, path, _ in setting.hub.requests if "/resolve/" in path}
    assert asked == {"config.json", "model.safetensors", "SHA256SUMS"}
    here = setting.cache / "files" / REPOSITORY.replace("/", "--") / COMMIT
    assert {path.name for path in here.iterdir() if not path.name.startswith(".")} == asked
    assert not canary.exists()
    setting.load(REPOSITORY)
    assert len([path for _, path, _ in setting.hub.requests if "/resolve/" in path]) == 3


def test_somebodys_model_loads_without_a_network_once_it_is_here(
    setting: Setting, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(setting.hub, saved)
    setting.load(REPOSITORY)
    setting.hub.fault["api"] = "500"
    setting.load(REPOSITORY)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    setting.load(REPOSITORY)
    with pytest.raises(DownloadError, match="HF_HUB_OFFLINE"):
        ensure_hub_model("someone/else", cache=setting.cache)


@pytest.mark.parametrize("fault", ["401", "404", "429", "500", "reset"])
def test_a_hub_that_cannot_be_asked_is_one_clear_error(setting: Setting, saved: Path, fault: str) -> None:
    publish(setting.hub, saved)
    setting.hub.fault["api"] = fault
    with pytest.raises(DownloadError, match=f"^{REPOSITORY} could not be fetched: .* Remedy: ") as caught:
        setting.load(REPOSITORY)
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_repository_of_another_kind_is_said_to_be_one(setting: Setting, saved: Path, missing: str) -> None:
    publish(setting.hub, saved)
    del setting.hub.files[REPOSITORY, missing]
    with pytest.raises(DownloadError, match="give a model that save_pretrained wrote"):
        setting.load(REPOSITORY)


def test_a_half_fetched_model_is_finished_later(setting: Setting, saved: Path) -> None:
    publish(setting.hub, saved)
    setting.hub.fault["model.safetensors"] = "500"
    with pytest.raises(DownloadError, match=r"^model\.safetensors of someone/model"):
        setting.load(REPOSITORY)
    setting.hub.fault["api"] = "500"
    with pytest.raises(DownloadError, match="500"):  # what is here is not whole, so it is not used
        setting.load(REPOSITORY)
    setting.hub.fault.clear()
    setting.load(REPOSITORY)


@pytest.mark.parametrize("name", ["nowhere", "d17", "a/b/c", "../x", "x y/z", "/", "", "user/na me", "-x/y", "\n"])
def test_what_is_no_name_is_not_looked_for_on_the_hub(
    setting: Setting, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError):
        setting.load(name)
    (tmp_path / "runs").mkdir()
    with pytest.raises(CheckpointError, match="There is no model 'runs/mini': give mini, d16, d20"):
        setting.load("runs/mini")
    assert not setting.hub.requests


WEIGHTS = "model.safetensors"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:7c3ec27ae28a\nsize 436075834\n"
HEADER_BOMB = (1 << 62).to_bytes(8, "little") + b"{}"

DAMAGED_FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "is empty. Fetch it again"),
    "a web page": (lambda _: b"\n<!DOCTYPE html><html>log in</html>", "is a web page"),
    "an LFS pointer": (lambda _: POINTER, "is a Git LFS pointer.*git lfs pull"),
    "half": (lambda whole: whole[: len(whole) // 2], r"has \d+ bytes where its header asks for \d+: it is incomplete"),
    "one byte short": (lambda whole: whole[:-1], "it is incomplete or damaged"),
    "one byte long": (lambda whole: whole + b"x", "it is incomplete or damaged"),
    "a pickle": (lambda _: pickle.dumps({"a": 1}), "damaged or no safetensors file"),
    "a zip": (lambda _: b"PK\x03\x04" + bytes(60), "damaged or no safetensors file"),
    "a header without end": (lambda _: HEADER_BOMB, "damaged or no safetensors file"),
    "a flipped bit": (lambda whole: whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:], "its sha256 differs"),
}


@pytest.mark.parametrize("name", DAMAGED_FILES)
def test_each_damage_of_our_format_is_told_apart(folder: Path, name: str) -> None:
    damage, said = DAMAGED_FILES[name]
    (folder / WEIGHTS).write_bytes(damage((folder / WEIGHTS).read_bytes()))
    with pytest.raises(CheckpointError, match=said) as caught:
        load(folder)
    assert WEIGHTS in str(caught.value)


@pytest.mark.parametrize("name", ["empty", "a web page", "an LFS pointer", "half", "one byte short", "a pickle"])
def test_each_damage_of_an_official_file_is_told_apart(tmp_path: Path, official: Path, name: str) -> None:
    copy = Path(shutil.copytree(official, tmp_path / "official"))
    damage, said = DAMAGED_FILES[name]
    path = copy / "var_d16.pth"
    path.write_bytes(damage(path.read_bytes()))
    said = {"half": "is incomplete: it ends after", "one byte short": "is incomplete: it ends after",
            "a pickle": "is not a safe PyTorch checkpoint.*Nothing in it was run"}.get(name, said)  # fmt: skip
    with pytest.raises(CheckpointError, match=said) as caught:
        from_files(copy)
    assert "var_d16.pth" in str(caught.value)


@pytest.mark.parametrize("form", ["zip", "bare pickle", "beside tensors", "nested"])
def test_a_malicious_pickle_runs_nowhere(tmp_path: Path, official: Path, form: str) -> None:
    copy, canary = Path(shutil.copytree(official, tmp_path / "official")), tmp_path / "canary"
    path, payload = copy / "var_d16.pth", Touch(canary)
    whole = torch.load(path, weights_only=True)
    if form == "bare pickle":
        path.write_bytes(pickle.dumps(payload))
    elif form == "nested":
        torch.save({"trainer": {"var_wo_ddp": whole, "optimizer": payload}}, path)
    else:
        torch.save({**whole, "extra": payload} if form == "beside tensors" else payload, path)
    for attempt in (
        lambda: from_files(copy),
        lambda: convert_official(*sorted(copy.iterdir()), tmp_path / "ours"),
    ):
        with pytest.raises(CheckpointError, match=r"var_d16\.pth is not a safe PyTorch checkpoint"):
            attempt()
    assert not canary.exists()
    assert not (tmp_path / "ours").exists()


@pytest.mark.parametrize("dtype", [torch.float64, torch.int64, torch.complex64, torch.bool, torch.float8_e4m3fn])
def test_other_types_of_numbers_are_refused(folder: Path, dtype: torch.dtype) -> None:
    tensors = load_file(folder / WEIGHTS)
    tensors["transformer.head.bias"] = tensors["transformer.head.bias"].to(dtype)
    save_file(tensors, folder / WEIGHTS)
    with pytest.raises(CheckpointError, match=f"head.bias must hold 16- or 32-bit.*{dtype}"):
        load(folder)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_weights_that_are_no_numbers_are_refused(folder: Path, value: float, dtype: torch.dtype) -> None:
    tensors = load_file(folder / WEIGHTS)
    tensors["transformer.head.weight"] = tensors["transformer.head.weight"].to(dtype)
    tensors["transformer.head.weight"][3, 5] = value
    save_file(tensors, folder / WEIGHTS)
    with pytest.raises(CheckpointError, match=r"head\.weight holds NaN or infinity"):
        load(folder)


@pytest.mark.parametrize("sums", ["nonsense", "\xff", "a b c\nd\n"])
def test_a_list_of_sums_that_is_none_is_named(folder: Path, sums: str) -> None:
    (folder / "SHA256SUMS").write_text(sums, encoding="latin-1")
    with pytest.raises(CheckpointError, match="SHA256SUMS"):
        load(folder)


def test_sums_are_those_that_sha256sum_checks_and_may_be_left_out(folder: Path) -> None:
    (line,) = (folder / "SHA256SUMS").read_text().splitlines()
    assert len(line.split("  ")[0]) == 64
    assert line.endswith(f"  {WEIGHTS}")
    (folder / "SHA256SUMS").unlink()
    tensors = load_file(folder / WEIGHTS)
    tensors["transformer.head.bias"] = tensors["transformer.head.bias"] + 1
    save_file(tensors, folder / WEIGHTS)
    load(folder)


def test_a_file_that_may_not_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refused(path: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
        if path.name == WEIGHTS:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, mode, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(CheckpointError, match=r"model\.safetensors cannot be read \(Permission denied\)"):
        load(folder)


def test_a_huge_configuration_is_not_read(folder: Path) -> None:
    with (folder / "config.json").open("r+b") as file:
        file.truncate(100_000_000)
    with pytest.raises(CheckpointError, match="has 100000000 bytes: it is no configuration"):
        load(folder)


def test_random_weights_leave_the_generators_of_all_devices_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "preset_config", lambda name: CONFIG)
    monkeypatch.setattr(torch.cuda, "manual_seed_all", lambda seed: pytest.fail("the GPU's generators were set"))
    before = torch.get_rng_state()
    one, two, other = (VARPipeline.with_random_weights("d16", device="cpu", seed=seed) for seed in (3, 3, 4))
    assert torch.equal(torch.get_rng_state(), before)
    for part in ("tokenizer", "transformer"):
        weights = [torch.cat([weight.flatten() for weight in getattr(pipe, part).parameters()]) for pipe in
                   (one, two, other)]  # fmt: skip
        assert torch.equal(weights[0], weights[1])
        assert not torch.equal(weights[0], weights[2])
