"""Arguments that several commands share, and how they become the library's values."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

import torch
from tqdm import tqdm

from var_core.errors import SamplingError
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.precision import usable_threads
from var_core.transfer import Progress


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """--model, --device, --precision."""
    parser.add_argument("--model", default="mini", help="a model's name (see `models`) or folder; default: mini")
    parser.add_argument("--device", help="cuda, mps or cpu; default: the best there is")
    parser.add_argument("--precision", choices=["exact", "fast"], help="default: fast where the hardware is good at it")


def load(options: argparse.Namespace) -> VARPipeline:
    """The pipeline that the arguments name, on all processors this process may use."""
    torch.set_num_threads(usable_threads())
    with bytes_bar() as progress:
        return VARPipeline.from_pretrained(
            options.model, device=options.device, precision=options.precision, progress=progress
        )


@contextlib.contextmanager
def bytes_bar() -> Iterator[Progress]:
    """A progress bar of bytes on standard error, which appears only when something is fetched."""
    bar: tqdm[None] | None = None

    def advance(arrived: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, unit="B", unit_scale=True, unit_divisor=1000, leave=False)
        bar.update(arrived - bar.n)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.close()


def add_sampling_arguments(parser: argparse.ArgumentParser) -> None:
    """--guidance, --top-k, --top-p, --temperature, --smooth."""
    parser.add_argument("--guidance", type=float, default=4.0, help="0 … 100, 0 is off; default: 4")
    parser.add_argument("--top-k", type=int, help="1 … codebook size, 0 is off; default: 900, or all codes if fewer")
    parser.add_argument("--top-p", type=float, default=0.95, help="(0, 1], 0 is off; default: 0.95")
    parser.add_argument("--temperature", type=float, default=1.0, help="(0, 5]; default: 1")
    parser.add_argument("--smooth", action="store_true", help="feed on blends of codes")


def sampling_options(options: argparse.Namespace, pipe: VARPipeline) -> SamplingOptions:
    """The arguments as ``SamplingOptions``: a 0 that a person typed means off."""
    top_k = pipe.default_options().top_k if options.top_k is None else options.top_k
    return SamplingOptions(
        guidance=options.guidance,
        top_k=None if top_k == 0 else top_k,
        top_p=None if options.top_p == 0 else options.top_p,
        temperature=options.temperature,
        smooth=options.smooth,
    )


def parent_exists(path: Path) -> Path:
    """The path, after making the folder it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def class_id_of(text: str) -> int | None:
    """A class id as typed; "none" is the null class.

    Raises:
        SamplingError: if it is neither.
    """
    if text.lower() == "none":
        return None
    if not text.isascii() or not text.isdigit():
        raise SamplingError(f"--class-id must be whole numbers or none, got {text[:40]!r}.")
    return int(text)
