"""Where in a recording, or in a call so far, there is sound, and where there is none. Pure, counted in frames.

Laws: stretches come in order, a pause or more apart, and begin and end on whole frames. Whatever is loud for as long as
somebody may mean it is in one of them; a click is not. Heard frame by frame they are the same as found in a recording.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from twilio_wire.g711 import FRAME_BYTES, FRAME_MS
from twilio_wire.levels import is_silent

_SHORTEST_FRAMES: Final = 3
"""Fewer loud frames are a click."""


class Stretch(NamedTuple):
    """From when to when there is sound, pauses shorter than the limit included: milliseconds, whole frames."""

    begin_ms: int
    end_ms: int


class StretchWatch:
    """Hears one side of a call, and knows the stretches of sound so far, parted by silences of `pause_ms` or longer."""

    def __init__(self, pause_ms: int) -> None:
        self.heard_ms = 0
        self.quiet_ms = 0
        """How long there has been no sound, not even a click."""
        self.found: list[Stretch] = []
        """The last one may be going on: then its end is how far it has come."""
        self._pause_ms = pause_ms
        self._begin_ms = 0
        self._end_ms = 0
        self._loud_frames = 0

    def hear(self, frame: bytes) -> None:
        """20 ms have passed (bytes, µ-law, 8 kHz, mono)."""
        begin_ms, self.heard_ms = self.heard_ms, self.heard_ms + FRAME_MS
        if is_silent(frame):
            self.quiet_ms += FRAME_MS
            return
        self.quiet_ms = 0
        if not self._loud_frames or begin_ms - self._end_ms >= self._pause_ms:
            self._begin_ms, self._loud_frames = begin_ms, 0
        self._end_ms = self.heard_ms
        self._loud_frames += 1
        if self._loud_frames >= _SHORTEST_FRAMES:
            self.found[len(self.found) - (self._loud_frames > _SHORTEST_FRAMES) :] = [
                Stretch(self._begin_ms, self._end_ms)
            ]


def stretches(audio: bytes, *, pause_ms: int) -> tuple[Stretch, ...]:
    """The stretches of sound in a recording (bytes, µ-law, 8 kHz, mono), parted by silences of `pause_ms` or longer."""
    watch = StretchWatch(pause_ms)
    for start in range(0, len(audio), FRAME_BYTES):
        watch.hear(audio[start : start + FRAME_BYTES])
    return tuple(watch.found)


def joined(sounds: Iterable[Stretch], *, pause_ms: int) -> list[Stretch]:
    """The same sound with longer pauses allowed in a stretch."""
    longer: list[Stretch] = []
    for sound in sounds:
        if longer and sound.begin_ms - longer[-1].end_ms < pause_ms:
            longer[-1] = Stretch(longer[-1].begin_ms, sound.end_ms)
        else:
            longer.append(sound)
    return longer
