"""The engine keeps its promises whatever its readers do."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import random
import threading
import weakref
from collections.abc import Iterator

import pytest
import torch
from app_support import StandIn, Work, awaited

from app.engine import Engine
from app.run import Answered, Busy, Failed, Finished, OutOfMemory, Run, ScaleDone, Stopped, TimedOut, Waiting
from var_core.errors import SamplingError


@pytest.fixture
def pipe() -> StandIn:
    return StandIn()


@pytest.fixture
def engine(pipe: StandIn) -> Iterator[Engine]:
    engine = Engine(pipe, queue_size=8, deadline=20)
    yield engine
    engine.close()


def scales(run: Run) -> list[ScaleDone]:
    return [event for event in run if isinstance(event, ScaleDone)]


def test_a_run_tells_every_scale_in_order_and_ends(engine: Engine) -> None:
    *_, last = events = list(engine.submit(Work(7)))
    done = [event for event in events if isinstance(event, ScaleDone)]
    assert [event.step.scale for event in done] == list(range(10))
    assert all((event.pixels == 7).all() and event.milliseconds > 0 for event in done)
    assert isinstance(last, Finished)


def test_many_threads_and_a_storm_of_cancels_never_put_two_steps_into_the_model(engine: Engine, pipe: StandIn) -> None:
    wrong: list[str] = []
    finished = threading.Semaphore(0)

    def customer(number: int) -> None:
        dice = random.Random(number)
        for attempt in range(6):
            mark = (number * 16 + attempt) % 256
            try:
                run = engine.submit(Work(mark))
            except Busy:
                continue
            leaves_after = dice.choice([0, 1, 3, None, None])
            seen = 0
            for event in run:
                if isinstance(event, ScaleDone):
                    seen += 1
                    if not (event.pixels == mark).all():
                        wrong.append(f"customer {number} saw somebody else's picture")
                if isinstance(event, Failed):
                    wrong.append(repr(event.error))
                if isinstance(event, Finished):
                    finished.release()
                    if seen != 10:
                        wrong.append(f"a finished run had {seen} scales")
                if seen == leaves_after:
                    engine.cancel(run)

    threads = [threading.Thread(target=customer, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong
    assert pipe.most_inside == 1
    assert finished.acquire(blocking=False)
    assert len(scales(engine.submit(Work(1)))) == 10


def test_cancelling_stops_within_one_scale_and_frees_the_engine(engine: Engine, pipe: StandIn) -> None:
    gate = threading.Semaphore(0)
    run = engine.submit(Work(gate=gate))
    events = iter(run)
    while not isinstance(next(events), ScaleDone):
        pass
    engine.cancel(run)
    gate.release()  # the scale that had begun may end; no other may begin
    assert isinstance(list(events)[-1], Stopped)
    assert pipe.steps <= 2
    assert len(scales(engine.submit(Work()))) == 10


def test_leaving_the_loop_cancels(engine: Engine, pipe: StandIn) -> None:
    for event in engine.submit(Work()):
        if isinstance(event, ScaleDone):
            break
    gc.collect()
    assert len(scales(engine.submit(Work()))) == 10
    assert pipe.steps <= 12


def test_a_full_line_refuses_places_are_told_and_a_cancelled_one_is_free_at_once(pipe: StandIn) -> None:
    engine, gate = Engine(pipe, queue_size=2), threading.Semaphore(0)
    try:
        running = iter(engine.submit(Work(gate=gate)))
        while not isinstance(next(running), ScaleDone):
            pass
        second, third = engine.submit(Work()), engine.submit(Work())
        with pytest.raises(Busy):
            engine.submit(Work())
        waiting = iter(third)
        assert next(waiting) == Waiting(2)
        engine.cancel(second)
        assert isinstance(list(second)[-1], Stopped)
        fourth = engine.submit(Work())  # its place is free although the model is still busy
        assert next(waiting) == Waiting(1)
        for _ in range(20):
            gate.release()
        assert isinstance(list(waiting)[-1], Finished)
        assert isinstance(list(fourth)[-1], Finished)
    finally:
        engine.close()


def test_one_owner_has_one_run(engine: Engine) -> None:
    gate = threading.Semaphore(0)
    former = engine.submit(Work(gate=gate), owner="a")
    bystander = engine.submit(Work(3), owner="b")
    latter = engine.submit(Work(4), owner="a")
    gate.release()
    assert isinstance(list(former)[-1], Stopped)
    assert len(scales(bystander)) == len(scales(latter)) == 10
    assert engine.cancel_owner("a") is False


def test_an_exception_becomes_an_event_and_the_next_request_works(engine: Engine) -> None:
    *_, last = engine.submit(Work(fail_at=4))
    assert isinstance(last, Failed)
    assert isinstance(last.error, RuntimeError)
    assert last.error.__traceback__ is None
    assert len(scales(engine.submit(Work()))) == 10


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), OutOfMemory),
        (MemoryError(), OutOfMemory),
        (RuntimeError("MPS backend out of memory (MPS allocated: 17 GB, other allocations: 1 GB)."), OutOfMemory),
        (SamplingError("no such class"), SamplingError),
    ],
)
def test_errors_keep_their_meaning(engine: Engine, raised: Exception, told: type[Exception]) -> None:
    *_, last = engine.submit(Work(fail_at=0, error=raised))
    assert isinstance(last, Failed)
    assert isinstance(last.error, told)


def test_memory_that_ran_out_on_the_processor_is_told_and_the_requests_own_is_free_before_the_cache_is_emptied(
    pipe: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[weakref.ref[torch.Tensor]] = []
    alive: list[bool] = []

    def perform(task: object) -> Iterator[dict[str, object]]:
        activations = torch.zeros(3)
        kept.append(weakref.ref(activations))
        yield {}
        try:
            raise ValueError("on the way")
        except ValueError:
            torch.empty(10**15)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: alive.append(kept[-1]() is not None))
    engine = Engine(pipe, perform=perform)
    try:
        *_, last = engine.submit(Work())
    finally:
        engine.close()
    assert isinstance(last, Failed)
    assert isinstance(last.error, OutOfMemory)
    assert alive == [False]


def test_the_worker_works_in_the_context_of_whoever_submitted(pipe: StandIn) -> None:
    visitor = contextvars.ContextVar("visitor", default="nobody")

    def perform(task: object) -> Iterator[dict[str, object]]:
        yield {"visitor": visitor.get()}
        yield {"visitor": visitor.get()}

    engine = Engine(pipe, perform=perform)

    def visit(name: str) -> Run:
        visitor.set(name)
        return engine.submit(Work())

    try:
        runs = [contextvars.copy_context().run(visit, name) for name in ("first", "second")]
        seen = [event.value["visitor"] for run in runs for event in run if isinstance(event, Answered)]
    finally:
        engine.close()
    assert seen == ["first", "first", "second", "second"]


def test_a_run_past_its_deadline_is_ended() -> None:
    engine = Engine(StandIn(seconds=0.02), deadline=0.05)
    try:
        *_, last = engine.submit(Work())
        assert isinstance(last, Failed)
        assert isinstance(last.error, TimedOut)
        assert isinstance(list(engine.submit(Work()))[-1], Failed)  # the worker is alive
    finally:
        engine.close()


def test_an_event_loop_reads_a_run_without_blocking(engine: Engine) -> None:
    async def read(mark: int) -> list[int]:
        return [event.pixels[0, 0, 0, 0] async for event in engine.submit(Work(mark)) if isinstance(event, ScaleDone)]

    async def both() -> list[list[int]]:
        return await asyncio.gather(read(1), read(2), read(3))

    assert awaited(both()) == [[1] * 10, [2] * 10, [3] * 10]


def test_a_cancelled_reader_on_an_event_loop_frees_the_engine(engine: Engine, pipe: StandIn) -> None:
    gate = threading.Semaphore(0)

    async def leave() -> None:
        async def read() -> None:
            async for _ in engine.submit(Work(gate=gate)):
                pass

        task = asyncio.create_task(read())
        while not pipe.steps:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    awaited(leave())
    gate.release()
    assert len(scales(engine.submit(Work()))) == 10
    assert pipe.steps <= 12


@pytest.mark.parametrize("ticks", range(6))
def test_a_cancellation_that_meets_an_arrival_is_not_lost(ticks: int) -> None:
    async def leave() -> bool:
        run = Run(Work(), None, patience=20, ahead=0)

        async def read() -> None:
            async for _ in run:
                pass

        task = asyncio.create_task(read())
        for _ in range(10):
            await asyncio.sleep(0)
        run.post(Waiting(0))
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=20)
        return task.cancelled() and run.cancelled

    assert awaited(leave())


def test_nothing_of_a_finished_run_is_kept(engine: Engine) -> None:
    task = Work()
    kept = weakref.ref(task)
    list(engine.submit(task))
    del task
    list(engine.submit(Work()))
    gc.collect()
    assert kept() is None


def test_a_closed_engine_refuses_and_ends_what_runs(pipe: StandIn) -> None:
    engine, gate = Engine(pipe), threading.Semaphore(0)
    running, waiting = engine.submit(Work(gate=gate)), engine.submit(Work())
    gate.release(10)
    engine.close()
    assert isinstance(list(running)[-1], Stopped | Finished)
    assert isinstance(list(waiting)[-1], Stopped)
    with pytest.raises(Busy):
        engine.submit(Work())
