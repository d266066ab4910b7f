"""Tasks have an owner: they can all be ended, and a failure is heard of."""

import asyncio
import logging

import pytest

from twilio_emulator.tasks import Tasks


async def quick() -> None:
    """Done at its first step."""


async def endless() -> None:
    await asyncio.get_running_loop().create_future()


async def failing() -> None:
    raise ZeroDivisionError


async def test_closing_ends_what_runs() -> None:
    tasks = Tasks()
    tasks.spawn(endless())
    tasks.spawn(endless())
    await asyncio.wait_for(tasks.aclose(), 5)
    assert len(tasks) == 0


async def test_closing_ends_with_a_task_that_is_done_but_not_yet_taken_off() -> None:
    tasks = Tasks()
    tasks.spawn(quick())
    await asyncio.sleep(0)
    await tasks.aclose()
    assert len(tasks) == 0


async def test_settling_waits_for_the_end_but_not_for_ever() -> None:
    tasks = Tasks()
    tasks.spawn(quick())
    await tasks.settle(5)
    tasks.spawn(endless())
    await tasks.settle(0.001)
    assert len(tasks) == 1
    await tasks.aclose()


async def test_a_failure_is_logged_as_a_bug_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()
    with caplog.at_level(logging.ERROR):
        tasks.spawn(failing())
        await tasks.settle(5)
        await asyncio.sleep(0)
    assert "bug of the emulator" in caplog.text
    await tasks.aclose()
