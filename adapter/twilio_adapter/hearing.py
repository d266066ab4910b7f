"""Telling a turn of speech from the silence around it, by level alone.

Laws: pure; time is counted in 20 ms frames of µ-law. One loud frame is a click on the line, two in a row are sound.
"""

from dataclasses import dataclass
from typing import Final

from twilio_wire.g711 import FRAME_MS
from twilio_wire.levels import is_silent

FRAMES_OF_SOUND: Final = 2
"""One loud frame is a click."""


@dataclass(frozen=True)
class Started:
    """The far end began to speak, at this position in ms from the first frame."""

    at_ms: int


@dataclass(frozen=True)
class Ended:
    """The far end has been silent for the tail; its last sound ended at this position in ms."""

    at_ms: int


class QuietMeter:
    """How long it has been quiet."""

    def __init__(self) -> None:
        self._position_ms = 0
        self._sound_ended_ms = 0
        self._loud_frames = 0

    @property
    def position_ms(self) -> int:
        """Audio seen so far."""
        return self._position_ms

    @property
    def sound_ended_ms(self) -> int:
        """Where the last sound ended; 0 before any."""
        return self._sound_ended_ms

    @property
    def quiet_ms(self) -> int:
        """Silence since the last sound, or since the first frame."""
        undecided = 0 if self.sounding else self._loud_frames  # it may yet prove to be a sound, or a click
        return self._position_ms - self._sound_ended_ms - undecided * FRAME_MS

    @property
    def sounding(self) -> bool:
        """Whether the latest frame belongs to a sound."""
        return self._loud_frames >= FRAMES_OF_SOUND

    def feed(self, frame: bytes) -> None:
        """Take the next 20 ms (160 bytes, µ-law)."""
        self._position_ms += FRAME_MS
        self._loud_frames = 0 if is_silent(frame) else self._loud_frames + 1
        if self.sounding:
            self._sound_ended_ms = self._position_ms


class TurnDetector:
    """Finds turns: from a first sound to `tail_ms` of silence."""

    def __init__(self, tail_ms: int) -> None:
        if tail_ms < FRAME_MS:
            raise ValueError(f"A tail of {tail_ms} ms is shorter than one frame: use {FRAME_MS} ms or more.")
        self._tail_ms = tail_ms
        self._meter = QuietMeter()
        self._started_ms: int | None = None

    @property
    def started_ms(self) -> int | None:
        """Where the turn under way began; None between turns."""
        return self._started_ms

    @property
    def sound_ended_ms(self) -> int:
        """Where the last sound ended; 0 before any."""
        return self._meter.sound_ended_ms

    def feed(self, frame: bytes) -> Started | Ended | None:
        """Take the next 20 ms (160 bytes, µ-law) and say whether a turn began or ended with it."""
        self._meter.feed(frame)
        if self._started_ms is None:
            if self._meter.sounding:
                self._started_ms = self._meter.position_ms - FRAMES_OF_SOUND * FRAME_MS
                return Started(self._started_ms)
        elif self._meter.quiet_ms >= self._tail_ms:
            self._started_ms = None
            return Ended(self._meter.sound_ended_ms)
        return None
