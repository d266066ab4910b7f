"""Calls the user's `on_dtmf`, which is not to be trusted with the call.

Laws: an exception in it is logged and goes no further. Asynchronous handlers run one after the other, in the order of
the keys, and end with the adapter.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from twilio_adapter.tasks import Tasks

logger = logging.getLogger(__name__)
DigitCallback: TypeAlias = Callable[[str], Awaitable[None] | None]


class DigitHandler:
    """Takes the keys the far end presses."""

    def __init__(self, callback: DigitCallback | None, tasks: Tasks) -> None:
        self._callback = callback
        self._tasks = tasks
        self._turn = asyncio.Lock()

    def __call__(self, key: str) -> None:
        """Hand one key to the user's callback."""
        if self._callback is None:
            return
        try:
            answer = self._callback(key)
        except Exception:
            logger.exception("on_dtmf raised for a key; the call goes on.")
            return
        if answer is None:
            return
        task = self._tasks.spawn(self._finish(answer))
        if inspect.iscoroutine(answer):  # its turn may never come
            task.add_done_callback(lambda _: answer.close())

    async def _finish(self, answer: Awaitable[None]) -> None:
        async with self._turn:
            try:
                await answer
            except Exception:
                logger.exception("on_dtmf raised for a key; the call goes on.")
