"""Training of the next-scale transformer on encoded pictures (VAR §3.1; recipe of the public training code).

Teacher forcing: every position is predicted at once under the block-causal mask; the loss is the cross-entropy
averaged over all L positions, or in some steps over those of the first scales alone (the public training code has a
progressive variant that begins so). Some labels are replaced by the null class, for guidance. What is dropped
(labels, residual branches, fine scales) is drawn for the whole batch from a generator of the step, so it depends
neither on where the run was resumed nor on the number of processes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from var_core.config import ModelConfig
from var_core.errors import TrainingError
from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.averaging import AveragedWeights
from var_core.training.earlier import transformer_identity
from var_core.training.loop import Notify, Row, step_generator, train
from var_core.training.optimizer import Optimizers, inner_matrices, load_scaler, parameter_groups, scaler_state
from var_core.training.order import Batch, Draws, Source, micro_batch, own_part
from var_core.training.processes import mean_over_processes, sum_over_processes
from var_core.training.sample_grid import draw_samples
from var_core.training.schedules import half_cosine, linear_rate
from var_core.training.settings import TransformerTraining
from var_core.training.token_cache import EncodedPictures, encode, split_maps
from var_core.transformer import Transformer
from var_core.validation import whole_number


class TransformerLearner:
    """A ``Learner``; see ``loop``.

    Args:
        config: of the whole model; travels with every checkpoint.
        transformer: with the weights to start from.
        tokenizer: frozen, on the accelerator's device.
        source: batches of token ids (B, L), or of pictures (B, 3, H, W) uint8 that are encoded at each step.
        held_out: encoded pictures to validate on, or None.
    """

    def __init__(
        self, config: ModelConfig, transformer: Transformer, tokenizer: Tokenizer, source: Source,
        held_out: EncodedPictures | None, settings: TransformerTraining, accelerator: Accelerator,
    ) -> None:  # fmt: skip
        self.config, self.transformer, self.tokenizer, self.held_out = config, transformer, tokenizer, held_out
        self.settings, self.accelerator = settings, accelerator
        if settings.coarse_share:
            coarse_scales(settings.coarse_scales, config.schedule)  # complains now or never
        self.draws = Draws(source, seed=settings.seed)
        self.average = AveragedWeights(transformer, settings.ema_decay)
        matrices = inner_matrices(transformer) if settings.optimizer == "muon" else []
        groups = parameter_groups(transformer, settings.weight_decay, besides=matrices)
        self.model = accelerator.prepare(transformer)
        self.optimizer = Optimizers(
            matrices, groups, learning_rate=settings.learning_rate, weight_decay=settings.weight_decay,
            accelerator=accelerator,
        )  # fmt: skip
        self.average.module.to(accelerator.device)

    def step(self, step: int, batches: Sequence[Batch], *, report: bool) -> Row:
        """See ``Learner.step``."""
        settings, accelerator = self.settings, self.accelerator
        generator = step_generator(settings.seed, step)
        unlabelled = torch.rand(settings.batch, generator=generator) < settings.label_dropout
        noise = torch.rand(self.transformer.config.depth, 2, settings.batch, generator=generator)
        length = self._length(generator)
        rate = linear_rate(step, settings.steps, peak=settings.learning_rate, final_ratio=settings.final_rate)
        decay = half_cosine(step, settings.steps, settings.weight_decay, settings.final_weight_decay)
        self.optimizer.set_rate(rate, decay)
        figures = torch.zeros(2, self.transformer.schedule.num_tokens, device=accelerator.device)
        for turn, (data, labels) in enumerate(batches):
            part = self._part(turn)
            ids = self._token_ids(data)
            rows = torch.where(unlabelled[part], self.transformer.null_label, labels).to(accelerator.device)
            drops = noise[:, :, part].to(accelerator.device) if settings.drop_path else None
            inputs = self._inputs(ids)
            with contextlib.nullcontext() if turn + 1 == len(batches) else accelerator.no_sync(self.model):
                logits = self.model(inputs[:, : length - 1], rows, drop_path=settings.drop_path, drop_noise=drops)
                loss = F.cross_entropy(logits.flatten(0, 1), ids[:, :length].flatten())
                accelerator.backward(loss / len(batches))
            if report:
                if length < ids.shape[1]:
                    logits = self._whole(inputs, rows)
                figures += by_position(logits.detach(), ids).mean(1) / len(batches)
        norm = accelerator.clip_grad_norm_(self.model.parameters(), settings.clip)
        self.optimizer.step()
        self.average.update(self.transformer, step + 1)
        if not report:
            return {}
        losses, hits = mean_over_processes(accelerator, figures).cpu()
        row = summary(losses, hits, self.transformer.schedule)
        return {**row, "learning_rate": rate, "weight_decay": decay, "gradient_norm": float(norm)}

    def _length(self, generator: torch.Generator) -> int:
        """Positions that a step trains."""
        settings, schedule = self.settings, self.transformer.schedule
        if float(torch.rand((), generator=generator)) >= settings.coarse_share:
            return schedule.num_tokens
        length: int = schedule.slice(coarse_scales(settings.coarse_scales, schedule) - 1).stop
        return length

    @torch.no_grad()
    def _whole(self, inputs: Tensor, rows: Tensor) -> Tensor:
        """Logits of all positions, where a step was taken on some: a row of the log always speaks of all."""
        with self.accelerator.autocast():
            logits: Tensor = self.transformer(inputs, rows)
        return logits

    def _part(self, turn: int) -> slice:
        """The places in the batch that are this process's in this round."""
        settings, accelerator = self.settings, self.accelerator
        return own_part(settings.batch, settings.accumulate, turn, accelerator.process_index, accelerator.num_processes)

    def _token_ids(self, data: Tensor) -> Tensor:
        """Token ids or pictures → (B, L) int64 on the device."""
        data = data.to(self.accelerator.device)
        return encode(self.tokenizer, data) if data.dtype == torch.uint8 else data.long()

    @torch.no_grad()
    def _inputs(self, ids: Tensor) -> Tensor:
        return self.tokenizer.quantizer.next_inputs(split_maps(ids, self.transformer.schedule))

    @torch.no_grad()
    def validate(self) -> Row:
        """See ``Learner.validate``."""
        accelerator, data = self.accelerator, self.held_out
        if data is None or not len(data):
            return {}
        count = min(len(data), self.settings.validation_pictures)
        mine = list(range(accelerator.process_index, count, accelerator.num_processes))
        sums = torch.zeros(2, self.transformer.schedule.num_tokens, device=accelerator.device)
        size = micro_batch(self.settings.batch, self.settings.accumulate, accelerator.num_processes)
        for first in range(0, len(mine), size):
            ids, labels = data.batch([(index, 0) for index in mine[first : first + size]])
            ids = self._token_ids(ids)
            with accelerator.autocast():
                logits = self.average.module(self._inputs(ids), labels.to(accelerator.device))
            sums += by_position(logits, ids).sum(1)
        losses, hits = sum_over_processes(accelerator, sums).cpu() / count
        row = summary(losses, hits, self.transformer.schedule)
        return {f"validation_{name}": value for name, value in row.items()}

    def draw(self, path: Path) -> None:
        """See ``Learner.draw``: a sheet of samples."""
        draw_samples(self.average.module, self.tokenizer, self.settings.sample_guidance, path)

    def identity(self) -> dict[str, Any]:
        """See ``Learner.identity``."""
        known = transformer_identity(self.config, self.tokenizer, self.settings)
        return {**known, "pictures": len(self.draws.source)}

    def weights(self) -> dict[str, Any]:
        """See ``Learner.weights``."""
        model = self.config.to_dict()
        return {"kind": "transformer", "config": model, "transformer": self.average.module.state_dict()}

    def state(self) -> dict[str, Any]:
        """See ``Learner.state``."""
        return {
            "model": self.transformer.state_dict(), "optimizer": self.optimizer.state_dict(),
            "scaler": scaler_state(self.accelerator),
        }  # fmt: skip

    def load(self, weights: dict[str, Any], state: dict[str, Any]) -> None:
        """See ``Learner.load``."""
        self.average.module.load_state_dict(weights["transformer"])
        self.transformer.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        load_scaler(self.accelerator, state["scaler"])


def train_transformer(
    config: ModelConfig, transformer: Transformer, tokenizer: Tokenizer, source: Source,
    held_out: EncodedPictures | None, settings: TransformerTraining, accelerator: Accelerator,
    notify: Notify = lambda step, row: None,
) -> Transformer:  # fmt: skip
    """Trains until the last step, the time is up or a signal, resuming from ``settings.out``.

    Returns:
        The averaged transformer.

    Raises:
        TrainingError: if the folder holds another run, training diverges, or the disk refuses.
    """
    learner = TransformerLearner(config, transformer, tokenizer, source, held_out, settings, accelerator)
    train(learner, settings, accelerator, notify)
    return learner.average.module


def coarse_scales(asked: int | None, schedule: ScaleSchedule) -> int:
    """How many scales a coarse step trains: as asked, or all but the last two, and always fewer than all.

    Raises:
        TrainingError: if that many are not fewer than all.
    """
    if asked is None:
        return max(1, schedule.num_scales - 2)
    return whole_number(asked, "--coarse-scales", 1, schedule.num_scales - 1, error=TrainingError)


@torch.no_grad()
def by_position(logits: Tensor, ids: Tensor) -> Tensor:
    """(B, L, V) and (B, L) → (2, B, L): cross-entropy, and 1 where the likeliest token is the right one."""
    losses = F.cross_entropy(logits.flatten(0, 1), ids.flatten(), reduction="none").view(ids.shape)
    return torch.stack([losses, (logits.argmax(-1) == ids).float()])


def summary(losses: Tensor, hits: Tensor, schedule: ScaleSchedule) -> Row:
    """Means (L,) by position → the figures of a log row: over all positions, at the last scale, by scale."""
    scales = [schedule.slice(scale) for scale in range(schedule.num_scales)]
    accuracies = [float(hits[scale].mean()) for scale in scales]
    return {
        "loss": float(losses.mean()), "accuracy": float(hits.mean()), "accuracy_last": accuracies[-1],
        "loss_by_scale": [float(losses[scale].mean()) for scale in scales], "accuracy_by_scale": accuracies,
    }  # fmt: skip
