"""Reading: what the transformer holds of one call, scale by scale, whoever decides the tokens.

    hidden_k = transformer(pooled f̂_{k−1} | cache of scales 1 … k−1, class)          (VAR §3.2, Fig. 4)

The sampler reads a scale, draws it and feeds the sum; inspection reads the same scales with tokens that are known.
Under guidance every picture has two rows: B conditional ones, then B of the null class.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from var_core.quantizer import MultiScaleQuantizer
from var_core.steps import ClassSwitch
from var_core.transformer import Condition, Transformer, Watch


class Reading:
    """Cache, class and inputs of one call; belongs to the caller. Enter it without gradients.

    Args:
        transformer, quantizer: of the model.
        labels: B rows of the class embedding.
        guided: whether to read unconditional rows too.
        switch: another class from a scale on (its ``labels`` are rows of the class embedding), or None.
    """

    def __init__(
        self,
        transformer: Transformer,
        quantizer: MultiScaleQuantizer,
        labels: Sequence[int],
        *,
        guided: bool,
        switch: ClassSwitch | None = None,
    ) -> None:
        self.transformer, self.quantizer = transformer, quantizer
        self.guided, self.switch = guided, switch
        self.batch = len(labels)
        self.cache = transformer.new_cache(self.batch * self._branches)
        self.condition = self._condition(labels)
        self.inputs: list[Tensor | None] = [None]  # the pooled sums fed to each scale so far

    def hidden(self, scale: int, watch: Watch | None = None) -> Tensor:
        """Reads a scale whose coarser ones have been read and fed: (B or 2B, s², width)."""
        self._switch_class(scale)
        return self.transformer.step(self.inputs[scale], scale, self.condition, self.cache, watch)

    def logits(self, hidden: Tensor) -> tuple[Tensor, Tensor | None]:
        """Hidden states (B or 2B, n, width) → conditional and, if read, unconditional logits (B, n, V) float32."""
        logits = self.transformer.logits(hidden, self.condition)
        return (logits[: self.batch], logits[self.batch :]) if self.guided else (logits, None)

    def conditional_logits(self, hidden: Tensor) -> Tensor:
        """Logits (B, n, V) of the conditional rows alone."""
        return self._logits(hidden, slice(0, self.batch))

    def unconditional_logits(self, hidden: Tensor) -> Tensor:
        """Logits (B, n, V) of the unconditional rows alone."""
        return self._logits(hidden, slice(self.batch, None))

    def feed(self, latent: Tensor, scale: int) -> Tensor | None:
        """Notes f̂ after ``scale``, (B, C, s_K, s_K), as the next scale's input.

        Returns:
            the pooled sum (B, C, s', s'), a snapshot; None after the last scale.
        """
        if scale + 1 == self.transformer.schedule.num_scales:
            return None
        pooled = self.quantizer.pool(latent, scale + 1)
        rows = pooled.flatten(2).transpose(1, 2)  # (B, s'², C)
        self.inputs.append(rows.repeat(self._branches, 1, 1))
        return pooled.clone()

    @property
    def _branches(self) -> int:
        return 2 if self.guided else 1

    def _condition(self, labels: Sequence[int]) -> Condition:
        rows = list(labels)
        if self.guided:
            rows += [self.transformer.null_label] * self.batch
        with torch.no_grad():
            return self.transformer.condition(torch.tensor(rows, device=self.transformer.positions.device))

    def _logits(self, hidden: Tensor, rows: slice) -> Tensor:
        condition = Condition(self.condition.embedding[rows], (), self.condition.head[rows])
        return self.transformer.logits(hidden[rows], condition)

    def _switch_class(self, scale: int) -> None:
        switch = self.switch
        if switch is None or scale != switch.scale:
            return
        self.condition = self._condition(switch.labels)
        if switch.cache == "replay":
            for earlier in range(scale):
                self.transformer.step(self.inputs[earlier], earlier, self.condition, self.cache)
