"""What a phone has heard: the audio itself, the keys in it, and how long it has been silent."""

from __future__ import annotations

from typing import Final

from twilio_emulator.media.tape import Tape
from twilio_wire.dtmf import Detector
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS
from twilio_wire.levels import is_silent

_SPEECH_FRAMES: Final = 3
"""Sound this long (60 ms) is somebody talking or a tone, not a click."""


class Ear:
    """Listens frame by frame. All lengths are counted in audio, never on a clock."""

    __slots__ = ("_detector", "_sounding_frames", "digits", "heard", "silent_ms")

    def __init__(self, heard: Tape) -> None:
        self.heard = heard
        self.digits = ""
        self.silent_ms = 0
        self._sounding_frames = 0
        # Most phones that ring never hear anything.
        self._detector: Detector | None = None

    def hear(self, frame: bytes) -> None:
        """Take 20 ms (bytes, µ-law, 8 kHz, mono)."""
        self.heard.add(frame)
        if self._detector is None:
            self._detector = Detector()
        if keys := self._detector.feed(frame):
            self.digits += keys
        if is_silent(frame):
            self.silent_ms += FRAME_MS
            self._sounding_frames = 0
        else:
            self.silent_ms = 0
            self._sounding_frames += 1

    @property
    def heard_ms(self) -> int:
        """How much has been heard, silence included."""
        return len(self.heard) * FRAME_MS // FRAME_BYTES

    @property
    def is_sounding(self) -> bool:
        """Somebody is talking, or a tone is on."""
        return self._sounding_frames >= _SPEECH_FRAMES
