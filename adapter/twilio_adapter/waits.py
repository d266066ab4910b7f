"""The one place where a verb waits for something in a call.

Laws: a condition is looked at again, synchronously, on every change of the call (`check`), so that the pace hears of
its fulfilment before anything more is read from the stream. Every wait has a limit on the wall, with its own error;
limits in call time are part of the condition, which may raise. Nothing polls.
"""

import asyncio
from collections.abc import Awaitable, Callable

from twilio_adapter.pace import Pace

Condition = Callable[[], bool]


class _Waiter:
    """One verb that waits."""

    __slots__ = ("arrived", "condition", "error", "settled", "timer")

    def __init__(self, condition: Condition, arrived: asyncio.Future[None]) -> None:
        self.condition = condition
        self.arrived = arrived
        self.error: Exception | None = None
        self.settled = False
        self.timer: asyncio.TimerHandle | None = None


async def _nothing_to_flush() -> None:
    """Stand in until there is a socket."""


class Waits:
    """The verbs that wait at this moment, and the pace that is told of them."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._waiters: list[_Waiter] = []
        self._changes = 0
        self.flush: Callable[[], Awaitable[None]] = _nothing_to_flush
        """Puts on the wire what has been posted; done before a wait, so that time passes only after we have spoken."""

    async def until(
        self,
        condition: Condition,
        *,
        limit_s: float,
        expired: Callable[[], Exception],
        renews: bool = False,
    ) -> None:
        """Return as soon as `condition()` is true.

        Args:
            condition: looked at now and on every change; what it raises, the verb raises.
            limit_s: how long to wait, in seconds on the wall.
            expired: makes the error to raise then; it changes nothing in the call.
            renews: whether the limit starts anew with every change (a watchdog on a stream that has died).

        Raises:
            Exception: that of `condition` or of `expired`.
        """
        if condition():
            return
        try:
            async with asyncio.timeout(limit_s):
                await self.flush()
        except TimeoutError:
            raise expired() from None
        if condition():
            return
        waiter = _Waiter(condition, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        self._pace.waiting()
        try:
            self._arm(waiter, limit_s, expired, renews=renews)
            await waiter.arrived
        finally:
            self._settle(waiter, None)
        if waiter.error is not None:
            raise waiter.error

    def check(self) -> None:
        """Something in the call has changed: settle every wait that is fulfilled, or that has become hopeless."""
        self._changes += 1
        for waiter in tuple(self._waiters):
            try:
                fulfilled = waiter.condition()
            except Exception as error:
                self._settle(waiter, error)
            else:
                if fulfilled:
                    self._settle(waiter, None)

    def _arm(self, waiter: _Waiter, limit_s: float, expired: Callable[[], Exception], *, renews: bool) -> None:
        seen = self._changes

        def ring() -> None:
            if renews and self._changes != seen:
                self._arm(waiter, limit_s, expired, renews=True)
            else:
                self._settle(waiter, expired())

        waiter.timer = asyncio.get_running_loop().call_later(limit_s, ring)

    def _settle(self, waiter: _Waiter, error: Exception | None) -> None:
        if waiter.settled:
            return
        waiter.settled = True
        waiter.error = error
        self._waiters.remove(waiter)
        if waiter.timer is not None:
            waiter.timer.cancel()
        self._pace.satisfied()
        if not waiter.arrived.done():
            waiter.arrived.set_result(None)
