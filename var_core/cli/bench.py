"""``bench``: speed and memory of a model on this machine."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch

from var_core.cli.outputs import Kind, parent_exists
from var_core.evaluation.benchmark import Report, benchmark
from var_core.pipeline import VARPipeline
from var_core.precision import usable_threads
from var_core.requests import MAX_BATCH
from var_core.validation import whole_number

WRITES: dict[str, Kind] = {"json": "file"}
HELP = "Measure speed and memory: medians of interleaved runs after a warm-up."
EXAMPLES = """examples:
  python -m var_core bench                                        the embedded model
  python -m var_core bench --model d16 --random-weights           a published size, no download
  python -m var_core bench --precision exact --threads 2 --json bench.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("--model", default="mini", help="mini, a folder, or with --random-weights d16 … d36")
    parser.add_argument("--random-weights", action="store_true", help="fill a published size with random weights")
    parser.add_argument("--precision", choices=["exact", "fast", "both"], default="both", help="default: both")
    parser.add_argument("--device", help="cuda, mps or cpu; default: cuda if there is one, else cpu")
    parser.add_argument("--threads", type=int, help="CPU threads; default: all that this process may use")
    parser.add_argument("--batch", type=int, default=1, help="pictures at once (1 … 64)")
    parser.add_argument("--repeats", type=int, default=5, help="measured rounds after one warm-up")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the figures here")


def run(options: argparse.Namespace) -> None:
    """Runs the benchmark and prints its table."""
    threads = whole_number(options.threads or usable_threads(), "--threads", 1, 1024)
    batch = whole_number(options.batch, "--batch", 1, MAX_BATCH)
    repeats = whole_number(options.repeats, "--repeats", 1, 1000)
    torch.set_num_threads(threads)

    def load(precision: str) -> VARPipeline:
        if options.random_weights:
            return VARPipeline.with_random_weights(options.model, device=options.device, precision=precision)
        return VARPipeline.from_pretrained(options.model, device=options.device, precision=precision)

    precisions = ["exact", "fast"] if options.precision == "both" else [options.precision]
    report = benchmark(
        load, precisions, batch=batch, repeats=repeats,
        progress=lambda message: print(f"… {message}", file=sys.stderr),
    )  # fmt: skip
    print(table(report))
    if options.json is not None:
        parent_exists(options.json).write_text(json.dumps(report.to_dict(), indent=1) + "\n", encoding="utf-8")


def table(report: Report) -> str:
    """The report as text."""
    lines = [
        f"{report.model} on {report.device}, {report.threads} threads, batch {report.batch}; "
        f"medians of {report.repeats} interleaved runs, milliseconds",
        f"plain float32 decode {report.plain_decode:.1f} · peak memory {report.peak_memory / 2**20:.0f} MiB",
    ]
    for timing in report.timings:
        lines += [
            "",
            f"{timing.precision}: load {timing.load:.0f} · first picture {timing.first_picture:.0f} · "
            f"stream of all scales {timing.stream:.1f} · final only {timing.final_only:.1f}",
            f"{'scale':>7} {'transformer':>12} {'draw':>8} {'decode':>8}",
        ]
        lines += [
            f"{f'{row.side}×{row.side}':>7} {row.transformer:>12.1f} {row.draw:>8.1f} {row.decode:>8.1f}"
            for row in timing.scales
        ]
    if len(report.timings) == 2:
        exact, fast = report.timings
        lines += ["", f"fast / exact: final only {fast.final_only / exact.final_only:.2f}, "
                      f"stream {fast.stream / exact.stream:.2f}"]  # fmt: skip
    return "\n".join(lines)
