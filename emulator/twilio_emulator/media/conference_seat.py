"""One leg's seat in a conference: between the leg's own 20 ms and those of the conference, and what only it hears.

Leg and conference tick at the same rate, each in a phase of its own. A frame goes from the one to the other in a
buffer, so that neither waits for the other. As a rule it holds one; what a late machine has let pile up is worked off
by leaving silence out.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

from twilio_emulator.media.mixer import Channel, add
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME

LEAD_LIMIT_FRAMES: Final = 10
"""A buffer never holds more: 200 ms."""


class Sound(Protocol):
    """Something that plays to one listener."""

    def next_frame(self) -> bytes:
        """The next 20 ms: 160 bytes, µ-law."""


class Loop:
    """Plays a whole number of frames round and round, from their beginning."""

    def __init__(self, audio: bytes) -> None:
        self._audio = audio
        self._at = 0

    def next_frame(self) -> bytes:
        """The next 20 ms."""
        frame = self._audio[self._at : self._at + FRAME_BYTES]
        self._at = (self._at + FRAME_BYTES) % len(self._audio)
        return frame


class ConferenceSeat:
    """A `media.leg.Seat`. It begins apart from the others; `music` and `announcement` are heard by this leg alone."""

    def __init__(self) -> None:
        self.channel = Channel(is_apart=True)
        self.music: Sound | None = None
        self.announcement: Sound | None = None
        self._said: deque[bytes] = deque(maxlen=LEAD_LIMIT_FRAMES)
        self._heard: deque[bytes] = deque(maxlen=LEAD_LIMIT_FRAMES)

    def set_apart(self) -> None:
        """Take it out of the talk, to wait or to be on hold."""
        self._move(is_apart=True)

    def let_in(self) -> None:
        """Let it talk and hear."""
        self._move(is_apart=False)

    def _move(self, *, is_apart: bool) -> None:
        self.channel.is_apart = is_apart
        self._said.clear()
        self._heard.clear()

    # --- the leg's side ---------------------------------------------------------------------------------------------

    def exchange(self, inbound: bytes, outbound: bytes) -> bytes:
        """Take 20 ms from the leg, and give it 20 ms of all that it is to hear."""
        if not self.channel.is_apart:
            self._said.append(inbound)
        heard = _next_of(self._heard)
        for sound in (self.music, self.announcement):
            if sound is not None:
                heard = add(heard, sound.next_frame())
        return add(outbound, heard)

    # --- the conference's side --------------------------------------------------------------------------------------

    def bring(self) -> None:
        """Put what the leg said at the mixer's disposal."""
        self.channel.said = _next_of(self._said)

    def take(self) -> None:
        """Keep what the mixer gave for the leg."""
        if not self.channel.is_apart:
            self._heard.append(self.channel.heard)


def _next_of(frames: deque[bytes]) -> bytes:
    while len(frames) > 1 and frames[0] == IDLE_FRAME:
        frames.popleft()
    return frames.popleft() if frames else IDLE_FRAME
