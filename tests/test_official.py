"""The published files: every key and shape of all six, and one clear error for whatever is wrong with a file."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from official_models import expanded_layout, official_layouts, official_state_dicts
from torch import Tensor

from var_core.checkpoint import read_official, renamed
from var_core.config import PRESETS, ClassLabel, ModelConfig, TokenizerConfig, TransformerConfig
from var_core.errors import CheckpointError
from var_core.official import (
    TOKENIZER_NAMES,
    TRANSFORMER_NAMES,
    from_official,
    is_constant,
    to_official,
    tokenizer_config,
    transformer_config,
)
from var_core.pipeline import VARPipeline
from var_core.scales import SCHEDULE_256, ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.transformer import Transformer

TRANSFORMERS = [f"var_{name}" for name in PRESETS]
FILES = ("vae", "var")
Tensors = dict[str, Tensor]


def expected_state(name: str) -> Tensors:
    preset = PRESETS[name.removeprefix("var_")] if name in TRANSFORMERS else PRESETS["d16"]
    with torch.device("meta"):
        if name in TRANSFORMERS:
            return Transformer(preset.transformer, TokenizerConfig(), preset.schedule).state_dict()
        return Tokenizer(TokenizerConfig(), preset.schedule).state_dict()


def table_of(name: str) -> tuple[tuple[str, str], ...]:
    return TRANSFORMER_NAMES if name in TRANSFORMERS else TOKENIZER_NAMES


def test_every_published_file_is_covered() -> None:
    assert sorted(official_layouts()) == sorted(["vae_ch160v4096z32", *TRANSFORMERS])


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_transformer_sizes_and_schedule_are_read_off_the_tensors(name: str) -> None:
    preset = PRESETS[name.removeprefix("var_")]
    assert transformer_config(expanded_layout(name)) == (preset.transformer, preset.schedule)
    layout = official_layouts()[name]
    assert tuple(layout["sides"]) == preset.schedule.sides
    assert layout["shared_adaln"] is preset.transformer.shared_adaln


def test_tokenizer_sizes_are_read_off_the_tensors() -> None:
    assert tokenizer_config(expanded_layout("vae_ch160v4096z32")) == TokenizerConfig()


@pytest.mark.parametrize("name", ["vae_ch160v4096z32", *TRANSFORMERS])
def test_renamed_files_have_exactly_our_keys_and_shapes(name: str) -> None:
    ours = {key: tuple(tensor.shape) for key, tensor in renamed(expanded_layout(name), table_of(name)).items()}
    assert ours == {key: tuple(tensor.shape) for key, tensor in expected_state(name).items()}


@pytest.mark.parametrize("name", ["vae_ch160v4096z32", *TRANSFORMERS])
def test_both_directions_of_the_rename_table_are_inverse(name: str) -> None:
    table, official = table_of(name), [key for key in expanded_layout(name) if not is_constant(key)]
    assert [to_official(from_official(key, table), table) for key in official] == official
    ours = list(expected_state(name))
    assert [from_official(to_official(key, table), table) for key in ours] == ours
    assert len({from_official(key, table) for key in official}) == len(official) == len(ours)


@pytest.mark.parametrize("name", ["vae_ch160v4096z32", *TRANSFORMERS])
def test_parameter_counts_are_the_published_ones(name: str) -> None:
    count = sum(tensor.numel() for tensor in expected_state(name).values())
    assert count == official_layouts()[name]["parameters"]


def small_official(shared_adaln: bool = False) -> tuple[Tensors, Tensors]:
    config = ModelConfig(
        "small",
        TokenizerConfig(channels=32, multipliers=(1, 2), num_residual_blocks=1, codebook_size=16, code_dim=4),
        TransformerConfig(num_classes=3, depth=2, embed_dim=16, num_heads=2, shared_adaln=shared_adaln),
        ScaleSchedule((1, 2, 4)),
        tuple(ClassLabel(row, f"class {row}") for row in range(3)),
    )
    return official_state_dicts(config)


@pytest.fixture(scope="module")
def pair() -> tuple[Tensors, Tensors]:
    return small_official()


def load(folder: Path, tokenizer: object, transformer: object) -> VARPipeline:
    torch.save(tokenizer, folder / "vae.pth")
    torch.save(transformer, folder / "var.pth")
    return VARPipeline.from_official(folder / "vae.pth", folder / "var.pth", device="cpu", precision="exact")


@pytest.mark.parametrize("shared_adaln", [False, True])
def test_a_small_pair_loads_with_an_unknown_schedule_read_off_its_positions(tmp_path: Path, shared_adaln: bool) -> None:
    pipe = load(tmp_path, *small_official(shared_adaln))
    assert pipe.config.schedule.sides == (1, 2, 4)
    assert pipe.config.transformer.shared_adaln is shared_adaln
    assert pipe.sample([2], seeds=[0]).shape == (1, 3, 8, 8)


def test_a_schedule_as_long_as_a_published_one_is_what_the_file_says(pair: tuple[Tensors, Tensors]) -> None:
    # K = 10 and L = 680 like the published schedule of 256 px
    schedule = ScaleSchedule((1, 2, 3, 4, 6, 8, 9, 10, 12, 15))
    assert (schedule.num_scales, schedule.num_tokens) == (SCHEDULE_256.num_scales, SCHEDULE_256.num_tokens)
    sizes = {"lvl_embed.weight": torch.zeros(10, 16), "pos_1LC": torch.zeros(1, 680, 16)}
    told = torch.tensor(schedule.scale_of_position())[None]
    assert transformer_config({**pair[1], **sizes, "lvl_1L": told})[1] == schedule
    for nothing in (told.flip(1), told[:, :-1], torch.zeros_like(told), told.to("meta")):
        assert transformer_config({**pair[1], **sizes, "lvl_1L": nothing})[1] == SCHEDULE_256


def test_sides_that_nothing_tells_are_refused_with_what_can_be_done(pair: tuple[Tensors, Tensors]) -> None:
    with pytest.raises(CheckpointError, match=r"3 scales and 21 positions.*Save it again with the code"):
        transformer_config(without("lvl_1L")(pair[1]))


def test_training_checkpoints_are_unwrapped(tmp_path: Path, pair: tuple[Tensors, Tensors]) -> None:
    nested = {"trainer": {"vae_local": pair[0], "var_wo_ddp": pair[1]}}
    torch.save(nested["trainer"], tmp_path / "other.pth")
    torch.save({"trainer": {"vae_local": pair[0]}}, tmp_path / "vae.pth")
    torch.save({"trainer": {"var_wo_ddp": pair[1]}}, tmp_path / "var.pth")
    pipe = VARPipeline.from_official(tmp_path / "vae.pth", tmp_path / "var.pth", device="cpu")
    assert pipe.config.transformer.num_classes == 3


def test_one_whole_training_checkpoint_serves_as_both_files(tmp_path: Path, pair: tuple[Tensors, Tensors]) -> None:
    whole = {"epoch": 3, "trainer": {"vae_local": pair[0], "var_wo_ddp": pair[1]}}
    pipe = load(tmp_path, whole, whole)
    assert pipe.config.transformer.num_classes == 3


def without(key: str) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {name: tensor for name, tensor in tensors.items() if name != key}


def put(key: str, value: object) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {**tensors, key: value(tensors[key]) if callable(value) else value}


def spoilt(number: float) -> Callable[[Tensor], Tensor]:
    def spoil(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        tensor.view(-1)[-1] = number
        return tensor

    return spoil


DAMAGES: dict[str, tuple[str, Callable[[Tensors], Tensors], str]] = {
    "missing weight": ("vae", without("decoder.conv_out.weight"), "decoder.conv_out.weight"),
    "missing bias": ("var", without("blocks.1.ffn.fc2.bias"), "blocks.1.ffn.fc2.bias"),
    "missing codebook": ("vae", without("quantize.embedding.weight"), "quantize.embedding.weight"),
    "missing class embedding": ("var", without("class_emb.weight"), "class_emb.weight"),
    "missing block": ("var", without("blocks.0.attn.mat_qkv.weight"), r"blocks.*mat_qkv"),
    "extra entry": ("var", put("blocks.0.gate.weight", torch.zeros(2)), "blocks.0.gate.weight"),
    "entry without a name": ("var", put(7, torch.zeros(2)), "7"),  # type: ignore[arg-type]
    "extra block": ("var", put("blocks.5.attn.mat_qkv.weight", torch.zeros(48, 16)), r"blocks.*mat_qkv"),
    "wrong shape": ("var", put("head.bias", torch.zeros(17)), r"head\.bias.*\(16,\).*\(17,\)"),
    "wrong dimensions": ("var", put("class_emb.weight", torch.zeros(4)), "class_emb.weight"),
    "an empty tensor": ("var", put("class_emb.weight", torch.zeros(0, 0)), "num_classes|class_emb.weight"),
    "no classes": ("var", put("class_emb.weight", torch.zeros(1, 16)), "num_classes"),
    "widths that divide by nothing": ("vae", put("encoder.conv_in.weight", torch.zeros(33, 3, 3, 3)), "33"),
    "groups that do not divide": ("vae", lambda tensors: {
        name: torch.zeros(48 if tensor.shape[0] == 32 else 96, *tensor.shape[1:])
        if name in ("encoder.conv_in.weight", "encoder.down.0.block.0.conv1.weight",
                    "encoder.down.1.block.0.conv1.weight") else tensor
        for name, tensor in tensors.items()}, "48"),
    "NaN": ("var", put("head.weight", spoilt(float("nan"))), "head.weight.*NaN"),
    "infinity": ("vae", put("quant_conv.bias", spoilt(float("inf"))), "NaN or infinity"),
    "integers": ("var", put("head.bias", lambda tensor: tensor.long()), r"head\.bias.*int64"),
    "complex numbers": ("var", put("head.bias", lambda tensor: tensor.to(torch.complex64)), r"head\.bias.*complex64"),
    "a sparse tensor": ("var", put("head.weight", lambda tensor: tensor.to_sparse()), "head.weight|dictionary|safe"),
    "no tensor": ("var", put("head.bias", [0.0]), "flat dictionary of tensors"),
    "another schedule": ("var", put("lvl_1L", torch.zeros(1, 21, dtype=torch.int64)), "lvl_1L"),
    "a negative scale": ("var", put("lvl_1L", torch.full((1, 21), -1)), "lvl_1L"),
    "scales of another type": ("var", put("lvl_1L", torch.zeros(1, 21)), "lvl_1L"),
    "nothing": ("var", lambda tensors: {}, "flat dictionary of tensors"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_dictionaries_give_one_error_that_names_file_and_trouble(
    tmp_path: Path, pair: tuple[Tensors, Tensors], name: str
) -> None:
    which, damage, said = DAMAGES[name]
    tokenizer, transformer = (damage(part) if own == which else part for own, part in zip(FILES, pair, strict=True))
    with pytest.raises(CheckpointError, match=said) as caught:
        load(tmp_path, tokenizer, transformer)
    assert f"{which}.pth" in str(caught.value)


def test_swapped_files_are_told_apart(tmp_path: Path, pair: tuple[Tensors, Tensors]) -> None:
    with pytest.raises(CheckpointError, match=r"vae\.pth.*other file|other file.*vae\.pth"):
        load(tmp_path, pair[1], pair[0])


def test_a_pair_that_does_not_fit_together_is_refused(tmp_path: Path, pair: tuple[Tensors, Tensors]) -> None:
    codes = put("quantize.embedding.weight", torch.zeros(17, 4))
    with pytest.raises(CheckpointError, match=r"var\.pth.*head"):
        load(tmp_path, codes(pair[0]), pair[1])


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:7c3ec27ae28a\nsize 436075834\n"
NOT_CHECKPOINTS = {
    "empty": b"",
    "one byte": b"\x80",
    "an HTML page": b"<!DOCTYPE html><html><body>404: not found</body></html>",
    "an LFS pointer": POINTER.encode(),
    "a zip of something else": b"PK\x05\x06" + b"\0" * 18,
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "noise": random.Random(0).randbytes(4096),
}


@pytest.mark.parametrize("name", NOT_CHECKPOINTS)
def test_files_that_are_no_checkpoint_are_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / "var_d16.pth"
    path.write_bytes(NOT_CHECKPOINTS[name])
    with pytest.raises(CheckpointError, match=r"var_d16\.pth"):
        read_official(path)


def test_folders_and_missing_files_are_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.pth"):
        with pytest.raises(CheckpointError, match=path.name):
            read_official(path)


def test_a_truncated_file_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "var.pth"
    torch.save({"class_emb.weight": torch.randn(50, 40)}, path)
    whole = path.read_bytes()
    for kept in (1, 100, len(whole) // 2, len(whole) - 100, len(whole) - 1):
        path.write_bytes(whole[:kept])
        with pytest.raises(CheckpointError, match=r"var\.pth"):
            read_official(path)


def test_flipped_bytes_never_raise_anything_else(tmp_path: Path) -> None:
    path, chance = tmp_path / "var.pth", random.Random(0)
    torch.save({"class_emb.weight": torch.randn(5, 4), "lvl_1L": torch.arange(5)}, path)
    whole, refused = path.read_bytes(), 0
    for _ in range(1500):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 3, 10))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            read_official(path)
        except CheckpointError:
            refused += 1
    assert refused > 500


class Touch:
    """Unpickling one creates a file: what a malicious checkpoint would do, without the malice."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return open, (str(self.canary), "w")


@pytest.mark.parametrize("form", ["zip", "legacy", "bare pickle", "beside tensors"])
def test_a_malicious_pickle_is_refused_and_nothing_runs(tmp_path: Path, form: str) -> None:
    path, canary = tmp_path / "var.pth", tmp_path / "canary"
    payload: object = Touch(canary)
    if form == "bare pickle":
        path.write_bytes(pickle.dumps(payload))
    else:
        payload = {"class_emb.weight": torch.zeros(2), "x": payload} if form == "beside tensors" else payload
        torch.save(payload, path, _use_new_zipfile_serialization=form != "legacy")
    with pytest.raises(CheckpointError, match=r"var\.pth"):
        read_official(path)
    assert not canary.exists()
    # The canary works: an unsafe load would have sung.
    if form == "bare pickle":
        pickle.loads(path.read_bytes()).close()
    else:
        torch.load(path, weights_only=False)
    assert canary.exists()
