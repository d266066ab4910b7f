"""What a phone is about to say, frame by frame, and what it has said.

A recording is known before it is said, and somebody at the other end listens for keys in each of its frames. So a few
that come next are looked at together (`Foresight`), which takes a fraction of looking at them one by one. It changes
nothing of what is heard.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.media.captions import Utterance
from twilio_emulator.media.playback import Playback
from twilio_emulator.media.rota import Rota
from twilio_emulator.media.tape import Tape
from twilio_wire.dtmf import Foresight
from twilio_wire.g711 import FRAME_BYTES

_AHEAD: Final = 50
"""Frames looked at together: a second."""
_FEW: Final = 4
"""So few are not worth it."""
_ROTA: Final = Rota(_AHEAD - _FEW)


class Mouth:
    """A queue of audio (bytes, µ-law, 8 kHz, mono) and names; `said` is what has gone out."""

    __slots__ = ("_ahead", "_foreseen", "_foresight", "_queue", "_said")

    def __init__(self, said: Tape) -> None:
        self._said = said
        self._ahead = _AHEAD - _ROTA.next()
        """How far to look the next time; from the second time on, as far as is worth it."""
        self._queue = Playback()
        self._foresight = Foresight()
        self._foreseen = 0

    @property
    def queued_bytes(self) -> int:
        """What is left to say."""
        return self._queue.queued_bytes

    def say(self, audio: bytes, says: Utterance | None) -> None:
        """Say this after what is being said; `says` is the text of it, if that is known."""
        self._queue.play(audio, says, is_bounded=False)

    def mark(self, name: str) -> list[str]:
        """Remember a name until what is queued so far has gone out; returns those that are due at once."""
        return self._queue.mark(name)

    def next_frame(self) -> tuple[bytes, list[str]]:
        """The next 20 ms, and the names that are due."""
        if self._foreseen:
            self._foreseen -= 1
        elif not self._queue.is_empty:
            self._look_ahead()
        frame_and_due = self._queue.next_frame()
        self._said.add(frame_and_due[0])
        return frame_and_due

    def _look_ahead(self) -> None:
        ahead = self._queue.upcoming(self._ahead)
        self._ahead = _AHEAD
        frames = (ahead.end - ahead.begin) // FRAME_BYTES
        self._foreseen = max(frames - 1, 0)
        if frames > _FEW:
            self._foresight.look(ahead)

    def shut(self) -> None:
        """Nothing more will be said."""
        self._foresight.forget()
