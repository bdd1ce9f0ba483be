"""Settings of training runs, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from var_core.errors import TrainingError
from var_core.training.schedules import OFF, TermSchedule

OptimizerName = Literal["adamw", "muon"]


@dataclass(frozen=True, kw_only=True)
class LoopSettings:
    """Settings of any run.

    Args:
        out: folder of the run: ``checkpoints``, ``log.jsonl``, ``training.png``, ``samples``.
        steps: optimiser steps in all.
        batch: pictures a step, over all processes and rounds.
        accumulate: rounds that a step's batch is cut into, where memory is short.
        minutes: stop, resumably, after so long; None never.
        mixed_precision: "no", "bf16" or "fp16".
        workers: processes that prepare data, per training process.
        log_every, save_every, validate_every: in steps; 0 for never (the last step always logs and saves). Validation
            also draws samples and curves.
        keep: checkpoints to keep.
        cpu: use no GPU even if there is one.
        optimizer: "adamw", or "muon" for the matrices with AdamW for the rest.
    """

    out: Path
    steps: int
    batch: int = 16
    accumulate: int = 1
    minutes: float | None = None
    mixed_precision: str = "bf16"
    seed: int = 0
    workers: int = 1
    log_every: int = 25
    save_every: int = 500
    validate_every: int = 500
    keep: int = 2
    cpu: bool = False
    optimizer: OptimizerName = "adamw"


@dataclass(frozen=True, kw_only=True)
class TokenizerTraining(LoopSettings):
    """Settings of a run; see also ``LoopSettings``.

    Args:
        learning_rate: peak; warm-up, then half a cosine down to a tenth.
        warmup_unquantized: steps without the quantiser; None for a twentieth of the run.
        keep_codebook: it is trained already and does not start from the data after those steps.
        decoder_only: encoder and codebook stand still, so the token maps of a picture stay what they are.
        warmup_crop: pixels each way of the crops seen until then; None for whole pictures.
        unfinished_share: of the pictures, how many are decoded from an unfinished sum.
        vq_weight: of the VQ loss; the reconstruction counts 1.
        fidelity, perceptual, adversarial: weights of these terms, with start and ramp.
        shuffle: False for pictures that are drawn endlessly.
        validation_pictures: at most so many held-out pictures are looked at.

    Raises:
        TrainingError: for the adversarial term in fp16.
    """

    learning_rate: float = 5e-4
    warmup_steps: int = 200
    warmup_unquantized: int | None = None
    keep_codebook: bool = False
    decoder_only: bool = False
    warmup_crop: int | None = None
    unfinished_share: float = 0.25
    vq_weight: float = 1.0
    fidelity: TermSchedule = OFF
    perceptual: TermSchedule = OFF
    adversarial: TermSchedule = OFF
    weight_decay: float = 0.01
    clip: float = 1.0
    ema_decay: float = 0.999
    patience: int = 100
    shuffle: bool = True
    validation_pictures: int = 48

    def __post_init__(self) -> None:
        if self.adversarial.weight and self.mixed_precision == "fp16":
            raise TrainingError(
                "The adversarial term scales its gradients itself, which fp16 is not made for; give --precision bf16 "
                "or no, or --adversarial 0."
            )

    @property
    def unquantized_steps(self) -> int:
        """``warmup_unquantized`` as a number."""
        return self.steps // 20 if self.warmup_unquantized is None else self.warmup_unquantized

    @property
    def last_revival(self) -> int:
        """No code is reborn in the last tenth of the run: it would not have time to learn its place."""
        return 0 if self.decoder_only else self.steps - self.steps // 10


@dataclass(frozen=True, kw_only=True)
class TransformerTraining(LoopSettings):
    """Settings of a run (published values are in ``recipes``); see also ``LoopSettings``.

    Args:
        learning_rate: peak; warm-up, plateau and linear fall as in ``schedules.linear_rate``.
        final_rate: the last rate over the peak.
        weight_decay, final_weight_decay: moves from one to the other by half a cosine.
        label_dropout: share of pictures that are shown the null class, for guidance.
        drop_path: stochastic depth of the last block.
        coarse_share: of the steps, how many are taken on the first ``coarse_scales`` only. Those hold few of the
            tokens, so such a step is cheap, and decide most of a picture.
        coarse_scales: None for all but the last two.
        alng: initial scale of the AdaLN γ, see ``initialization``; unused in fine-tuning.
        validation_pictures: at most so many held-out pictures are looked at.
        sample_guidance: of the sample grids.
    """

    learning_rate: float = 1e-3
    final_rate: float = 0.1
    weight_decay: float = 0.05
    final_weight_decay: float = 0.05
    label_dropout: float = 0.1
    drop_path: float = 0.0
    coarse_share: float = 0.0
    coarse_scales: int | None = None
    alng: float = 1e-3
    clip: float = 2.0
    ema_decay: float = 0.999
    validation_pictures: int = 512
    sample_guidance: float = 3.0
