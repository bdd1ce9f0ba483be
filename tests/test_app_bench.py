"""The benchmark measures what it says. No time is judged here."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from app_support import save_tiny_model

from app.bench import command, memory
from app.bench.browser import PageRun
from app.bench.report import Report, table
from app.bench.served import resident
from app.bench.storm import Storm, expected_pictures, storm
from app.bench.streams import connected, from_library, from_server
from app.serving import Server, serve
from app.settings import Settings, silence_analytics
from var_core.pipeline import VARPipeline


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    silence_analytics()
    folder = save_tiny_model(tmp_path_factory.mktemp("model"))
    pipe = VARPipeline.from_pretrained(folder, device="cpu", precision="exact")
    server = serve(Settings(model=str(folder), port=0), pipe)
    yield server
    server.close()


def test_both_ways_of_ten_scales_take_some_time(server: Server) -> None:
    request = server.studio.limits.example()
    assert from_library(server.studio.engine.pipe, request) > 0
    assert from_server(connected(server.url), replace(request, seed=3)) > 0


def requests_of(server: Server) -> list[Any]:
    return [replace(server.studio.limits.example(), class_id=417, seed=seed) for seed in (1, 2)]


def test_a_storm_is_counted_whole_and_right_pictures_are_right(server: Server) -> None:
    requests = requests_of(server)
    expected = expected_pictures(server.studio.engine.pipe, requests)
    fates = storm(server.url, requests, expected, clients=3, rounds=2, leaves_after=[2, None])
    assert fates.wrong == fates.lost == 0
    assert fates.finished
    assert fates.cancelled
    assert fates.finished + fates.cancelled + fates.refused == 6


def test_a_picture_that_differs_in_one_level_is_wrong(server: Server) -> None:
    requests = requests_of(server)
    expected = [np.bitwise_xor(pixels, np.eye(1, pixels.size, 7, dtype=np.uint8).reshape(pixels.shape))
                for pixels in expected_pictures(server.studio.engine.pipe, requests)]  # fmt: skip
    fates = storm(server.url, requests, expected, clients=1, rounds=2, leaves_after=[None])
    assert (fates.wrong, fates.finished) == (2, 0)


def test_growth_is_the_slope_of_what_was_read() -> None:
    held = iter(range(10**8, 10**9, 50_000))
    taken = memory.readings(lambda: None, lambda: next(held), generations=50, warm_up=3)
    assert len(taken) == 11
    assert memory.growth(taken) == pytest.approx(1.0)  # 50 kB every fifth generation
    assert memory.growth([5 * 10**8] * 4) == pytest.approx(0)


def test_memory_is_that_of_the_process() -> None:
    held = resident(os.getpid())
    assert held is None or 10**7 < held < 10**11
    assert resident(2**22 + 1) is None


def test_the_table_says_all_and_soundness_is_about_what_was_seen() -> None:
    run = PageRun([100.0 * scale for scale in range(1, 11)], list(range(1, 11)), 130.0)
    report = Report("tiny", "cpu", "exact", 1, 120, [400.0], [440.0], [run], [run], [1, 2], 0.2, Storm(5, 3, 1, 0, 0))
    text = table(report)
    for said in ("130 ms", "1000 ms", "1 of 1", "1.10 ×", "+0.20 MB", "5, 3, 1"):
        assert said in text
    assert report.sound
    assert json.loads(json.dumps(report.to_dict()))["storm"]["finished"] == 5
    assert not replace(report, storm=Storm(5, 3, 1, 1, 0)).sound
    assert not replace(report, storm=Storm(5, 3, 1, 0, 1)).sound
    assert not replace(report, far_page=[replace(run, drawn=[1, 3, *range(4, 11)])]).sound
    assert table(Report("tiny", "cpu", "exact", 1, 120))


def test_what_is_missing_or_wrong_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--rounds", "0"]) == 2
    assert "rounds must be a whole number from 1" in capsys.readouterr().err
    monkeypatch.setattr("app.chromium.NAMES", ("no-such-browser",))
    assert command.main(["--parts", "page"]) == 2
    assert "no-such-browser on the PATH" in capsys.readouterr().err


@pytest.mark.browser
@pytest.mark.soak
def test_the_command_measures_a_server_of_its_own(tmp_path: Path) -> None:
    model, out = save_tiny_model(tmp_path / "model"), tmp_path / "bench.json"
    small = ["--rounds", "1", "--generations", "5", "--clients", "2", "--requests", "2", "--threads", "1"]
    done: list[int] = []
    flags = ["--model", str(model), "--dtype", "float32", "--json", str(out), *small]
    # On a thread of its own: the browser of other tests may have left its loop on this one.
    worker = threading.Thread(target=lambda: done.append(command.main(flags)))
    worker.start()
    worker.join(120)
    assert done == [0]
    report = json.loads(out.read_text())
    assert report["tax"] > 0
    assert len(report["page"]) == len(report["far_page"]) == len(report["client"]) == 1
    assert report["far_page"][0]["drawn"] == list(range(1, 11))
    assert report["storm"]["finished"] + report["storm"]["cancelled"] == 4
