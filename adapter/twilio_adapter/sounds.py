"""Following the far end's sound as it comes: what can be handed out at once, and when none has followed for a while.

Laws: pure; time is counted in received audio. What is handed out of a turn joins without a gap, its pauses included;
the silence before a turn and behind it is left out. Nothing is looked at twice.
"""

from enum import Enum

from twilio_adapter.hearing import FRAMES_OF_SOUND, QuietMeter
from twilio_wire.g711 import FRAME_BYTES


class Finding(Enum):
    """What a look at the received audio has shown."""

    SOUND = "sound"
    """There is some: `take` it."""
    PAUSE = "pause"
    """None has followed what was taken last for as long as was asked: that turn is over."""
    NOTHING = "nothing"
    """Neither yet: look again when more has arrived."""


class SoundSearch:
    """Cuts what sounds out of a received track (µ-law, 8 kHz). Positions are bytes from the call's beginning."""

    def __init__(self, received: bytearray, start: int) -> None:
        self._received = received
        self._position = start
        self._taken = start
        self._sound_end = start
        self._meter = QuietMeter()
        self._in_turn = False

    @property
    def taken(self) -> int:
        """How far sound has been handed out."""
        return self._taken

    @property
    def in_turn(self) -> bool:
        """Whether what sounds next continues what was handed out last."""
        return self._in_turn

    def look(self, pause_ms: int, *, ended: bool) -> Finding:
        """Look at what has arrived.

        Args:
            pause_ms: so much silence ends a turn.
            ended: whether no more will arrive. Otherwise a frame is kept back until its successor is there, which its
                conversion needs.
        """
        while self._step():
            if not self._meter.sounding and self._waiting:
                break
            if self._in_turn and self._meter.quiet_ms >= pause_ms:
                self._in_turn = False
                return Finding.PAUSE
        return Finding.SOUND if self._end(ended=ended) > self._taken else Finding.NOTHING

    def take(self, *, ended: bool) -> tuple[int, int]:
        """Return where the sound that was found begins and ends."""
        span = (self._taken, self._end(ended=ended))
        self._taken = span[1]
        self._in_turn = True
        return span

    def take_all(self) -> tuple[int, int] | None:
        """Return where the first and the last sound that has arrived begins and ends, pauses between them or not."""
        while self._step():
            pass
        if not self._waiting:
            return None
        span = self.take(ended=True)
        self._in_turn = False
        return span

    @property
    def _waiting(self) -> bool:
        return self._sound_end > self._taken

    def _end(self, *, ended: bool) -> int:
        has_successor = len(self._received) - self._sound_end >= FRAME_BYTES
        return self._sound_end if ended or has_successor else self._sound_end - FRAME_BYTES

    def _step(self) -> bool:
        """Look at the next frame; return whether there was one."""
        if len(self._received) - self._position < FRAME_BYTES:
            return False
        frame = bytes(self._received[self._position : self._position + FRAME_BYTES])
        self._position += FRAME_BYTES
        self._meter.feed(frame)
        if self._meter.sounding:
            if not self._waiting and not self._in_turn:
                self._taken = self._position - FRAMES_OF_SOUND * FRAME_BYTES
            self._sound_end = self._position
        return True
