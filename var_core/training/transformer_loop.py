"""Training of the next-scale transformer on encoded pictures (VAR §3.1; recipe of the public training code).

Teacher forcing: every position is predicted at once under the block-causal mask; the loss is the cross-entropy
averaged over all L positions. A tenth of the labels is replaced by the null class, for guidance.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn

from var_core.initialization import initialize
from var_core.quantizer import MultiScaleQuantizer
from var_core.training.checkpoints import load_state, save_state
from var_core.training.token_cache import batches, split_maps
from var_core.transformer import Transformer

logger = logging.getLogger(__name__)
UNDECAYED = ("start_position", "positions", "scale_embedding", "adaln_offset", "log_temperature")


@dataclass(frozen=True)
class TransformerTraining:
    """Settings of one run.

    Args:
        out: folder of the run: ``state.pt`` (resumable) and ``log.jsonl``.
        steps: optimiser steps in all.
        minutes: stop (resumably) after so long, or None.
        ema_decay: of the averaged weights, which are the ones to keep.
    """

    out: Path
    steps: int
    batch: int = 16
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    label_dropout: float = 0.1
    drop_path: float = 0.0
    ema_decay: float = 0.999
    minutes: float | None = None
    mixed_precision: str = "bf16"
    seed: int = 0


def train_transformer(
    transformer: Transformer, quantizer: MultiScaleQuantizer, token_ids: Tensor, labels: Tensor,
    settings: TransformerTraining,
) -> dict[str, Tensor]:  # fmt: skip
    """Trains until ``steps`` or ``minutes``, resuming from ``out``; returns the averaged weights."""
    accelerator = Accelerator(mixed_precision=settings.mixed_precision)
    initialize(transformer, seed=settings.seed)
    optimizer = torch.optim.AdamW(parameter_groups(transformer, settings.weight_decay), lr=1.0, betas=(0.9, 0.95))
    average = {name: tensor.clone() for name, tensor in transformer.state_dict().items()}
    state_path, step = settings.out / "state.pt", 0
    settings.out.mkdir(parents=True, exist_ok=True)
    if state_path.exists():
        state = load_state(state_path)
        transformer.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        average, step = state["average"], state["step"]
    model, optimizer = accelerator.prepare(transformer, optimizer)
    started = time.monotonic()
    for ids, rows in batches(token_ids, labels, settings.batch, settings.seed, step):
        if step >= settings.steps:
            break
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, settings)
        torch.manual_seed(settings.seed * 2**32 + step)  # a step's randomness does not depend on where one resumed
        dropped = torch.rand(len(rows)) < settings.label_dropout
        rows = torch.where(dropped, transformer.null_label, rows).to(accelerator.device)
        ids = ids.to(accelerator.device)
        with torch.no_grad():
            inputs = quantizer.next_inputs(split_maps(ids, transformer.schedule))
        with accelerator.autocast():
            logits = model(inputs, rows, drop_path=settings.drop_path)
        loss = F.cross_entropy(logits.flatten(0, 1), ids.long().flatten())
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        decay = min(settings.ema_decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, tensor in transformer.state_dict().items():
                average[name].lerp_(tensor, 1 - decay)
        if step % 25 == 0:
            _write(settings.out / "log.jsonl", step, loss, logits, ids, transformer, started)
        out_of_time = settings.minutes is not None and time.monotonic() - started > settings.minutes * 60
        if step % 250 == 0 or out_of_time or step == settings.steps:
            save_state(state_path, {
                "model": transformer.state_dict(), "optimizer": optimizer.state_dict(), "average": average,
                "step": step,
            })  # fmt: skip
        if out_of_time:
            break
    return average


def parameter_groups(transformer: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Decayed and undecayed parameters: 1-D tensors, biases, positions and AdaLN offsets are not decayed."""
    decayed: list[nn.Parameter] = []
    plain: list[nn.Parameter] = []
    for name, parameter in transformer.named_parameters():
        exempt = parameter.dim() < 2 or name.endswith("bias") or any(part in name for part in UNDECAYED)
        (plain if exempt else decayed).append(parameter)
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}]


def learning_rate(step: int, settings: TransformerTraining) -> float:
    """Warm-up from 0.005 of the peak over a fiftieth, constant for 5 % of the rest, then linear to a tenth."""
    warmup = max(1, settings.steps // 50)
    if step < warmup:
        return settings.learning_rate * (0.005 + 0.995 * step / warmup)
    progress = (step - warmup) / max(1, settings.steps - warmup)
    return settings.learning_rate * min(1.0, 1 - 0.9 * (progress - 0.05) / 0.95)


def _write(log: Path, step: int, loss: Tensor, logits: Tensor, ids: Tensor, model: Transformer, started: float) -> None:
    hit = (logits.argmax(-1) == ids).float()
    row = {
        "step": step, "seconds": round(time.monotonic() - started, 1), "loss": round(loss.item(), 4),
        "accuracy": round(float(hit.mean()), 4),
        "accuracy_last": round(float(hit[:, model.schedule.slice(model.schedule.num_scales - 1)].mean()), 4),
    }  # fmt: skip
    with log.open("a") as file:
        file.write(json.dumps(row) + "\n")
    logger.info("%s", row)
