"""``VARPipeline``: tokenizer, transformer and class names behind one face.

    pipe = VARPipeline.from_pretrained("mini")
    for step in pipe.stream([980], seeds=[0]):
        picture = pipe.decode(step.latent)

Pictures are RGB in [0, 1]. Every value is checked before the model is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from var_core.editing import keep_cells, keep_masked
from var_core.errors import SamplingError
from var_core.hub import DEADLINE
from var_core.loading import LoadedModel, load_folder, load_official, random_model
from var_core.options import SamplingOptions, check_seed
from var_core.precision import without_tf32
from var_core.requests import RequestChecker, as_list, plain_ids
from var_core.sampler import sample_scales
from var_core.saving import save_model
from var_core.steps import ClassSwitch, SamplingRequest, ScaleStep
from var_core.trace import RunSettings, Trace, record
from var_core.transfer import Progress
from var_core.validation import shown


class VARPipeline:
    """A loaded model. It holds no state of any request, so threads may share it.

    Attributes:
        config: sizes, schedule and classes.
        precision: what is in force, and why.
        device: where the weights are.
    """

    def __init__(self, model: LoadedModel) -> None:
        self.config, self.device, self.precision = model.config, model.device, model.precision
        self.tokenizer, self.transformer = model.tokenizer, model.transformer
        self._checker = RequestChecker(model.config)

    @staticmethod
    def from_pretrained(
        name: str | Path = "mini",
        *,
        device: str | None = None,
        precision: str | None = None,
        cache: str | Path | None = None,
        deadline: float = DEADLINE,
        progress: Progress | None = None,
    ) -> VARPipeline:
        """Loads a model by name, from a folder that ``save_pretrained`` wrote, or from the Hugging Face hub.

        Args:
            name: "mini" (embedded), "d16" "d20" "d24" "d30" "d36" (published: fetched, verified and converted once),
                a folder, or "user/name" of a model in our format on the hub.
            device: "cuda", "mps", "cpu", or None for cuda if there is one, else cpu.
            precision: "exact", "fast", or None to choose by hardware.
            cache: folder for what is fetched; None for the Hugging Face cache.
            deadline: seconds for all that is fetched.
            progress: called with bytes that are there and bytes in all while something is fetched.

        Raises:
            CheckpointError: if the model is unknown, damaged or incomplete.
            DownloadError: if it is not here and cannot be fetched.
            DeviceError: if the device or precision is not to be had, or has too little memory.
        """
        return VARPipeline(load_folder(name, device, precision, cache=cache, deadline=deadline, progress=progress))

    @staticmethod
    def from_official(
        tokenizer_path: str | Path,
        transformer_path: str | Path,
        *,
        device: str | None = None,
        precision: str | None = None,
    ) -> VARPipeline:
        """Loads any pair in the official layout; every size is read off the tensors.

        Raises:
            CheckpointError: if a file is damaged, unsafe, or of another layout; if the two do not fit together.
            DeviceError: if the device or precision is not to be had.
        """
        return VARPipeline(load_official(Path(tokenizer_path), Path(transformer_path), device, precision))

    @staticmethod
    def with_random_weights(
        name: str, *, device: str | None = None, precision: str | None = None, seed: int = 0
    ) -> VARPipeline:
        """A published size ("d16" … "d36") with random weights: for benchmarks and tests of speed and memory."""
        return VARPipeline(random_model(name, device, precision, seed))

    def save_pretrained(self, folder: str | Path, *, dtype: torch.dtype = torch.float32) -> None:
        """Writes the model as a folder that ``from_pretrained`` reads.

        Args:
            folder: is made, or replaced as a whole.
            dtype: of most weights: float32, or 16 bits for half the size. The quantiser stays float32, and beside
                bfloat16 the head too.

        Raises:
            CheckpointError: for another type; for float32 in ``fast``, whose weights have been rounded (load with
                ``precision="exact"``, or save them as they are); if the folder cannot be written.
        """
        save_model(Path(folder), self.config, self.tokenizer, self.transformer, dtype)

    def stream(
        self,
        class_ids: Sequence[int | None],
        *,
        seeds: Sequence[int],
        options: SamplingOptions | None = None,
        prefix: Sequence[Tensor] = (),
        switch: ClassSwitch | None = None,
        statistics: bool = False,
    ) -> Iterator[ScaleStep]:
        """Generates pictures and yields every scale as it is made.

        Args:
            class_ids: one per picture, from ``config.classes``; None is the null class.
            seeds: one per picture, 0 … 2³² − 1; a seed means the same picture in any batch (in ``fast``
                not under ``smooth``, and on a GPU only as far as its 16-bit products do not round by batch size).
            options: how to sample; None for the defaults.
            prefix: token maps of scales 1 … k to keep, (B, s, s) or (1, s, s) each; kept scales consume their
                noise, so a picture's own prefix and seed reproduce it (not under ``smooth``, whose blends are
                no token ids).
            switch: another class from a scale on; its ``labels`` are class ids here.
            statistics: also compute ``StepStatistics``.

        Returns:
            An iterator of K ``ScaleStep``s. Arguments are checked before it is returned.

        Raises:
            SamplingError: for an unknown class, a bad seed, a batch of another length or over 64, a bad prefix.
        """
        request = self._checker.request(class_ids, seeds, options, switch, statistics)
        kept = self._checker.prefix(prefix, len(request.labels))
        return self._run(replace(request, kept=kept) if kept.token_ids else request)

    def edit(
        self,
        image: Tensor,
        keep: Tensor,
        class_ids: Sequence[int | None],
        *,
        seeds: Sequence[int],
        options: SamplingOptions | None = None,
        statistics: bool = False,
    ) -> Iterator[ScaleStep]:
        """Regenerates part of a picture (VAR §5): in-painting, out-painting or another class inside a mask.

        Args:
            image: (3, H, W) or (1, 3, H, W) in [0, 1], of the model's size.
            keep: Boolean, (s_K, s_K) cells or (H, W) pixels, True = keep; a cell is kept only if all its pixels
                are.
            class_ids, seeds, options, statistics: as in ``stream``; several give several versions.

        Raises:
            EditingError: if picture or mask has another shape, type or range.
            SamplingError: as ``stream``.
        """
        batch = self._checker.one_picture(image)
        cells = keep_cells(keep, self.config.schedule, self.config.image_side)
        request = self._checker.request(class_ids, seeds, options, None, statistics)
        own = self.encode(batch)
        kept = keep_masked(own, cells.to(self.device), self.config.schedule, len(request.labels))
        return self._run(replace(request, kept=kept))

    def sample(
        self, class_ids: Sequence[int | None], *, seeds: Sequence[int], options: SamplingOptions | None = None
    ) -> Tensor:
        """Generates finished pictures, (B, 3, H, W) float32 in [0, 1]: ``stream``, drained and decoded once."""
        *_, last = self.stream(class_ids, seeds=seeds, options=options)
        return self.decode(last.latent)

    def trace(
        self,
        class_ids: Sequence[int | None],
        *,
        seeds: Sequence[int],
        options: SamplingOptions | None = None,
        prefix: Sequence[Tensor] = (),
        switch: ClassSwitch | None = None,
    ) -> Trace:
        """Runs ``stream`` with statistics and records everything about it; arguments and errors as there."""
        options = options or self.default_options()
        steps = self.stream(class_ids, seeds=seeds, options=options, prefix=prefix, switch=switch, statistics=True)
        return record(self.settings_of(class_ids, seeds, options, switch), list(steps))

    def settings_of(
        self,
        class_ids: Sequence[int | None],
        seeds: Sequence[int],
        options: SamplingOptions,
        switch: ClassSwitch | None = None,
    ) -> RunSettings:
        """The settings under which a stream of this pipeline is to be recorded."""
        if switch is not None:
            switch = replace(switch, labels=plain_ids(switch.labels))
        return RunSettings(
            self.config.name,
            self.precision.name,
            plain_ids(class_ids),
            tuple(map(check_seed, as_list(seeds))),
            options,
            switch,
        )

    def replay(self, trace: Trace) -> Iterator[ScaleStep]:
        """Runs a recorded run again: same settings, seeds and given tokens.

        The same weights in the same precision draw the same tokens. A trace of a model of another name or of the
        other precision runs too, with a warning in the log: what is drawn may then differ.

        Raises:
            SamplingError: if the trace's classes, sides or kept tokens are not this model's.
        """
        return self._run(self._checker.recorded(trace, self.precision.name))

    def default_options(self) -> SamplingOptions:
        """The library's defaults, with ``top_k`` held within this model's codebook."""
        return self._checker.default_options()

    @torch.no_grad()
    def decode(self, latent: Tensor) -> Tensor:
        """A latent (B, C, s_K, s_K) → pictures (B, 3, H, W) float32 in [0, 1].

        An unfinished sum decodes to what the decoder makes of it; only the last is a picture of the model.

        Raises:
            SamplingError: for no picture, another shape, a type other than float, or numbers that are not finite.
        """
        self._checker.latent(latent)
        with without_tf32(self.device):
            return self.tokenizer.decode(latent.to(self.device))

    @torch.no_grad()
    def encode(self, images: Tensor) -> list[Tensor]:
        """Pictures (B, 3, H, W) in [0, 1] → K token maps (B, s_k, s_k) int64, coarse to fine.

        Raises:
            EditingError: for no picture, another shape, a type other than float, or values outside [0, 1].
        """
        self._checker.pictures(images)
        with without_tf32(self.device):
            return self.tokenizer.encode(images.to(self.device))

    @torch.no_grad()
    def reconstruct(self, token_maps: Sequence[Tensor]) -> list[Tensor]:
        """1 … K token maps → the decoded pictures (B, 3, H, W) after each of them.

        Raises:
            SamplingError: if a map has another shape, type or an id outside the codebook.
        """
        first = token_maps[0] if isinstance(token_maps, Sequence) and len(token_maps) else None
        if not isinstance(first, Tensor) or first.dim() != 3 or not len(first):
            raise SamplingError(f"token_maps must be 1 to K maps of shape (B, s, s), got {shown(token_maps)}.")
        kept = self._checker.prefix(token_maps, len(first), name="token_maps")
        with without_tf32(self.device):
            return self.tokenizer.reconstruct([ids.to(self.device) for ids in kept.token_ids])

    def row_of(self, class_id: int | None) -> int:
        """The row of the class embedding for a class id; None is the null class.

        Raises:
            SamplingError: naming the valid ids.
        """
        return self._checker.row_of(class_id)

    def _run(self, request: SamplingRequest) -> Iterator[ScaleStep]:
        return sample_scales(self.transformer, self.tokenizer.quantizer, request)
