"""What lies ready for download belongs to the run that is looked at."""

from __future__ import annotations

import os
from pathlib import Path

from app.shelves import Shelves


def test_a_shelf_is_of_the_run_that_is_looked_at() -> None:
    shelves = Shelves()
    assert shelves.shows("ann", "example")
    assert not shelves.replaced("ann", "example")
    shelves.begin("ann", "1")
    shelves.begin("bob", "2")
    assert shelves.replaced("ann", "example")
    assert [shelves.shows(person, "1") for person in ("ann", "bob")] == [True, False]
    shelves.end("ann", "1")
    assert shelves.recall("ann", "0")
    assert [shelves.shows("ann", run) for run in ("0", "1")] == [True, False]
    assert not shelves.replaced("ann", "1")


def test_a_run_in_work_is_not_put_aside_and_the_end_of_an_earlier_one_does_not_end_it() -> None:
    shelves = Shelves()
    shelves.begin("ann", "1")
    shelves.begin("ann", "2")
    shelves.end("ann", "1")
    assert not shelves.recall("ann", "1")
    assert shelves.shows("ann", "2")
    assert shelves.replaced("ann", "1")


def test_only_the_latest_runs_are_known_and_only_while_their_files_are_there(tmp_path: Path) -> None:
    shelves = Shelves(most_runs=2, most_people=2)
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text(path.name)
        os.utime(path, (0, 0))
        shelves.put(path.name, [str(path)])
        shelves.begin(path.name, path.name)
    assert [shelves.files(name) for name in "abc"] == [None, [str(paths[1])], [str(paths[2])]]
    assert paths[1].stat().st_mtime > 1e9
    paths[1].unlink()
    assert shelves.files("b") is None
    assert [shelves.replaced(name, "other") for name in "abc"] == [False, True, True]
