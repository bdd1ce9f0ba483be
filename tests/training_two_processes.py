"""Started once per process by a test: both trainings, over however many processes there are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
from training_support import train_small_tokenizer, train_small_transformer

from var_core.training.processes import start_accelerator
from var_core.training.schedules import TermSchedule


def main(out: Path, accumulate: int) -> None:
    """Steps that use everything: the codebook's start, revivals, the critic, dropped labels and branches."""
    torch.set_num_threads(1)
    accelerator = start_accelerator("no", cpu=True, unused_parameters=True)
    note = out / f"process-{accelerator.process_index}-of-{accelerator.num_processes}"
    note.parent.mkdir(parents=True, exist_ok=True)
    note.touch()
    train_small_transformer(out / "transformer", 5, 7, accumulate=accumulate, validate_every=5, log_every=1)
    # Muon's matrices are divided among the processes.
    train_small_transformer(out / "muon", 5, 7, accumulate=accumulate, optimizer="muon", coarse_share=0.5, log_every=1)
    codebook: dict[str, Any] = {"patience": 1, "warmup_unquantized": 1, "log_every": 1}
    train_small_tokenizer(out / "tokenizer", 5, 7, accumulate=accumulate, **codebook, validate_every=5)
    # The critic's adaptive weight belongs to a round, so here only the processes differ.
    train_small_tokenizer(out / "critic", 5, 7, adversarial=TermSchedule(0.5, start=2), **codebook)
    accelerator.end_training()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
