"""The loop around ``tokenizer_training``: data, optimiser, schedule, checkpoints, log."""

from __future__ import annotations

import json
import logging
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader

from var_core.config import TokenizerConfig
from var_core.scales import ScaleSchedule
from var_core.tokenizer import Tokenizer
from var_core.training.checkpoints import load_state, save_state
from var_core.training.data import ProceduralPictures
from var_core.training.tokenizer_training import CodeUsage, residual_rows, tokenizer_step

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TokenizerTraining:
    """Settings of one run.

    Args:
        out: folder of the run: ``state.pt`` (resumable) and ``log.jsonl``.
        steps: optimiser steps in all; the learning rate decays to a tenth by a half cosine over them.
        minutes: stop (resumably) after so long, or None.
    """

    out: Path
    class_ids: tuple[int, ...]
    steps: int
    batch: int = 8
    learning_rate: float = 4e-4
    warmup_unquantized: int = 400
    unfinished_share: float = 0.25
    texture_every: int = 4
    workers: int = 1
    minutes: float | None = None
    mixed_precision: str = "bf16"
    seed: int = 0


def train_tokenizer(config: TokenizerConfig, schedule: ScaleSchedule, settings: TokenizerTraining) -> Tokenizer:
    """Trains until ``steps`` or ``minutes``, resuming from ``out`` if a state lies there."""
    accelerator = Accelerator(mixed_precision=settings.mixed_precision)
    torch.manual_seed(settings.seed)
    tokenizer = Tokenizer(config, schedule)
    optimizer = torch.optim.AdamW(
        tokenizer.parameters(), lr=settings.learning_rate, betas=(0.9, 0.95), weight_decay=0.01
    )
    usage = CodeUsage(config.codebook_size, patience=100)
    state_path, step = settings.out / "state.pt", 0
    if state_path.exists():
        state = load_state(state_path)
        tokenizer.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        usage.idle, step = state["idle"], state["step"]
        torch.set_rng_state(state["rng"])
    side = tokenizer.image_side
    data = ProceduralPictures(settings.class_ids, 10**9, side=side, texture_every=settings.texture_every)
    order = range(step * settings.batch, settings.steps * settings.batch)
    loader = DataLoader(data, batch_size=settings.batch, sampler=order, num_workers=settings.workers)
    model, optimizer, loader = accelerator.prepare(tokenizer, optimizer, loader)
    generator = torch.Generator().manual_seed(settings.seed + step)
    started, log = time.monotonic(), settings.out / "log.jsonl"
    settings.out.mkdir(parents=True, exist_ok=True)
    for images, _ in loader:
        images = images.float().div(255)
        quantized = step >= settings.warmup_unquantized
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, settings)
        with accelerator.autocast():
            losses, token_maps, pooled = tokenizer_step(
                model, images, quantized=quantized, unfinished_share=settings.unfinished_share
            )
        accelerator.backward(losses.total)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if quantized:
            usage.observe(token_maps)
            if step == settings.warmup_unquantized:
                usage.idle.fill_(usage.patience)
            usage.revive(tokenizer.quantizer.codebook, residual_rows(pooled), generator)
        step += 1
        if step % 25 == 0:
            _write(log, step, losses, usage, started)
        out_of_time = settings.minutes is not None and time.monotonic() - started > settings.minutes * 60
        if step % 500 == 0 or out_of_time or step == settings.steps:
            save_state(state_path, _state(tokenizer, optimizer, usage, step))
        if out_of_time:
            break
    return tokenizer


def learning_rate(step: int, settings: TokenizerTraining) -> float:
    """Linear warm-up over 200 steps, then a half cosine down to a tenth."""
    warm = min(1.0, (step + 1) / 200)
    return settings.learning_rate * warm * (0.1 + 0.45 * (1 + math.cos(math.pi * step / settings.steps)))


def _state(tokenizer: Tokenizer, optimizer: Any, usage: CodeUsage, step: int) -> dict[str, Any]:
    return {
        "config": asdict(tokenizer.config),
        "model": tokenizer.state_dict(),
        "optimizer": optimizer.state_dict(),
        "idle": usage.idle,
        "step": step,
        "rng": torch.get_rng_state(),
    }


def _write(log: Path, step: int, losses: Any, usage: CodeUsage, started: float) -> None:
    row = {
        "step": step, "seconds": round(time.monotonic() - started, 1),
        "reconstruction": round(float(losses.reconstruction), 4), "vq": round(float(losses.vq), 5),
        "psnr": round(float(losses.psnr), 2),
        "idle_codes": int((usage.idle > usage.patience // 2).sum()),
    }  # fmt: skip
    with log.open("a") as file:
        file.write(json.dumps(row) + "\n")
    logger.info("%s", row)
