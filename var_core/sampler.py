"""The sampler: one loop over the scales that hands out each as it is made.

    for k = 1 … K:
        logits = transformer(scale k | cache)             guided by guidance·(k−1)/(K−1)       (VAR §3.2, Fig. 4)
        r_k ~ top-p(top-k(logits / temperature))          one draw per position
        f̂  += φ_k(upsample(codebook[r_k]))                the running sum (Alg. 2)
        next input = area-pool(f̂, s_{k+1})

Deviations from the public code, none of which changes what a seed means there for a single picture:
- state lives in a ``_Run`` that belongs to the caller, never on a module;
- noise is drawn on the CPU by one generator per picture, so a picture does not depend on its batch or device;
- guidance 0 runs no unconditional rows at all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from var_core.logits import draw, guide, keep_likely, smooth_weights
from var_core.precision import float32_convolutions
from var_core.quantizer import MultiScaleQuantizer
from var_core.statistics import step_statistics
from var_core.steps import SamplingRequest, ScaleStep
from var_core.transformer import Condition, Transformer


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
    """The state of one call: cache, noise generators, running sum."""

    def __init__(self, transformer: Transformer, quantizer: MultiScaleQuantizer, request: SamplingRequest) -> None:
        self.transformer, self.quantizer, self.request = transformer, quantizer, request
        self.schedule = transformer.schedule
        self.device = transformer.positions.device
        self.batch = len(request.labels)
        self.guided = request.options.guidance > 0
        self.generators = [torch.Generator().manual_seed(seed) for seed in request.seeds]
        self.cache = transformer.new_cache(self.batch * (2 if self.guided else 1))
        self.condition = self._condition(request.labels)
        self.latent: Tensor | None = None
        self.inputs: list[Tensor | None] = [None]  # the pooled sums fed to each scale so far

    @torch.no_grad()
    def step(self, scale: int) -> ScaleStep:
        with float32_convolutions(self.device):
            return self._step(scale)

    def _step(self, scale: int) -> ScaleStep:
        started = time.perf_counter()
        options, side = self.request.options, self.schedule.sides[scale]
        progress = self.schedule.progress(scale)
        strength = options.guidance * progress
        self._switch_class(scale)
        hidden = self.transformer.step(self.inputs[scale], scale, self.condition, self.cache)
        # On a GPU the step above is only enqueued: the noise is drawn while it runs.
        noise = self._noise(side * side)
        smooth_noise = self._noise(side * side) if options.smooth else None
        # A product's rounding depends on its number of rows: asking for statistics must not change it.
        if self.guided and strength == 0:
            logits = self._logits(hidden, slice(0, self.batch))
            unconditional = self._logits(hidden, slice(self.batch, None)) if self.request.statistics else None
        else:
            logits, unconditional = self._split(self.transformer.logits(hidden, self.condition))
        guided = logits if unconditional is None or strength == 0 else guide(logits, unconditional, strength)
        tempered = guided / options.temperature
        filtered = keep_likely(tempered, options.top_k, options.top_p)
        drawn = draw(filtered, noise).view(self.batch, side, side)
        if smooth_noise is None:
            codes = self.quantizer.embed(drawn)  # (B, C, s, s)
        else:
            weights = smooth_weights(filtered, smooth_noise, progress)
            codes = (weights @ self.quantizer.codebook).transpose(1, 2).reshape(self.batch, -1, side, side)
        token_ids, codes, kept = self._put_back(scale, drawn, codes)
        contribution = self.quantizer.contribution(codes, scale)
        self.latent = contribution if self.latent is None else self.latent + contribution
        next_input = self._feed(scale)
        statistics = None
        if self.request.statistics:
            statistics = step_statistics(drawn, logits, unconditional, tempered, filtered, next_input)
        seconds = time.perf_counter() - started
        return ScaleStep(scale, side, token_ids, drawn, kept, self.latent.clone(), strength, seconds, statistics)

    def _condition(self, labels: Sequence[int]) -> Condition:
        rows = list(labels)
        if self.guided:
            rows += [self.transformer.null_label] * self.batch
        with torch.no_grad():
            return self.transformer.condition(torch.tensor(rows, device=self.device))

    def _logits(self, hidden: Tensor, rows: slice) -> Tensor:
        """Logits of the conditional or the unconditional rows alone."""
        condition = Condition(self.condition.embedding[rows], (), self.condition.head[rows])
        return self.transformer.logits(hidden[rows], condition)

    def _split(self, logits: Tensor) -> tuple[Tensor, Tensor | None]:
        return (logits[: self.batch], logits[self.batch :]) if self.guided else (logits, None)

    def _noise(self, positions: int) -> Tensor:
        """Exponential(1) noise (B, n, V), each picture's from its own CPU generator."""
        size = len(self.quantizer.codebook)
        noise = torch.empty(self.batch, positions, size, pin_memory=self.device.type == "cuda")
        for row, generator in enumerate(self.generators):
            noise[row].exponential_(generator=generator)
        return noise.to(self.device, non_blocking=True)

    def _put_back(self, scale: int, drawn: Tensor, codes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Replaces drawn ids and code vectors by the given ones where they are kept."""
        given = self.request.kept
        if given is None or scale >= len(given.token_ids):
            return drawn, codes, torch.zeros(drawn.shape[1:], dtype=torch.bool, device=self.device)
        mask = given.masks[scale].to(self.device)
        given_ids = given.token_ids[scale].to(self.device)
        token_ids = torch.where(mask, given_ids, drawn)
        # Vectors are replaced, not ids: under "smooth" the ids would not describe what is fed on.
        return token_ids, torch.where(mask, self.quantizer.embed(given_ids), codes), mask

    def _feed(self, scale: int) -> Tensor | None:
        """Pools the sum for the next scale, (B, C, s', s'), and notes it as that scale's input."""
        if scale + 1 == self.schedule.num_scales:
            return None
        assert self.latent is not None
        pooled = self.quantizer.pool(self.latent, scale + 1)
        rows = pooled.flatten(2).transpose(1, 2)  # (B, s'², C)
        self.inputs.append(rows.repeat(2 if self.guided else 1, 1, 1))
        return pooled.clone()

    def _switch_class(self, scale: int) -> None:
        switch = self.request.switch
        if switch is None or scale != switch.scale:
            return
        self.condition = self._condition(switch.labels)
        if switch.cache == "replay":
            for earlier in range(scale):
                self.transformer.step(self.inputs[earlier], earlier, self.condition, self.cache)
