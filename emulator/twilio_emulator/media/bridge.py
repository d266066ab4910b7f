"""Two legs that talk with each other: what one far end says, the other hears.

Laws
----
* µ-law stays as it is: where one voice sounds, its bytes arrive untouched; samples are added up only where Twilio
  itself plays something over a voice.
* Nothing is lost or doubled while both legs tick, whichever ticks first: the one behind hears a frame 20 ms late.
* A leg that stops ticking makes the other wait for nothing, and keeps no more than a bounded lead of it.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from twilio_emulator.media.leg import Leg
from twilio_emulator.media.mixer import add
from twilio_wire.g711 import IDLE_FRAME

_LEAD_LIMIT_FRAMES: Final = 10
"""A bridge never keeps more than this: two legs tick at the same rate, a phase apart."""


class Bridge:
    """Seats two legs opposite each other, until it is taken down."""

    def __init__(self, first: Leg, second: Leg) -> None:
        to_first: deque[bytes] = deque(maxlen=_LEAD_LIMIT_FRAMES)
        to_second: deque[bytes] = deque(maxlen=_LEAD_LIMIT_FRAMES)
        self._seats = ((first, _End(to_first, to_second)), (second, _End(to_second, to_first)))
        for leg, seat in self._seats:
            leg.seat = seat

    def take_down(self) -> None:
        """Let neither hear the other any more. Whoever has another seat by now keeps it."""
        for leg, seat in self._seats:
            if leg.seat is seat:
                leg.seat = None


class _End:
    """One leg's seat."""

    def __init__(self, arriving: deque[bytes], leaving: deque[bytes]) -> None:
        self._arriving = arriving
        self._leaving = leaving

    def exchange(self, inbound: bytes, outbound: bytes) -> bytes:
        self._leaving.append(inbound)
        heard = self._arriving.popleft() if self._arriving else IDLE_FRAME
        return add(heard, outbound)
