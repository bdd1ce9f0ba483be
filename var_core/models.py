"""Names of models: the embedded one, the published sizes, folders."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from var_core.config import PRESETS, ClassLabel, ModelConfig, TokenizerConfig
from var_core.errors import CheckpointError, ConfigError
from var_core.validation import shown

EMBEDDED = ("mini",)


def folder_of(name: str | Path) -> Path:
    """The folder of a model: an embedded name, or a path to a folder with ``config.json``.

    Raises:
        CheckpointError: if it is neither.
    """
    if name in EMBEDDED:
        return embedded_folder(str(name))
    folder = Path(name)
    if folder.is_dir():
        return folder
    raise CheckpointError(
        f"There is no model {shown(str(name))}: give {', '.join(EMBEDDED)} or a folder that save_pretrained wrote."
    )


def embedded_folder(name: str) -> Path:
    """Where an embedded model lies: inside an installed package, or in the checkout's ``assets``."""
    installed = Path(str(files("var_core"))) / "assets" / name
    return installed if installed.is_dir() else Path(__file__).parent.parent / "assets" / name


def preset_config(name: str) -> ModelConfig:
    """The configuration of a published size.

    Raises:
        ConfigError: naming the sizes there are.
    """
    preset = PRESETS.get(name)
    if preset is None:
        raise ConfigError(f"model must be one of {', '.join(PRESETS)}, got {shown(name)}.")
    classes = tuple(ClassLabel(row, f"ImageNet class {row}") for row in range(preset.transformer.num_classes))
    return ModelConfig(name, TokenizerConfig(), preset.transformer, preset.schedule, classes)
