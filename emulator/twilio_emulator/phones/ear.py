"""What a phone has heard: the audio itself, the keys in it, and how long it has been silent.

Frames are kept as they come and listened to when somebody wants to know, or when there are some of them: many at once
cost a fraction of each alone, and nearly always nobody asks.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Final

from twilio_emulator.media.rota import Rota
from twilio_emulator.media.tape import Tape
from twilio_wire.dtmf import Detector
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS
from twilio_wire.levels import is_silent

_SPEECH_FRAMES: Final = 3
"""Sound this long (60 ms) is somebody talking or a tone, not a click."""
_MOST_PUT_OFF: Final = 50
"""Frames."""
_ROTA: Final = Rota(_MOST_PUT_OFF)


class Ear:
    """Takes frame by frame. All lengths are counted in audio, never on a clock. For one thread."""

    __slots__ = (
        "_detector",
        "_digits",
        "_enough",
        "_followers",
        "_put_off",
        "_silent_frames",
        "_sounding_frames",
        "heard",
    )

    def __init__(self, heard: Tape) -> None:
        self.heard = heard
        self._put_off = 0
        """How many frames are still to be listened to."""
        self._enough = 1 + _ROTA.next()
        """So many frames are listened to unasked; from the second time on, as many as may be put off."""
        self._digits = ""
        self._silent_frames = 0
        self._sounding_frames = 0
        self._followers: tuple[Callable[[bytes], None], ...] = ()
        # Most phones that ring never hear anything.
        self._detector: Detector | None = None

    def hear(self, frame: bytes) -> None:
        """Take 20 ms (bytes, µ-law, 8 kHz, mono)."""
        self.heard.add(frame)
        self._put_off += 1
        if self._put_off >= self._enough:
            self._enough = _MOST_PUT_OFF
            self._listen()
        for follower in self._followers:
            follower(frame)

    def follow(self, follower: Callable[[bytes], None]) -> None:
        """Lend every later frame to somebody."""
        self._followers = (*self._followers, follower)

    @property
    def digits(self) -> str:
        """The keys heard so far."""
        self._listen()
        return self._digits

    @property
    def heard_ms(self) -> int:
        """How much has been heard, silence included."""
        return len(self.heard) * FRAME_MS // FRAME_BYTES

    @property
    def silent_ms(self) -> int:
        """How long there has been nothing to hear."""
        self._listen()
        return self._silent_frames * FRAME_MS

    @property
    def is_sounding(self) -> bool:
        """Somebody is talking, or a tone is on."""
        self._listen()
        return self._sounding_frames >= _SPEECH_FRAMES

    def _listen(self) -> None:
        """Listen to what was put off."""
        if not self._put_off:
            return
        frames, self._put_off = self.heard.latest(self._put_off), 0
        if self._detector is None:
            self._detector = Detector()
        self._digits += self._detector.feed(frames[0] if len(frames) == 1 else b"".join(frames))
        silent = sum(1 for _ in takewhile(is_silent, reversed(frames)))
        if silent:
            self._silent_frames = silent + (self._silent_frames if silent == len(frames) else 0)
            self._sounding_frames = 0
        else:
            sounding = sum(1 for _ in takewhile(_sounds, reversed(frames[-_SPEECH_FRAMES:])))
            self._sounding_frames = sounding + (self._sounding_frames if sounding == len(frames) else 0)
            self._silent_frames = 0


def _sounds(frame: bytes) -> bool:
    return not is_silent(frame)
