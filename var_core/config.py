"""What a model is, as data: frozen configurations that check themselves, and the published sizes.

Nothing here builds a network. A configuration travels with each checkpoint as versioned JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from var_core.errors import ConfigError
from var_core.scales import SCHEDULE_256, SCHEDULE_512, ScaleSchedule
from var_core.validation import shown, whole_number

CONFIG_FORMAT = 1


def _put_whole(record: object, name: str, low: int, high: int) -> None:
    """Checks a field of a frozen record and keeps it as an int, whatever number JSON made of it."""
    object.__setattr__(record, name, whole_number(getattr(record, name), name, low, high))


@dataclass(frozen=True)
class TokenizerConfig:
    """Sizes of the multi-scale residual VQ tokenizer (VAR §3.2, Alg. 1 and 2; the network is VQGAN's).

    Args:
        channels: channels at full resolution; a level has ``channels · multiplier``.
        multipliers: one per level, full resolution first; n levels downsample by 2^(n−1).
        num_residual_blocks: per encoder level (a decoder level has one more).
        codebook_size: V, number of codes.
        code_dim: channels of the latent and of each code.
        num_phi: number of shared 3×3 convolutions φ.
        norm_groups: groups of every GroupNorm; divides every level's channels.

    Raises:
        ConfigError: if a value is outside its range.
    """

    channels: int = 160
    multipliers: tuple[int, ...] = (1, 1, 2, 2, 4)
    num_residual_blocks: int = 2
    codebook_size: int = 4096
    code_dim: int = 32
    num_phi: int = 4
    norm_groups: int = 32

    def __post_init__(self) -> None:
        _put_whole(self, "channels", 1, 4096)
        _put_whole(self, "num_residual_blocks", 1, 16)
        _put_whole(self, "codebook_size", 2, 1 << 20)
        _put_whole(self, "code_dim", 1, 4096)
        _put_whole(self, "num_phi", 1, 64)
        _put_whole(self, "norm_groups", 1, 4096)
        if not 1 <= len(self.multipliers) <= 8:
            raise ConfigError(f"multipliers must name 1 to 8 levels, got {shown(self.multipliers)}.")
        multipliers = tuple(whole_number(multiplier, "multipliers", 1, 64) for multiplier in self.multipliers)
        object.__setattr__(self, "multipliers", multipliers)
        for multiplier in multipliers:
            if (self.channels * multiplier) % self.norm_groups:
                raise ConfigError(
                    f"norm_groups must divide the channels of every level, got {self.norm_groups} groups for "
                    f"{self.channels * multiplier} channels; choose a common divisor."
                )

    @property
    def downsampling(self) -> int:
        """Pixels per latent cell, each way."""
        return int(2 ** (len(self.multipliers) - 1))


@dataclass(frozen=True)
class TransformerConfig:
    """Sizes of the next-scale transformer (VAR §3.1, appendix; d16 is depth 16, width 1024, 16 heads).

    Args:
        num_classes: labels 0 … num_classes−1; label num_classes is the null class of guidance.
        depth: number of blocks.
        embed_dim: C, width.
        num_heads: divides ``embed_dim``.
        shared_adaln: one AdaLN projection for the whole model (d36-512) instead of one per block.
        mlp_ratio: hidden width of the feed-forward network over C.
        norm_eps: epsilon of every LayerNorm.

    Raises:
        ConfigError: if a value is outside its range.
    """

    num_classes: int = 1000
    depth: int = 16
    embed_dim: int = 1024
    num_heads: int = 16
    shared_adaln: bool = False
    mlp_ratio: int = 4
    norm_eps: float = 1e-6

    def __post_init__(self) -> None:
        _put_whole(self, "num_classes", 1, 1 << 20)
        _put_whole(self, "depth", 1, 128)
        _put_whole(self, "embed_dim", 1, 1 << 14)
        _put_whole(self, "num_heads", 1, 256)
        _put_whole(self, "mlp_ratio", 1, 16)
        if self.embed_dim % self.num_heads:
            raise ConfigError(
                f"num_heads must divide embed_dim, got {self.num_heads} heads for width {self.embed_dim}."
            )
        if type(self.shared_adaln) is not bool:
            raise ConfigError(f"shared_adaln must be true or false, got {shown(self.shared_adaln)}.")
        if not isinstance(self.norm_eps, float) or not 0 < self.norm_eps < 1:
            raise ConfigError(f"norm_eps must be a number between 0 and 1, got {shown(self.norm_eps)}.")


@dataclass(frozen=True)
class ClassLabel:
    """One class: the id people use (ImageNet's numbers for ``mini``) and its English name."""

    class_id: int
    name: str

    def __post_init__(self) -> None:
        _put_whole(self, "class_id", 0, 2**31 - 1)
        if not isinstance(self.name, str) or not self.name.strip():
            raise ConfigError(f"A class needs a name, got {shown(self.name)} for class {self.class_id}.")


@dataclass(frozen=True)
class ModelConfig:
    """A whole model: tokenizer, transformer, schedule and classes.

    Args:
        name: what people call it.
        tokenizer: sizes of the tokenizer.
        transformer: sizes of the transformer.
        schedule: sides of the token maps, common to both.
        classes: the label of row i of the class embedding is ``classes[i]``.

    Raises:
        ConfigError: if the classes do not match ``transformer.num_classes`` or repeat an id.
    """

    name: str
    tokenizer: TokenizerConfig
    transformer: TransformerConfig
    schedule: ScaleSchedule
    classes: tuple[ClassLabel, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ConfigError(f"A model needs a name, got {shown(self.name)}.")
        if len(self.classes) != self.transformer.num_classes:
            raise ConfigError(
                f"The model has {self.transformer.num_classes} class embeddings but {len(self.classes)} classes "
                "are named; name each of them once."
            )
        if len({label.class_id for label in self.classes}) != len(self.classes):
            raise ConfigError("Two classes share an id; give each class an id of its own.")

    @property
    def image_side(self) -> int:
        """Pixels of a picture, each way."""
        return self.schedule.last_side * self.tokenizer.downsampling

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data that ``from_dict`` reads back."""
        return {
            "format": CONFIG_FORMAT,
            "name": self.name,
            "sides": list(self.schedule.sides),
            "tokenizer": {**asdict(self.tokenizer), "multipliers": list(self.tokenizer.multipliers)},
            "transformer": asdict(self.transformer),
            "classes": [[label.class_id, label.name] for label in self.classes],
        }

    @staticmethod
    def from_dict(data: object) -> ModelConfig:
        """Reads what ``to_dict`` wrote.

        Raises:
            ConfigError: on a missing or unknown entry, another format version, or a value out of range.
        """
        if not isinstance(data, dict):
            raise ConfigError(f"A model configuration must be a JSON object, got {shown(data)}.")
        if data.get("format") != CONFIG_FORMAT:
            raise ConfigError(
                f"This version reads configuration format {CONFIG_FORMAT}, got {shown(data.get('format'))}; "
                "convert the model again or update the library."
            )
        try:
            tokenizer = dict(data["tokenizer"])
            tokenizer["multipliers"] = tuple(tokenizer["multipliers"])
            return ModelConfig(
                name=data["name"],
                tokenizer=TokenizerConfig(**tokenizer),
                transformer=TransformerConfig(**data["transformer"]),
                schedule=ScaleSchedule(tuple(data["sides"])),
                classes=tuple(ClassLabel(class_id, name) for class_id, name in data["classes"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, ConfigError):
                raise
            raise ConfigError(f"The model configuration has a missing or unknown entry: {error}.") from error


@dataclass(frozen=True)
class Preset:
    """A published size: what a user names instead of nine numbers."""

    transformer: TransformerConfig
    schedule: ScaleSchedule


PRESETS: dict[str, Preset] = {
    **{
        f"d{depth}": Preset(TransformerConfig(depth=depth, embed_dim=64 * depth, num_heads=depth), SCHEDULE_256)
        for depth in (16, 20, 24, 30)
    },
    "d36": Preset(TransformerConfig(depth=36, embed_dim=2304, num_heads=36, shared_adaln=True), SCHEDULE_512),
}
