"""The official files as data: where each lies, how large it is and what its sha256 must be.

Source: the repository ``FoundationVision/var`` on the Hugging Face hub, MIT licence. A revision is pinned, so that
what is fetched never changes; size and hash are checked before anything is parsed.
"""

from __future__ import annotations

from dataclasses import dataclass

from var_core.errors import ConfigError
from var_core.validation import shown

REPOSITORY = "FoundationVision/var"
REVISION_256, REVISION_512 = "3cea5e87aa231d1ddeb5215c5965f833cd91bfe4", "6d0ee6598a42f75079aa79e58b012b57b284c91b"
BYTES_PER_WEIGHT = {"exact": 4, "fast": 2}
# Peak memory over the weights themselves while a model is loaded.
MEMORY_FACTOR = 1.2


@dataclass(frozen=True, slots=True)
class OfficialFile:
    """One file at a fixed revision of a repository on the hub.

    Attributes:
        repository: "user/name".
        filename: its name there.
        revision: commit, 40 hexadecimal digits.
        num_bytes: its exact size.
        sha256: of its content; None where the hub tells none (small text files of other people's models).
    """

    repository: str
    filename: str
    revision: str
    num_bytes: int
    sha256: str | None

    def __str__(self) -> str:
        return f"{self.filename} of {self.repository}"


@dataclass(frozen=True, slots=True)
class OfficialModel:
    """A published model.

    Attributes:
        name: what ``from_pretrained`` takes.
        tokenizer, transformer: its pair of files.
        image_side: pixels of a picture, each way.
        num_weights: of both networks together.
        fid: as published, with guidance 1.5, top-k 900, top-p 0.96, 50,000 pictures.
        relative_cost: time of a picture as published, 1 for d30; None where it was not.
    """

    name: str
    tokenizer: OfficialFile
    transformer: OfficialFile
    image_side: int
    num_weights: int
    fid: float
    relative_cost: float | None

    @property
    def files(self) -> tuple[OfficialFile, OfficialFile]:
        """Both files, in the order in which they are fetched."""
        return self.tokenizer, self.transformer

    @property
    def download_bytes(self) -> int:
        """What is to be fetched where nothing is cached."""
        return sum(file.num_bytes for file in self.files)

    @property
    def folder_bytes(self) -> int:
        """What the model takes on disk in our format, float32."""
        return self.num_weights * BYTES_PER_WEIGHT["exact"]

    def memory_bytes(self, precision: str) -> int:
        """Memory that loading takes at its peak, weights included, for precision "exact" or "fast".

        Raises:
            ConfigError: for another precision.
        """
        if precision not in BYTES_PER_WEIGHT:
            raise ConfigError(f"precision must be 'exact' or 'fast', got {shown(precision)}.")
        return int(self.num_weights * BYTES_PER_WEIGHT[precision] * MEMORY_FACTOR)


TOKENIZER = OfficialFile(
    REPOSITORY, "vae_ch160v4096z32.pth", REVISION_256, 436075834,
    "7c3ec27ae28a3f87055e83211ea8cc8558bd1985d7b51742d074fb4c2fcf186c",
)  # fmt: skip
TOKENIZER_WEIGHTS = 108948355


def _model(
    name: str, side: int, num_weights: int, fid: float, cost: float | None, num_bytes: int, sha256: str
) -> OfficialModel:
    revision = REVISION_256 if side == 256 else REVISION_512
    transformer = OfficialFile(REPOSITORY, f"var_{name}.pth", revision, num_bytes, sha256)
    return OfficialModel(name, TOKENIZER, transformer, side, num_weights + TOKENIZER_WEIGHTS, fid, cost)


OFFICIAL_MODELS: dict[str, OfficialModel] = {
    model.name: model
    for model in (
        _model("d16", 256, 310283520, 3.55, 0.4, 1243124698,
               "535dc4e5de22d17552c62fa737e1eee96054586b71999933408a188c1f151c15"),
        _model("d20", 256, 600917136, 2.95, 0.5, 2405712442,
               "d75d402795fed2efa805096d35845ecc4b7fb1c0f18c7db97047df6fa982b698"),
        _model("d24", 256, 1033399360, 2.33, 0.6, 4135702618,
               "1f5fa9cfec7be1c60034511eeacde06e24892f416d3d1e5fd227fdac56293dfc"),
        _model("d30", 256, 2010020356, 1.97, 1.0, 8042296286,
               "bd66c1709cc6950dcc76fcce357e212afa28d4c1e216a93b31934c027aea59ae"),
        _model("d36", 512, 2353893904, 2.63, None, 9436153085,
               "660201c829c6f7b775b9119867c12c11aaa68c72770dc33653eec1fa67e27d4d"),
    )
}  # fmt: skip
ALIASES = {"d36-512": "d36"}


def official_model(name: str) -> OfficialModel:
    """The published model of that name ("d36-512" is another name of "d36").

    Raises:
        ConfigError: naming the models there are.
    """
    model = OFFICIAL_MODELS.get(ALIASES.get(name, name))
    if model is None:
        raise ConfigError(f"model must be one of {', '.join((*OFFICIAL_MODELS, *ALIASES))}, got {shown(name)}.")
    return model
