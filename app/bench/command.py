"""Runs the measurements: one round of each in turn, so that whatever else the machine does meets all of them."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from app.bench.browser import opened, pressed
from app.bench.link import slow_link
from app.bench.memory import growth, readings
from app.bench.report import Report, table
from app.bench.served import Served, served
from app.bench.storm import expected_pictures, storm
from app.bench.streams import answers, connected, from_library, from_server, submitted
from app.chromium import chromium
from app.requests import Limits, PictureRequest
from app.settings import PRECISIONS, Settings, silence_analytics
from var_core.errors import VarError
from var_core.pipeline import VARPipeline
from var_core.precision import usable_threads
from var_core.validation import whole_number

PARTS = ("page", "tax", "memory", "storm")
DESCRIPTION = "Measures the demo from outside: medians of interleaved rounds, after one that does not count."
EPILOG = """\
page     from pressing Generate to the first scale drawn and the last received, also through a slow link (Chromium)
tax      the last scale received by a program, over the library's own stream of decoded scales
memory   how much the server grows
storm    starts and cancels from several clients; every finished picture is compared with the library's

The exit code is 1 if a picture was wrong or scales were missed, whatever the times.
"""


def main(arguments: Sequence[str]) -> int:
    """Serves in a process of its own, measures, prints; returns the exit status."""
    options = parser().parse_args(arguments)
    silence_analytics()
    try:
        report = measured(options)
    except (VarError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(table(report) + "\n")
    if options.json is not None:
        options.json.write_text(json.dumps(report.to_dict(), indent=1) + "\n", encoding="utf-8")
    return 0 if report.sound else 1


def parser() -> argparse.ArgumentParser:
    """All flags."""
    flags = argparse.ArgumentParser(
        prog="python -m app bench", description=DESCRIPTION, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    add = flags.add_argument
    add("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure (default: all)")
    add("--rounds", type=int, default=10, help="rounds of page and tax that count (default: 10)")
    add("--round-trip", type=float, default=120.0, metavar="MS", help="of the slow link (default: 120)")
    add("--generations", type=int, default=300, help="of the memory's measurement, after a sixth more (default: 300)")
    add("--clients", type=int, default=6, help="of the storm (default: 6)")
    add("--requests", type=int, default=20, help="of each client (default: 20)")
    add("--json", type=Path, metavar="PATH", help="also write all figures here")
    for name in ("--model", "--device"):
        add(name, default=None, help="as for python app.py")
    add("--precision", "--dtype", choices=list(PRECISIONS), default="auto", help="as for python app.py")
    add("--threads", type=int, help="as for python app.py; also for the library here")
    return flags


def measured(options: argparse.Namespace) -> Report:
    """Everything that was asked for."""
    for name in ("rounds", "generations", "clients", "requests"):
        whole_number(getattr(options, name), name, 1, 100_000)
    flags = {name: getattr(options, name) for name in ("device", "precision", "threads")}
    settings = Settings.read({**flags, "model": options.model or "mini"}, {})
    threads = settings.threads or usable_threads()
    torch.set_num_threads(threads)
    pipe = VARPipeline.from_pretrained(
        settings.models[0], device=settings.device, precision=settings.precision_name
    )  # fmt: skip
    told = [f"--{name}={value}" for name, value in flags.items() if value is not None]
    with contextlib.ExitStack() as stack:
        browser = stack.enter_context(chromium()) if "page" in options.parts else None
        server = stack.enter_context(served([f"--model={settings.model}", *told]))
        report = Report(pipe.config.name, str(pipe.device), pipe.precision.name, threads, options.round_trip)
        example = Limits(pipe.config, settings.max_batch).example()
        _rounds(report, options, pipe, server, browser, example)
        if "memory" in options.parts:
            _memory(report, options, server, example)
        if "storm" in options.parts:
            classes = [label.class_id for label in pipe.config.classes[:4]]
            requests = [replace(example, class_id=one, seed=seed) for one in classes for seed in (1, 2, 3)]
            _say(f"a storm of {options.clients * options.requests} requests")
            report.storm = storm(
                server.url, requests, expected_pictures(pipe, requests), clients=options.clients,
                rounds=options.requests,
            )  # fmt: skip
        return report


def _rounds(
    report: Report, options: argparse.Namespace, pipe: VARPipeline, server: Served, browser: Any,
    example: PictureRequest,
) -> None:  # fmt: skip
    """Page and tax in turn."""
    scales = pipe.config.schedule.num_scales
    with contextlib.ExitStack() as stack:
        turns: list[tuple[list[Any], Callable[[PictureRequest], Any]]] = []
        if "tax" in options.parts:
            client = connected(server.url)
            turns.append((report.library, lambda request: 1000 * from_library(pipe, request)))
            turns.append((report.client, lambda request: 1000 * from_server(client, request)))
        if browser is not None:
            far_url = stack.enter_context(slow_link(server.url, options.round_trip / 1000))
            near, far = opened(browser, server.url, scales), opened(browser, far_url, scales)
            turns.append((report.page, lambda _: pressed(near, scales)))
            turns.append((report.far_page, lambda _: pressed(far, scales)))
        for number in range(options.rounds + 1 if turns else 0):
            _say(f"round {number} of {options.rounds}")
            for kept, measure in turns:
                figure = measure(replace(example, seed=number))
                if number:
                    kept.append(figure)


def _memory(report: Report, options: argparse.Namespace, server: Served, example: PictureRequest) -> None:
    """Memory over many generations; nothing where the system does not tell it."""
    if server.resident() is None:
        _say("this system does not tell how much memory a process holds; left out")
        return
    client, numbers = connected(server.url), iter(range(10**9))

    def generate() -> None:
        for _ in answers(submitted(client, replace(example, seed=next(numbers)))):
            pass

    _say(f"memory over {options.generations} generations")
    report.memory = readings(generate, lambda: server.resident() or 0, options.generations, options.generations // 6)
    report.growth = growth(report.memory)


def _say(message: str) -> None:
    sys.stderr.write(f"… {message}\n")
