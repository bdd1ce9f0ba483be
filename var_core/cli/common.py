"""Arguments that several commands share, and how they become the library's values."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from dataclasses import replace

import torch
from tqdm import tqdm

from var_core.errors import SamplingError
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline
from var_core.precision import usable_threads
from var_core.transfer import Progress

DEFAULT_MODEL = "mini"


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """--model, --device, --precision; what is not given is None."""
    parser.add_argument("--model", help="a model's name (see `models`) or folder; default: mini")
    parser.add_argument("--device", help="cuda, mps or cpu; default: cuda if there is one, else cpu")
    parser.add_argument("--precision", choices=["exact", "fast"], help="default: fast where the hardware is good at it")


def load(options: argparse.Namespace) -> VARPipeline:
    """The pipeline that the arguments name, on all processors this process may use."""
    torch.set_num_threads(usable_threads())
    with bytes_bar() as progress:
        return VARPipeline.from_pretrained(
            options.model or DEFAULT_MODEL, device=options.device, precision=options.precision, progress=progress
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
    """--guidance, --top-k, --top-p, --temperature, --smooth; what is not given is None."""
    parser.add_argument("--guidance", type=float, help="0 … 100, 0 is off; default: 4")
    parser.add_argument("--top-k", type=int, help="1 … codebook size, 0 is off; default: 900, or all codes if fewer")
    parser.add_argument("--top-p", type=float, help="(0, 1], 0 is off; default: 0.95")
    parser.add_argument("--temperature", type=float, help="0.01 … 5; default: 1")
    parser.add_argument("--smooth", action=argparse.BooleanOptionalAction, help="feed on blends of codes; default: no")


def sampling_options(options: argparse.Namespace, default: SamplingOptions) -> SamplingOptions:
    """``default`` with what was given in its place: a 0 that a person typed for top-k or top-p means off."""
    given = {name: getattr(options, name) for name in ("guidance", "top_k", "top_p", "temperature", "smooth")}
    off = {name: None for name in ("top_k", "top_p") if given[name] == 0}
    return replace(default, **{**{name: value for name, value in given.items() if value is not None}, **off})


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
