"""Brings the callbacks of one sender to the app in their order: each waits for the reply to the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from twilio_emulator.calls.progress import deliver
from twilio_emulator.rooms import Rooms


class Courier:
    """One sender's way to the app. A free clock waits until everything under way has been answered."""

    def __init__(self, rooms: Rooms, call_sid: str) -> None:
        self._rooms = rooms
        self._call_sid = call_sid
        self._last: asyncio.Future[None] | None = None

    def send(self, *, url: str, method: str, parameters: Mapping[str, str], purpose: str) -> None:
        """Send a callback behind those that are under way."""
        hold = self._rooms.clock.hold(f"{purpose} of {self._call_sid}")
        before = self._last
        done = self._last = asyncio.get_running_loop().create_future()

        async def follow() -> None:
            try:
                with hold:
                    if before is not None:
                        await before
                    await deliver(
                        self._rooms, self._call_sid, url=url, method=method, parameters=parameters, purpose=purpose
                    )
            finally:
                done.set_result(None)

        self._rooms.tasks.spawn(follow())
