"""Ends a call that lasts too long, or whose stream never comes, whoever sleeps meanwhile.

Twilio ends a placed call by its TimeLimit; nothing ends one that came in, and a limit that somebody else keeps is a
hope. Laws: a call has one watchdog, which dies with it. Its patience is counted in received audio, and on the wall in
case that nothing is received any more.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from twilio_adapter.call import Direction, Event, Phase
from twilio_adapter.limits import Limits
from twilio_adapter.live import LiveCall
from twilio_wire.g711 import SAMPLE_RATE

logger = logging.getLogger(__name__)
GRACE_S: Final = 10.0
"""What Twilio may be late in ending a call by its TimeLimit, before we do."""


class Watchdog:
    """Watches one call, from its beginning.

    Args:
        call: the call.
        limits: what one that came in is allowed; a placed one is told by `allow`.
        hint: says why a stream may not have come.
    """

    def __init__(self, call: LiveCall, limits: Limits, hint: Callable[[LiveCall], str]) -> None:
        self._call = call
        self._hint = hint
        self._timers: list[asyncio.TimerHandle] = []
        self._longest_bytes: float = 0
        call.watchdog = self
        if call.direction is Direction.INBOUND:
            self._after(limits.stream_start_s, self._expect_stream)
            self.allow(limits.call_s, before_s=limits.stream_start_s)

    def allow(self, seconds: float, *, before_s: float) -> None:
        """Let the call last so many seconds, after as many as `before_s` until its stream starts."""
        self._longest_bytes = seconds * SAMPLE_RATE
        self._after(before_s + seconds, self._end)

    def heard(self, size: int) -> None:
        """So many bytes have been received in all."""
        if size >= self._longest_bytes > 0:
            self._end()

    def die(self) -> None:
        """The call is over."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, act))

    def _expect_stream(self) -> None:
        if self._call.progress.phase is Phase.ANSWERING:
            logger.warning("%s", self._hint(self._call))
            self._call.happen(Event.GIVEN_UP)

    def _end(self) -> None:
        if not self._call.over:
            seconds = self._longest_bytes / SAMPLE_RATE
            logger.warning("Call %s has lasted %g s, which is as long as it may; hanging up.", self._call.sid, seconds)
            self._call.happen(Event.TOO_LONG)
