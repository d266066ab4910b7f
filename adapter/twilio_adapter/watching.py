"""Watching a call: what happens in it, one event after the other.

Law: a call is watched from its first sign of life, whenever the watching begins; nothing that happened is missed.
"""

from collections.abc import AsyncIterator, Callable

from twilio_adapter.call import Direction
from twilio_adapter.errors import NobodyCalled, WaitTimeout
from twilio_adapter.events import CallEvent
from twilio_adapter.live import LiveCall
from twilio_adapter.reception import Reception
from twilio_adapter.verbs import Verbs
from twilio_adapter.waits import Waits


class Watcher:
    """Follows the calls of one telephone."""

    def __init__(self, reception: Reception, waits: Waits, verbs: Callable[[LiveCall], Verbs]) -> None:
        self._reception = reception
        self._waits = waits
        self._verbs = verbs

    def events(self, timeout_s: float) -> AsyncIterator[CallEvent]:
        """Iterate over what happens in the live call, or in the next one if there is none now, until it is over.

        Raises:
            NobodyCalled: no call began within `timeout_s` on the wall.
            NoMedia: the call is up, and nothing arrives.
        """
        return self._follow(self._reception.call if self._reception.live_call is None else None, timeout_s)

    async def _follow(self, past: LiveCall | None, timeout_s: float) -> AsyncIterator[CallEvent]:
        call = await self._call_after(past, timeout_s)
        told = 0
        while call is not None and await self._more(call, told):
            for event in call.timeline[told:]:
                told += 1
                yield event

    async def _call_after(self, past: LiveCall | None, timeout_s: float) -> LiveCall | None:
        """Return the call that follows on `past`; None if the adapter is disconnected first."""
        desk = self._reception
        await self._waits.until(
            lambda: desk.call is not past or not desk.open,
            limit_s=timeout_s,
            expired=lambda: NobodyCalled(
                f"No call began within {timeout_s:g} s: place one, or give events() a longer timeout.",
                limit_s=timeout_s,
            ),
        )
        return desk.call if desk.call is not past else None

    async def _more(self, call: LiveCall, told: int) -> bool:
        """Wait for more than `told` events; return whether there are."""
        verbs = self._verbs(call)

        def news() -> bool:
            return len(call.timeline) > told

        if not call.progress.connected:  # nothing need arrive while it rings; the watchdog ends it
            await self._waits.until(
                lambda: news() or call.over or call.progress.connected,
                limit_s=verbs.limits.call_s,
                expired=verbs.ended,
                renews=True,
            )
        elif not call.over:
            await verbs.until(lambda: news() or call.over)
        if not news() and call.over and call.direction is Direction.OUTBOUND and not call.has_last_state:
            limit_s = verbs.limits.last_word_s
            try:
                await self._waits.until(news, limit_s=limit_s, expired=lambda: _no_last_word(limit_s))
            except WaitTimeout:
                return False
        return news() or not call.over


def _no_last_word(limit_s: float) -> WaitTimeout:
    return WaitTimeout("Twilio did not say how the call ended.", limit_s=limit_s)
