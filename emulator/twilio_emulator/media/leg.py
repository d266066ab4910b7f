"""The media of one answered leg: each tick, one frame from the far end to whoever listens, one frame back to it.

The leg owns the playback buffer and the DTMF detector. It knows nothing of TwiML or of streams: it reports keys and
marks to its `LegOwner`, lends every pair of frames to its taps, and in a `Seat` it talks with other legs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from twilio_emulator.calls.far_end import FarEnd
from twilio_emulator.media.playback import Playback
from twilio_wire.dtmf import Detector

Tap = Callable[[bytes, bytes], None]
"""Told each pair of frames: inbound (from the far end), outbound (to it)."""


class Seat(Protocol):
    """A leg's place among others that it talks with: at the other end of a bridge, or in a conference."""

    def exchange(self, inbound: bytes, outbound: bytes) -> bytes:
        """Give 20 ms of what the far end says and of what Twilio itself plays to it; returns what it hears of all."""


class LegOwner(Protocol):
    """Who is told what happens in the audio."""

    def digit_heard(self, digit: str) -> None:
        """The far end pressed a key."""

    def marks_reached(self, names: list[str]) -> None:
        """All audio queued before these marks has been heard."""


class Leg:
    """Two directions of 160-byte µ-law frames between Twilio and a far end."""

    __slots__ = ("_detector", "_owner", "_taps", "far_end", "playback", "seat")

    def __init__(self, far_end: FarEnd, owner: LegOwner, playback: Playback) -> None:
        self.far_end = far_end
        self._owner = owner
        self.playback = playback
        self._detector = Detector()
        self._taps: tuple[Tap, ...] = ()
        self.seat: Seat | None = None

    def add_tap(self, tap: Tap) -> None:
        """Lend every later pair of frames to `tap`."""
        self._taps = (*self._taps, tap)

    def remove_tap(self, tap: Tap) -> None:
        """Stop lending; a tap that is not there is no mistake."""
        self._taps = tuple(other for other in self._taps if other != tap)

    def tick(self) -> None:
        """Move 20 ms in each direction."""
        outbound, marks = self.playback.next_frame()
        inbound = self.far_end.speak()
        if self.seat is not None:
            outbound = self.seat.exchange(inbound, outbound)
        self.far_end.hear(outbound)
        if digits := self._detector.feed(inbound):
            for digit in digits:
                self._owner.digit_heard(digit)
        for tap in self._taps:
            tap(inbound, outbound)
        if marks:
            self._owner.marks_reached(marks)
