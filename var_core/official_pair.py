"""An official pair of files, opened: its configuration read off the tensors, its weights under our names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from var_core.checkpoint import read_official, renamed
from var_core.config import ModelConfig
from var_core.errors import CheckpointError, ConfigError
from var_core.official import TOKENIZER_NAMES, TRANSFORMER_NAMES, class_labels, tokenizer_config, transformer_config
from var_core.registry import OFFICIAL_MODELS
from var_core.weight_files import MappedTensors, check_readable, sha256_of

IN_TRAINING_CHECKPOINTS = {"tokenizer": "vae_local", "transformer": "var_wo_ddp"}
REOPENINGS = 16  # of a file while its tensors pass: a pickle opens slowly
STATISTICS = "quantize.ema_vocab_hit_SV"


@dataclass(frozen=True, slots=True, eq=False)
class OfficialPair:
    """What a pair of files holds.

    Attributes:
        config: its name is the stem of the transformer's file.
        tokenizer, transformer: weights under our names, mapped as they are asked for.
        statistics: how often each code was used in training (rows, V), if the tokenizer's file says.
    """

    config: ModelConfig
    tokenizer: MappedTensors
    transformer: MappedTensors
    statistics: Tensor | None


def open_pair(tokenizer_path: Path, transformer_path: Path) -> OfficialPair:
    """Opens a pair; sizes, schedule and kind of AdaLN are read off the tensors.

    Raises:
        CheckpointError: naming the file that is damaged, unsafe, or of another layout.
    """

    def tokenizer() -> dict[str, Tensor]:
        return read_official(tokenizer_path, IN_TRAINING_CHECKPOINTS["tokenizer"])

    def transformer() -> dict[str, Tensor]:
        return read_official(transformer_path, IN_TRAINING_CHECKPOINTS["transformer"])

    with _named(tokenizer_path):
        first = tokenizer()
        token_sizes = tokenizer_config(first)
    with _named(transformer_path):
        sizes, schedule = transformer_config(transformer())
        names = class_labels(sizes.num_classes)
        config = ModelConfig(transformer_path.stem, token_sizes, sizes, schedule, names)
    pieces = [path.stat().st_size // REOPENINGS for path in (tokenizer_path, transformer_path)]
    return OfficialPair(
        config,
        MappedTensors([lambda: renamed(tokenizer(), TOKENIZER_NAMES)], pieces[0]),
        MappedTensors([lambda: renamed(transformer(), TRANSFORMER_NAMES)], pieces[1]),
        first.get(STATISTICS),
    )


def check_published(path: Path, digest: str | None = None) -> None:
    """Holds a file with the name and size of a published one against the published sha256.

    Args:
        path: of the file; any other is left alone.
        digest: its sha256, if it is known already.

    Raises:
        CheckpointError: if the file cannot be read or has another content.
    """
    check_readable(path)
    for file in {file for model in OFFICIAL_MODELS.values() for file in model.files}:
        if (path.name, path.stat().st_size) == (file.filename, file.num_bytes):
            if file.sha256 != (digest or sha256_of(path)):
                raise CheckpointError(
                    f"{path} has name and size of the published file but another content (sha256): it is damaged or "
                    "was changed. Fetch it again, or give your own file another name."
                )
            return


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Lets the error of a file whose sizes make no sense say which file it is."""
    try:
        yield
    except (CheckpointError, ConfigError) as error:
        if str(error).startswith(str(path)):
            raise
        raise CheckpointError(f"{path}: {error}") from error
