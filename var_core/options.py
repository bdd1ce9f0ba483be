"""How to sample: one frozen, self-checking record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from var_core.errors import SamplingError
from var_core.validation import real_number, shown, whole_number

MAX_GUIDANCE = 100.0
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.01, 5.0  # far below, float32 logits overflow
MAX_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class SamplingOptions:
    """Options of a run. ``None`` means off; the defaults are for looks, not for FID.

    Args:
        guidance: classifier-free guidance at the last scale, 0 … 100; 0 is truly off (no unconditional pass), 1
            is not. Scale k of K gets guidance·(k − 1)/(K − 1) (upstream's ramp), so the first is never guided.
        top_k: keep the k likeliest codes, 1 … codebook size; ties with the k-th stay.
        top_p: then keep the likeliest codes that make up this probability, in (0, 1]; 1 keeps all.
        temperature: divides the guided logits, 0.01 … 5.
        smooth: "more smooth" of the public notebook: feed on a blend of codes instead of the drawn one.

    Raises:
        SamplingError: for a value outside its range. ``top_k`` is held against the codebook when a model is
            known.

    Source: VAR §3.1 and the recipes of the public notebook and evaluation.
    """

    guidance: float = 4.0
    top_k: int | None = 900
    top_p: float | None = 0.95
    temperature: float = 1.0
    smooth: bool = False

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("guidance", real_number(self.guidance, "guidance", 0, MAX_GUIDANCE, error=SamplingError))
        if self.top_k is not None:
            put("top_k", whole_number(
                self.top_k, "top_k", 1, 1 << 20, error=SamplingError, remedy="None turns it off.",
            ))  # fmt: skip
        if self.top_p is not None:
            put("top_p", real_number(
                self.top_p, "top_p", 0, 1, low_open=True, error=SamplingError, remedy="None turns it off.",
            ))  # fmt: skip
        put("temperature", real_number(
            self.temperature, "temperature", MIN_TEMPERATURE, MAX_TEMPERATURE, error=SamplingError,
        ))  # fmt: skip
        if type(self.smooth) is not bool:
            raise SamplingError(f"smooth must be True or False, got {shown(self.smooth)}.")

    def check_codebook(self, codebook_size: int) -> None:
        """Refuses a ``top_k`` above the codebook.

        Raises:
            SamplingError: naming both numbers.
        """
        if self.top_k is not None:
            whole_number(self.top_k, "top_k", 1, codebook_size, error=SamplingError, remedy="None turns it off.")

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return asdict(self)


def check_seed(seed: object) -> int:
    """A seed as an int in 0 … 2³² − 1.

    Raises:
        SamplingError: for anything else.
    """
    return whole_number(seed, "seed", 0, MAX_SEED, error=SamplingError)
