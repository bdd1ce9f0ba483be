"""The figures of a benchmark, as a table and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from app.bench.browser import PageRun
from app.bench.storm import Storm

REPORT_FORMAT = 1


@dataclass(slots=True)
class Report:
    """What was measured; a part that was left out is empty. Times are milliseconds, one entry a round.

    Attributes:
        model, device, precision, threads: what ran.
        round_trip: of the slow link.
        library: ten decoded scales from the library, in this process.
        client: the same from the server, until a program has the last.
        page: runs on the page from this machine.
        far_page: and through the slow link.
        memory: bytes that the server held, every fifth generation.
        growth: megabytes in a hundred generations.
        storm: what became of the storm's requests.
    """

    model: str
    device: str
    precision: str
    threads: int
    round_trip: float
    library: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)
    page: list[PageRun] = field(default_factory=list)
    far_page: list[PageRun] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    growth: float | None = None
    storm: Storm | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing that was seen was wrong, however slow it was."""
        in_order = all(run.in_order for run in (*self.page, *self.far_page))
        return in_order and (self.storm is None or self.storm.wrong + self.storm.lost == 0)

    @property
    def tax(self) -> float | None:
        """The server's time over the library's, by their medians."""
        return _median(self.client) / _median(self.library) if self.client and self.library else None

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"format": REPORT_FORMAT, **asdict(self), "tax": self.tax, "sound": self.sound}


def table(report: Report) -> str:
    """The report as text, with the goal beside what has one."""
    rows: list[tuple[str, str, str]] = []
    for place, runs, goals in (
        ("", report.page, ("< 300 ms", "< 1500 ms")),
        (f", {report.round_trip:g} ms away", report.far_page, ("", "")),
    ):
        if runs:
            scales = len(runs[0].arrivals)
            kept = sum(run.in_order for run in runs)
            rows += [
                (f"Generate → first scale drawn{place}", _ms([run.first_drawn for run in runs]), goals[0]),
                (f"Generate → scale {scales} received{place}", _ms([run.arrivals[-1] for run in runs]), goals[1]),
                (f"runs with {scales} scales drawn in order{place}", f"{kept} of {len(runs)}", f"{len(runs)}"),
            ]
    if report.library:
        rows.append(("library: all scales decoded", _ms(report.library), ""))
    if report.client:
        rows.append(("client: last scale received", _ms(report.client), ""))
    if report.tax is not None:
        rows.append(("streaming tax", f"{report.tax:.2f} ×", "≤ 1.25 ×"))
    if report.growth is not None:
        rows.append(("memory, per 100 generations", f"{report.growth:+.2f} MB", "< 0.5 MB"))
    if report.storm is not None:
        fates = report.storm
        rows.append(
            ("storm: finished, cancelled, refused", f"{fates.finished}, {fates.cancelled}, {fates.refused}", "")
        )
        rows.append(("storm: wrong pictures, requests without an end", f"{fates.wrong}, {fates.lost}", "0, 0"))
    width = [max(len(row[column]) for row in [*rows, ("", "", "")]) for column in range(2)]
    rounds = max(len(report.library), len(report.page))
    counted = f"; medians of {rounds} interleaved rounds" if rounds else ""
    lines = [f"{report.model} on {report.device}, {report.precision}, {report.threads} threads{counted}"]
    if report.far_page:
        medians = [_median(list(times)) for times in zip(*(run.arrivals for run in report.far_page), strict=True)]
        lines.append(f"arrivals {report.round_trip:g} ms away: {' '.join(f'{time:.0f}' for time in medians)} ms")
    return "\n".join(
        [*lines, "", *(f"{name:<{width[0]}}  {figure:>{width[1]}}  {goal}" for name, figure, goal in rows)]
    )


def _median(times: Sequence[float]) -> float:
    return float(statistics.median(times))


def _ms(times: Sequence[float]) -> str:
    return f"{_median(times):.0f} ms"
