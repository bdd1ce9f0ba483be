"""Imported by a fork server only: makes a step, so that what is imported late is there in every process forked off."""

from __future__ import annotations

import tempfile
from pathlib import Path

from training_support import train_to_be_killed

with tempfile.TemporaryDirectory() as folder:
    train_to_be_killed(Path(folder), 1)
