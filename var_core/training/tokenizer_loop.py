"""Training of the multi-scale tokenizer: what one step is, how it is validated and what is kept.

The first ``warmup_unquantized`` steps train a plain autoencoder (on small crops, which is faster); then the codebook
starts from its residuals and everything is trained together, with the perceptual and the adversarial term from
their start steps on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from var_core.tokenizer import Tokenizer
from var_core.training.adversary import Adversary
from var_core.training.averaging import AveragedWeights
from var_core.training.code_usage import CodeUsage, code_counts, initialize_codebook, residual_rows
from var_core.training.data import Pictures
from var_core.training.earlier import tokenizer_identity
from var_core.training.loop import Notify, Row, step_generator, train
from var_core.training.losses import fidelity_loss, psnr_by_picture, reconstruction_loss
from var_core.training.optimizer import Optimizers, load_scaler, matrices_of, scaler_state
from var_core.training.order import Batch, Draws, PictureBatches, own_part
from var_core.training.perceptual import PerceptualLoss
from var_core.training.processes import mean_over_processes, rows_of_all, sum_over_processes
from var_core.training.schedules import cosine_rate
from var_core.training.settings import TokenizerTraining
from var_core.training.tokenizer_objective import TokenizerObjective, decode_targets, draw_depths
from var_core.training.tokenizer_source import tokenizer_values
from var_core.training.tokenizer_validation import draw_reconstructions, validate_tokenizer


class TokenizerLearner:
    """A ``Learner``; see ``loop``."""

    def __init__(
        self, tokenizer: Tokenizer, pictures: Pictures, held_out: Pictures | None, settings: TokenizerTraining,
        accelerator: Accelerator,
    ) -> None:  # fmt: skip
        self.tokenizer, self.held_out, self.settings, self.accelerator = tokenizer, held_out, settings, accelerator
        if settings.decoder_only:
            for part in (tokenizer.encoder, tokenizer.pre_quantizer, tokenizer.quantizer):
                part.requires_grad_(False)
        self.draws = Draws(PictureBatches(pictures), seed=settings.seed, shuffle=settings.shuffle)
        self.unquantized_steps = settings.unquantized_steps  # of the run, whatever length is asked for on resuming
        self.average = AveragedWeights(tokenizer, settings.ema_decay)
        self.usage = CodeUsage(tokenizer.schedule.num_scales, tokenizer.config.codebook_size, settings.patience)
        self.objective = accelerator.prepare(TokenizerObjective(tokenizer))
        self.optimizer = self._optimizers()
        self.average.module.to(accelerator.device)
        self.perceptual = PerceptualLoss().to(accelerator.device) if settings.perceptual.weight else None
        self.adversary = None
        if settings.adversarial.weight:
            self.adversary = Adversary(tokenizer.image_side, accelerator)

    def _optimizers(self) -> Optimizers:
        """Muon moves what lies between features and features; pixels, codes and vectors are AdamW's."""
        tokenizer, settings = self.tokenizer, self.settings
        ends = (tokenizer.encoder.conv_in.weight, tokenizer.decoder.conv_out.weight, tokenizer.quantizer.codebook)
        matrices = matrices_of(tokenizer, ends) if settings.optimizer == "muon" else []
        inner = {id(parameter) for parameter in matrices}
        free = [parameter for parameter in tokenizer.parameters() if parameter.requires_grad]
        others = [parameter for parameter in free if id(parameter) not in inner]
        return Optimizers(
            matrices, [{"params": others, "weight_decay": settings.weight_decay}],
            learning_rate=settings.learning_rate, weight_decay=settings.weight_decay, accelerator=self.accelerator,
        )  # fmt: skip

    def step(self, step: int, batches: Sequence[Batch], *, report: bool) -> Row:
        """See ``Learner.step``."""
        settings, accelerator = self.settings, self.accelerator
        generator = step_generator(settings.seed, step)
        quantized = step >= self.unquantized_steps
        depths = draw_depths(
            settings.batch, self.tokenizer.schedule.num_scales, settings.unfinished_share * quantized, generator
        )
        rounds = [images.to(accelerator.device).float().div(255) for images, _ in batches]
        crop = settings.warmup_crop
        if not quantized and crop is not None:
            places = torch.rand(settings.batch, 2, generator=generator)
            rounds = [_crop(images, crop, places[self._part(turn)]) for turn, images in enumerate(rounds)]
        if step == self.unquantized_steps and not settings.keep_codebook:
            self._start_codebook(rounds, generator)
        warmup = min(settings.warmup_steps, settings.steps // 10)
        rate = cosine_rate(step, settings.steps, peak=settings.learning_rate, warmup=warmup)
        self.optimizer.set_rate(rate)
        figures: dict[str, Tensor] = {}
        counts: list[Tensor] = []
        pooled: list[tuple[Tensor, ...]] = []
        share = sum(depth == self.tokenizer.schedule.num_scales - 1 for depth in depths) / len(depths)
        for turn, images in enumerate(rounds):
            mine = depths[self._part(turn)] if quantized else None
            with contextlib.nullcontext() if turn + 1 == len(rounds) else accelerator.no_sync(self.objective):
                terms, token_ids, residuals = self._losses(step, images, mine, share)
                accelerator.backward(terms["loss"] / len(rounds))
            for name, value in terms.items():
                figures[name] = figures.get(name, torch.zeros_like(value)) + value.detach() / len(rounds)
            if quantized:
                counts.append(code_counts(token_ids, len(self.tokenizer.quantizer.codebook)))
                pooled.append(residuals)
        figures["gradient_norm"] = accelerator.clip_grad_norm_(self.objective.parameters(), settings.clip)
        self.optimizer.step()
        if self.adversary and settings.adversarial.at(step):
            self.adversary.step(rate / settings.learning_rate)
        self.average.update(self.tokenizer, step + 1)
        if quantized:
            self.usage.observe(sum_over_processes(accelerator, torch.stack(counts).sum(0)))
            if step < settings.last_revival:
                self._revive(pooled, generator)
        return self._row(figures, rate) if report else {}

    def _losses(
        self, step: int, images: Tensor, depths: list[int] | None, finished_share: float
    ) -> tuple[dict[str, Tensor], tuple[Tensor, ...], tuple[Tensor, ...]]:
        """All terms of one round; what is said of finished pictures counts by their share in the whole batch."""
        settings, tokenizer = self.settings, self.tokenizer
        signed = images * 2 - 1
        output, vq, token_ids, pooled = self.objective(images, depths)
        target = decode_targets(signed, depths, tokenizer.schedule)
        last = tokenizer.schedule.num_scales - 1
        finished = torch.tensor([depth == last for depth in depths or [last] * len(images)], device=images.device)
        weights = finished.float() / (len(images) * max(finished_share, 1e-9) if depths else len(images))
        reconstruction = reconstruction_loss(output, target)
        terms = {"reconstruction": reconstruction, "vq": vq}
        if finished_share:
            terms["psnr"] = (psnr_by_picture(output.detach(), signed) * weights).sum()
        loss = reconstruction
        if settings.fidelity.at(step):
            terms["fidelity"] = fidelity_loss(output, target)
            loss = loss + settings.fidelity.at(step) * terms["fidelity"]
        if self.perceptual and settings.perceptual.at(step):
            terms["perceptual"] = self.perceptual(output, target)
            loss = loss + settings.perceptual.at(step) * terms["perceptual"]
        if self.adversary and settings.adversarial.at(step):
            layer = tokenizer.decoder.conv_out.weight
            terms["adversarial"], weight = self.adversary.judge(output, weights, loss, layer)
            terms["critic"] = self.adversary.learn(output, signed, weights, settings.accumulate)
            loss = loss + settings.adversarial.at(step) * weight * terms["adversarial"]
        terms["loss"] = loss + settings.vq_weight * vq
        return terms, token_ids, pooled

    def _part(self, turn: int) -> slice:
        """The places in the batch that are this process's in this round."""
        settings, accelerator = self.settings, self.accelerator
        return own_part(settings.batch, settings.accumulate, turn, accelerator.process_index, accelerator.num_processes)

    @torch.no_grad()
    def _start_codebook(self, rounds: list[Tensor], generator: torch.Generator) -> None:
        features = [rows_of_all(self.accelerator, self.tokenizer.features(images).float()) for images in rounds]
        quantizer = self.tokenizer.quantizer
        initialize_codebook(quantizer, torch.cat(features), generator)
        self.average.module.quantizer.codebook.copy_(quantizer.codebook)

    @torch.no_grad()
    def _revive(self, pooled: list[tuple[Tensor, ...]], generator: torch.Generator) -> None:
        if not len(self.usage.dead()):
            return
        by_scale = zip(*pooled, strict=True)
        scales = [torch.cat([rows_of_all(self.accelerator, part) for part in parts]) for parts in by_scale]
        codebook = self.tokenizer.quantizer.codebook
        reborn = self.usage.revive(codebook, residual_rows(scales, generator), generator).to(codebook.device)
        self.average.module.quantizer.codebook[reborn] = codebook[reborn]
        momentum = self.optimizer.momentum_of(codebook)
        if momentum is not None:
            momentum[reborn] = 0  # what the dead code was moving towards is no concern of the new one

    def _row(self, figures: dict[str, Tensor], rate: float) -> Row:
        means = {name: float(mean_over_processes(self.accelerator, value.float())) for name, value in figures.items()}
        idle = int((self.usage.idle > self.usage.patience // 2).sum())
        return {**means, "learning_rate": rate, "idle_codes": idle, "used_by_scale": self.usage.take_report()}

    def validate(self) -> Row:
        """See ``Learner.validate``."""
        if self.held_out is None or not len(self.held_out):
            return {}
        return validate_tokenizer(
            self.average.module, self.held_out, self.settings.validation_pictures, self.accelerator
        )

    def draw(self, path: Path) -> None:
        """See ``Learner.draw``: held-out pictures beside what each scale makes of them."""
        if self.held_out is not None and len(self.held_out):
            draw_reconstructions(self.average.module, self.held_out, path)

    def identity(self) -> dict[str, Any]:
        """See ``Learner.identity``."""
        return tokenizer_identity(self.tokenizer, self.settings)

    def weights(self) -> dict[str, Any]:
        """See ``Learner.weights``."""
        config = tokenizer_values(self.tokenizer.config)
        sides = list(self.tokenizer.schedule.sides)
        return {"kind": "tokenizer", "config": config, "sides": sides, "tokenizer": self.average.module.state_dict()}

    def state(self) -> dict[str, Any]:
        """See ``Learner.state``."""
        return {
            "model": self.tokenizer.state_dict(), "optimizer": self.optimizer.state_dict(),
            "usage": self.usage.state(), "unquantized_steps": self.unquantized_steps,
            "scaler": scaler_state(self.accelerator),
            "adversary": self.adversary.state() if self.adversary else None,
        }  # fmt: skip

    def load(self, weights: dict[str, Any], state: dict[str, Any]) -> None:
        """See ``Learner.load``."""
        self.average.module.load_state_dict(weights["tokenizer"])
        self.tokenizer.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.usage.load(state["usage"])
        self.unquantized_steps = state["unquantized_steps"]
        load_scaler(self.accelerator, state["scaler"])
        if self.adversary and state["adversary"]:
            self.adversary.load(state["adversary"])


def train_tokenizer(
    tokenizer: Tokenizer, pictures: Pictures, held_out: Pictures | None, settings: TokenizerTraining,
    accelerator: Accelerator, notify: Notify = lambda step, row: None,
) -> Tokenizer:  # fmt: skip
    """Trains until the last step, the time is up or a signal, resuming from ``settings.out``.

    Returns:
        The averaged tokenizer.

    Raises:
        TrainingError: for settings that this machine cannot serve, another run in the folder, or a full disk.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)  # the critic's first weights
        learner = TokenizerLearner(tokenizer, pictures, held_out, settings, accelerator)
    train(learner, settings, accelerator, notify)
    return learner.average.module


def _crop(images: Tensor, side: int, places: Tensor) -> Tensor:
    """A square of every picture; ``places`` (B, 2) in [0, 1) say where."""
    corners = (places * (images.shape[-1] - side + 1)).long().tolist()
    squares = zip(images, corners, strict=True)
    return torch.stack([image[:, top : top + side, left : left + side] for image, (top, left) in squares])
