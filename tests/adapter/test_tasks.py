"""Work that a cancellation must not cut in half."""

import asyncio
import logging

import pytest

from twilio_adapter.tasks import Tasks, finish


async def test_a_cancelled_caller_leaves_and_the_work_goes_on(background) -> None:
    tasks, proceed, done = Tasks(), asyncio.Event(), []

    async def work() -> None:
        await proceed.wait()
        done.append(1)

    caller = await background.start(tasks.outlive(work()))
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert len(tasks) == 1
    proceed.set()
    await tasks.aclose(patience_s=1.0)
    assert done == [1]


async def test_finish_holds_a_cancellation_back_until_the_work_is_done(background) -> None:
    proceed, done = asyncio.Event(), []

    async def work() -> None:
        await proceed.wait()
        done.append(1)

    caller = await background.start(finish(work()))
    for _ in range(3):
        caller.cancel()
        await asyncio.sleep(0)
    assert not caller.done()
    proceed.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done == [1]


async def test_results_and_errors_come_back_to_the_caller() -> None:
    tasks = Tasks()

    async def answer() -> int:
        return 42

    async def fail() -> None:
        raise ValueError("no")

    assert await tasks.outlive(answer()) == await finish(answer()) == 42
    with pytest.raises(ValueError, match="no"):
        await tasks.outlive(fail())
    with pytest.raises(ValueError, match="no"):
        await finish(fail())
    assert len(tasks) == 0


async def test_background_work_that_fails_is_heard_of(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()

    async def fail() -> None:
        raise ValueError("the number is stuck")

    with caplog.at_level(logging.ERROR):
        tasks.spawn(fail())
        await tasks.aclose(patience_s=1.0)
    assert "the number is stuck" in caplog.text


async def test_closing_ends_what_does_not_end_by_itself() -> None:
    tasks = Tasks()
    tasks.spawn(asyncio.Event().wait())
    await tasks.aclose(patience_s=0.0)
    assert len(tasks) == 0
