"""Who owns the emulator's tasks: nothing runs that cannot be ended, nothing fails unheard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


class Tasks:
    """The tasks of one emulator. `aclose` cancels them all and waits for their end."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the current loop; a failure is logged with its trace."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def __len__(self) -> int:
        return len(self._running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("A task of the emulator failed; this is a bug of the emulator.", exc_info=error)

    async def settle(self, limit_s: float) -> None:
        """Wait until nothing runs any more, but no longer than `limit_s` of wall time."""
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=limit_s)

    async def aclose(self) -> None:
        """End everything."""
        while self._running:
            ending = tuple(self._running)
            # A task that is done, but whose callback has not run, must not be met again: waiting for it yields no turn.
            self._running.difference_update(ending)
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
