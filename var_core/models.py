"""Names of models: the embedded one, the published ones, folders, models on the hub."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from var_core.config import PRESETS, ModelConfig, TokenizerConfig
from var_core.errors import CheckpointError, ConfigError
from var_core.hub import DEADLINE
from var_core.model_cache import HUB_ID, ensure_hub_model, ensure_model
from var_core.official import class_labels
from var_core.registry import ALIASES, OFFICIAL_MODELS
from var_core.transfer import Progress
from var_core.validation import shown
from var_core.weight_files import CONFIG_FILE

EMBEDDED = ("mini",)


def folder_of(
    name: str | Path,
    *,
    cache: str | Path | None = None,
    deadline: float = DEADLINE,
    progress: Progress | None = None,
) -> Path:
    """The folder of a model, fetched and converted first where it is not here yet.

    Args:
        name: "mini" (embedded), a published model ("d16" … "d36"), a folder with ``config.json``, the folder of a
            ``train`` run (its ``model`` counts), or "user/name" of a model in our format on the hub. A folder that
            exists is never looked for on the hub.
        cache, deadline, progress: for what is fetched; see ``ensure_model``.

    Raises:
        CheckpointError: if it is none of them.
        DownloadError: if it cannot be fetched.
    """
    text = str(name)
    if not isinstance(name, str | Path) or not text.strip():
        raise _unknown(name)  # an empty text would be the folder one is in
    if text in EMBEDDED:
        return embedded_folder(text)
    if text in OFFICIAL_MODELS or text in ALIASES:
        return ensure_model(text, cache=cache, deadline=deadline, progress=progress)
    folder = Path(name)
    if folder.is_dir():
        inner = folder / "model"
        return inner if not (folder / CONFIG_FILE).exists() and (inner / CONFIG_FILE).is_file() else folder
    if isinstance(name, str) and HUB_ID.fullmatch(name) and not folder.parent.exists():
        return ensure_hub_model(name, cache=cache, deadline=deadline, progress=progress)
    raise _unknown(text[:1000])


def _unknown(name: object) -> CheckpointError:
    return CheckpointError(
        f"There is no model {name!r}: give {', '.join((*EMBEDDED, *OFFICIAL_MODELS))}, a folder that "
        "save_pretrained or train wrote, or user/name of one on the Hugging Face hub."
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
    classes = class_labels(preset.transformer.num_classes)
    return ModelConfig(name, TokenizerConfig(), preset.transformer, preset.schedule, classes)
