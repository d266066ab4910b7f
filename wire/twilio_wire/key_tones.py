"""Where in a recording keys were pressed. Pure, counted in frames.

Laws: the keys are those that a `Detector` hears, in their order. What is found of a key covers its whole tone, to the
frame, and at most two frames more; what is found of two keys does not overlap.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from twilio_wire.dtmf import Detector
from twilio_wire.g711 import FRAME_MS, IDLE_FRAME, frames
from twilio_wire.levels import is_silent

_HEARD_AFTER_FRAMES: Final = 2
"""A key is heard 30 to 40 ms after its tone began."""
_RELEASED_AFTER_MS: Final = FRAME_MS
"""A key is let go 40 to 55 ms after its tone ended, which is told at the end of a frame."""
_FRAMES_TO_RELEASE: Final = 4


class KeyTone(NamedTuple):
    """A key, and from when to when its tone sounds: milliseconds, whole frames."""

    key: str
    begin_ms: int
    end_ms: int


def key_tones(audio: bytes) -> tuple[KeyTone, ...]:
    """The keys pressed in a recording (bytes, µ-law, 8 kHz, mono)."""
    detector = Detector()
    found: list[KeyTone] = []
    heard = frames(audio)
    length_ms = len(heard) * FRAME_MS
    heard += [IDLE_FRAME] * _FRAMES_TO_RELEASE
    for number, frame in enumerate(heard):
        held = detector.key
        keys = detector.feed(frame)
        if held is not None and (keys or detector.key is None):
            found[-1] = found[-1]._replace(end_ms=min(number * FRAME_MS - _RELEASED_AFTER_MS, length_ms))
        for key in keys:
            floor = found[-1].end_ms // FRAME_MS if found else 0
            begin = number
            while begin > max(floor, number - _HEARD_AFTER_FRAMES) and not is_silent(heard[begin - 1]):
                begin -= 1
            found.append(KeyTone(key, begin * FRAME_MS, (number + 1) * FRAME_MS))
    return tuple(found)
