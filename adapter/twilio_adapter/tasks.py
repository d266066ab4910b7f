"""Who owns the adapter's tasks: nothing runs that nobody ends, nothing fails unheard.

A request to Twilio that has begun will be carried out, whoever is cancelled here meanwhile: `outlive` lets the caller
go and the work go on, `finish` keeps the caller until the work is done.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Tasks:
    """The tasks of one adapter, from `connect()` to `disconnect()`."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run in the background; a failure is logged."""
        task = self._start(work)
        task.add_done_callback(_report)
        return task

    async def outlive(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for the result. A cancelled caller leaves at once, and the work goes on in the background."""
        task = self._start(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_report)
            raise

    async def aclose(self, *, patience_s: float) -> None:
        """Let what is running end within `patience_s`, then cancel the rest."""
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=patience_s)
        while self._running:
            left = tuple(self._running)
            for task in left:
                task.cancel()
            await asyncio.wait(left)

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run to the very end and return the result; a cancellation is held back until then."""
    task = asyncio.get_running_loop().create_task(work)
    held_back: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as cancellation:
            held_back = cancellation
    if held_back is not None:
        _report(task)
        raise held_back
    return task.result()


def _report(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("Work left to the adapter failed: %s", error, exc_info=error)
