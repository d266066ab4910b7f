"""Brings the callbacks of one sender to the app in their order: each waits for the reply to the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from twilio_emulator.calls.progress import after, deliver
from twilio_emulator.rooms import Rooms
from twilio_emulator.webhooks.client import Failure


class Courier:
    """One sender's way to the app. A free clock waits until everything under way has been answered."""

    def __init__(self, rooms: Rooms, call_sid: str) -> None:
        self._rooms = rooms
        self._call_sid = call_sid
        self._last: asyncio.Future[None] | None = None
        self._not_before_ms = 0

    def send(self, *, url: str, method: str, parameters: Mapping[str, str], purpose: str) -> None:
        """Send a callback behind those that are under way."""
        rooms = self._rooms
        mishap = rooms.faults.webhook(self._call_sid, purpose)
        # One that is late makes those behind it late, for a clock that is held for them would never reach it.
        self._not_before_ms = max(self._not_before_ms, rooms.clock.now_ms + mishap.delay_ms)
        after(
            self._not_before_ms - rooms.clock.now_ms,
            rooms,
            lambda: self._begin(url=url, method=method, parameters=parameters, purpose=purpose, fail=mishap.fail),
        )

    def _begin(
        self,
        *,
        url: str,
        method: str,
        parameters: Mapping[str, str],
        purpose: str,
        fail: Callable[[str], Failure] | None,
    ) -> None:
        hold = self._rooms.clock.hold(f"{purpose} of {self._call_sid}")
        before = self._last
        done = self._last = asyncio.get_running_loop().create_future()

        async def follow() -> None:
            try:
                with hold:
                    if before is not None:
                        await before
                    await deliver(
                        self._rooms,
                        self._call_sid,
                        url=url,
                        method=method,
                        parameters=parameters,
                        purpose=purpose,
                        fail=fail,
                    )
            finally:
                done.set_result(None)

        self._rooms.tasks.spawn(follow())
