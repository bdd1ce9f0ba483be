"""What a person asks of a model, checked and turned into the sampler's terms before any network runs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

from torch import Tensor

from var_core.config import ModelConfig
from var_core.editing import keep_prefix
from var_core.errors import EditingError, SamplingError
from var_core.options import SamplingOptions, check_seed
from var_core.steps import ClassSwitch, KeptTokens, SamplingRequest
from var_core.trace import Trace
from var_core.validation import shown, whole_number

MAX_BATCH = 64
log = logging.getLogger(__name__)


class RequestChecker:
    """Checks requests against one model's configuration."""

    def __init__(self, config: ModelConfig) -> None:
        self.config = config
        self._rows = {label.class_id: row for row, label in enumerate(config.classes)}

    def default_options(self) -> SamplingOptions:
        """The library's defaults, with ``top_k`` held within this model's codebook."""
        return SamplingOptions(top_k=min(900, self.config.tokenizer.codebook_size))

    def row_of(self, class_id: int | None) -> int:
        """The row of the class embedding for a class id; None is the null class.

        Raises:
            SamplingError: naming the valid ids.
        """
        if class_id is None:
            return self.config.transformer.num_classes
        row = self._rows.get(int(class_id)) if _is_whole(class_id) else None
        if row is None:
            raise SamplingError(f"class id must be {_listed(sorted(self._rows))}, got {shown(class_id)}.")
        return row

    def request(
        self,
        class_ids: Sequence[int | None],
        seeds: Sequence[int],
        options: SamplingOptions | None,
        switch: ClassSwitch | None,
        statistics: bool,
    ) -> SamplingRequest:
        """A request in rows of the class embedding, with nothing kept yet; no network has run when this refuses."""
        options = self.default_options() if options is None else options
        if not isinstance(options, SamplingOptions):
            raise SamplingError(f"options must be SamplingOptions, got {shown(options)}.")
        options.check_codebook(self.config.tokenizer.codebook_size)
        class_ids, seeds = (as_list(values) for values in (class_ids, seeds))
        count = _length(class_ids, "class_ids")
        whole_number(count, "the number of pictures", 1, MAX_BATCH, error=SamplingError)
        if _length(seeds, "seeds") != count:
            raise SamplingError(f"Give one seed per picture: got {len(seeds)} for {count} pictures.")
        labels = [self.row_of(class_id) for class_id in class_ids]
        checked = [check_seed(seed) for seed in seeds]
        if switch is not None:
            switch = self._switch(switch, len(labels))
        return SamplingRequest(labels, checked, options, None, switch, statistics)

    def recorded(self, trace: Trace, precision: str) -> SamplingRequest:
        """The request that a trace records; what makes other tokens likely but is no mistake is only logged."""
        sides = tuple(step.side for step in trace.steps)
        if sides != self.config.schedule.sides:
            raise SamplingError(f"The trace has sides {sides}, this model {self.config.schedule.sides}.")
        settings, kept = trace.settings, trace.kept()
        request = self.request(
            settings.class_ids, settings.seeds, settings.options, settings.switch, trace.steps[0].statistics is not None
        )
        if kept is not None:
            self.prefix(kept.token_ids, len(request.labels))  # refuses ids that this codebook does not have
        for name, then, now in (
            ("model", settings.model, self.config.name), ("precision", settings.precision, precision),
        ):  # fmt: skip
            if then != now:
                log.warning(
                    "The trace was recorded with %s %s, this is %s: its tokens need not come again.",
                    name, shown(then), shown(now),
                )  # fmt: skip
        return replace(request, kept=kept)

    def prefix(self, token_maps: Sequence[Tensor], batch: int, *, name: str = "prefix") -> KeptTokens:
        """Token maps of scales 1 … k as tokens to keep; errors as ``keep_prefix``."""
        return keep_prefix(token_maps, self.config.schedule, self.config.tokenizer.codebook_size, batch, name=name)

    def one_picture(self, image: Tensor) -> Tensor:
        """(3, H, W) or (1, 3, H, W) of the model's size → (1, 3, H, W).

        Raises:
            EditingError: for anything else.
        """
        batch = image[None] if isinstance(image, Tensor) and image.dim() == 3 else image
        side = self.config.image_side
        if not isinstance(batch, Tensor) or batch.shape != (1, 3, side, side):
            got = tuple(image.shape) if isinstance(image, Tensor) else shown(image)
            raise EditingError(f"image must be one picture of shape (3, {side}, {side}), got {got}.")
        return batch

    def pictures(self, images: Tensor) -> None:
        """Refuses what is no batch (B, 3, H, W) of the model's size in [0, 1].

        Raises:
            EditingError: for no picture, another shape, a type other than float, or values outside [0, 1].
        """
        side = self.config.image_side
        if not isinstance(images, Tensor) or images.dim() != 4 or images.shape[1:] != (3, side, side):
            got = tuple(images.shape) if isinstance(images, Tensor) else shown(images)
            raise EditingError(f"images must have shape (B, 3, {side}, {side}), got {got}.")
        if not len(images):
            raise EditingError(f"images must hold one picture or more, got the shape {tuple(images.shape)}.")
        if not images.is_floating_point() or not bool(((images >= 0) & (images <= 1)).all()):
            raise EditingError(
                f"images must be floating-point RGB in [0, 1], got {_values(images)}; divide 8-bit values by 255, and "
                "of an image x in [-1, 1] take (x + 1) / 2."
            )

    def latent(self, latent: Tensor) -> None:
        """Refuses what is no latent (B, C, s_K, s_K) of the model.

        Raises:
            SamplingError: for another shape, a type other than float, or numbers that are not finite.
        """
        shape = (self.config.tokenizer.code_dim, *[self.config.schedule.last_side] * 2)
        if not isinstance(latent, Tensor) or latent.dim() != 4 or latent.shape[1:] != shape:
            got = tuple(latent.shape) if isinstance(latent, Tensor) else shown(latent)
            raise SamplingError(f"latent must have shape (B, {', '.join(map(str, shape))}), got {got}.")
        if not len(latent):
            raise SamplingError(f"latent must be of one picture or more, got the shape {tuple(latent.shape)}.")
        if not latent.is_floating_point() or not bool(latent.isfinite().all()):
            raise SamplingError(
                f"latent must hold finite floating-point numbers, got {_values(latent)}; give the latent of a step, "
                "and look for a division by zero in what was done to it."
            )

    def _switch(self, switch: ClassSwitch, batch: int) -> ClassSwitch:
        if not isinstance(switch, ClassSwitch):
            raise SamplingError(f"switch must be a ClassSwitch, got {shown(switch)}.")
        last = self.config.schedule.num_scales - 1
        scale = whole_number(switch.scale, "the scale of a class switch", 1, last, error=SamplingError)
        if switch.cache not in ("keep", "replay"):
            raise SamplingError(f"cache must be 'keep' or 'replay', got {shown(switch.cache)}.")
        if _length(switch.labels, "labels of a class switch") != batch:
            raise SamplingError(f"Switch to one class per picture: got {len(switch.labels)} for {batch}.")
        return ClassSwitch(scale, [self.row_of(class_id) for class_id in switch.labels], switch.cache)


def as_list(values: Any) -> Any:
    """A tensor of class ids or seeds as a list of them, for its items would be no numbers; anything else as it is."""
    return values.tolist() if isinstance(values, Tensor) and values.dim() else values


def plain_ids(class_ids: Sequence[int | None]) -> tuple[Any, ...]:
    """Class ids that were checked, as Python's own numbers, which can be written down."""
    return tuple(None if class_id is None else int(class_id) for class_id in as_list(class_ids))


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _values(tensor: Tensor) -> str:
    if not tensor.is_floating_point():
        return str(tensor.dtype).removeprefix("torch.")
    return "NaN" if bool(tensor.isnan().any()) else f"values from {float(tensor.min()):g} to {float(tensor.max()):g}"


def _length(values: object, name: str) -> int:
    try:
        return len(values)  # type: ignore[arg-type]
    except TypeError:
        raise SamplingError(f"{name} must be a list with one entry per picture, got {shown(values)}.") from None


def _listed(ids: list[int]) -> str:
    if ids == list(range(len(ids))):
        return f"from 0 to {len(ids) - 1}"
    text = ", ".join(map(str, ids[:40]))
    return f"one of {text}{', …' if len(ids) > 40 else ''}"
