"""The sampler: one loop over the scales that hands out each as it is made.

    for k = 1 … K:
        logits = transformer(scale k | cache)             guided by guidance·(k−1)/(K−1)       (VAR §3.2, Fig. 4)
        r_k ~ top-p(top-k(logits / temperature))          one draw per position
        f̂  += φ_k(upsample(codebook[r_k]))                the running sum (Alg. 2)
        next input = area-pool(f̂, s_{k+1})

Deviations from the public code, none of which changes what a seed means there for a single picture:
- state lives in a ``_Run`` and its ``Reading`` that belong to the caller, never on a module;
- noise is drawn on the CPU by one generator per picture and φ is applied to each picture alone, so a picture does not
  depend on its batch nor, up to rounding, on its device. Exceptions, in 16 bits only: products of a GPU may round by
  batch size, and so may the blends of "more smooth" anywhere;
- guidance 0 runs no unconditional rows at all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import torch
from torch import Tensor

from var_core.logits import draw, shape_logits, smooth_weights
from var_core.precision import without_tf32
from var_core.quantizer import MultiScaleQuantizer
from var_core.reading import Reading
from var_core.statistics import step_statistics
from var_core.steps import SamplingRequest, ScaleStep
from var_core.transformer import Transformer


def sample_scales(
    transformer: Transformer, quantizer: MultiScaleQuantizer, request: SamplingRequest
) -> Iterator[ScaleStep]:
    """Yields one ``ScaleStep`` per scale, coarse to fine.

    Each ``next`` may run on another thread; abandoning the generator frees everything. Gradients are off inside
    each step only.
    """
    run = _Run(transformer, quantizer, request)
    for scale in range(transformer.schedule.num_scales):
        yield run.step(scale)


class _Run:
    """The state of one call: what was read, noise generators, running sum."""

    def __init__(self, transformer: Transformer, quantizer: MultiScaleQuantizer, request: SamplingRequest) -> None:
        self.quantizer, self.request = quantizer, request
        self.schedule = transformer.schedule
        self.device = transformer.positions.device
        self.batch = len(request.labels)
        self.generators = [torch.Generator().manual_seed(seed) for seed in request.seeds]
        with without_tf32(self.device):  # what the class contributes is a product, too
            self.reading = Reading(
                transformer, quantizer, request.labels, guided=request.options.guidance > 0, switch=request.switch
            )
        self.latent: Tensor | None = None

    @torch.no_grad()
    def step(self, scale: int) -> ScaleStep:
        with without_tf32(self.device):
            return self._step(scale)

    def _step(self, scale: int) -> ScaleStep:
        started = time.perf_counter()
        options, side = self.request.options, self.schedule.sides[scale]
        progress = self.schedule.progress(scale)
        strength = options.guidance * progress
        hidden = self.reading.hidden(scale)
        # On a GPU the step above is only enqueued: the noise is drawn while it runs.
        noise = self._noise(side * side)
        smooth_noise = self._noise(side * side) if options.smooth else None
        # A product's rounding depends on its number of rows: asking for statistics must not change it.
        if self.reading.guided and strength == 0:
            logits = self.reading.conditional_logits(hidden)
            unconditional = self.reading.unconditional_logits(hidden) if self.request.statistics else None
        else:
            logits, unconditional = self.reading.logits(hidden)
        tempered, filtered = shape_logits(logits, unconditional, strength, options)
        drawn = draw(filtered, noise).view(self.batch, side, side)
        if smooth_noise is None:
            codes = self.quantizer.embed(drawn)  # (B, C, s, s)
        else:
            weights = smooth_weights(filtered, smooth_noise, progress)
            codes = (weights @ self.quantizer.codebook).transpose(1, 2).reshape(self.batch, -1, side, side)
        token_ids, codes, kept = self._put_back(scale, drawn, codes)
        contribution = self.quantizer.contribution_of_each(codes, scale)
        self.latent = contribution if self.latent is None else self.latent + contribution
        next_input = self.reading.feed(self.latent, scale)
        statistics = None
        if self.request.statistics:
            statistics = step_statistics(drawn, logits, unconditional, tempered, filtered, next_input)
        seconds = time.perf_counter() - started
        return ScaleStep(scale, side, token_ids, drawn, kept, self.latent.clone(), strength, seconds, statistics)

    def _noise(self, positions: int) -> Tensor:
        """Exponential(1) noise (B, n, V), each picture's from its own CPU generator."""
        size = len(self.quantizer.codebook)
        pinned = self.device.type == "cuda"
        noise = torch.empty(self.batch, positions, size, pin_memory=pinned)
        for row, generator in enumerate(self.generators):
            noise[row].exponential_(generator=generator)
        # Only memory that is pinned may be let go of before the copy has ended.
        return noise.to(self.device, non_blocking=pinned)

    def _put_back(self, scale: int, drawn: Tensor, codes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Replaces drawn ids and code vectors by the given ones where they are kept."""
        given = self.request.kept
        if given is None or scale >= len(given.token_ids):
            return drawn, codes, torch.zeros(drawn.shape[1:], dtype=torch.bool, device=self.device)
        mask = given.masks[scale].to(self.device, copy=True)  # the step owns it, not whoever gave it
        given_ids = given.token_ids[scale].to(self.device)
        token_ids = torch.where(mask, given_ids, drawn)
        # Vectors are replaced, not ids: under "smooth" the ids would not describe what is fed on.
        return token_ids, torch.where(mask, self.quantizer.embed(given_ids), codes), mask
