"""What a phone is about to say, frame by frame, and what it has said.

A recording is known before it is said, and somebody at the other end listens for keys in each of its frames. So a
second of what comes next is looked at together (`Foresight`), which takes a fraction of looking at its frames one by
one; and it is kept together, when it has been said. It changes nothing of what is heard.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.media.captions import Utterance
from twilio_emulator.media.playback import Playback
from twilio_emulator.media.rota import Rota
from twilio_emulator.media.tape import Tape
from twilio_wire.dtmf import Foresight, Span
from twilio_wire.g711 import FRAME_BYTES

_AHEAD: Final = 50
"""Frames looked at together: a second."""
_FEW: Final = 4
"""So few are not worth it."""
_NOTHING: Final = (0, Span(b"", 0, 0))
_ROTA: Final = Rota(_AHEAD - _FEW)


class Mouth:
    """A queue of audio (bytes, µ-law, 8 kHz, mono) and names. What has gone out is kept on `tape`, a little later."""

    __slots__ = ("_ahead", "_foresight", "_left", "_looked_at", "_queue", "_tape")

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._ahead = _AHEAD - _ROTA.next()
        """How far to look the next time; from the second time on, as far as is worth it."""
        self._queue = Playback()
        self._foresight = Foresight()
        self._looked_at = _NOTHING
        """What was looked at, and how long the tape was then: one value, for whoever reads it on another thread."""
        self._left = 0
        """How many frames of it have not gone out yet."""

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
        if self._left or self._look_ahead():
            self._left -= 1
            return self._queue.next_frame()
        frame_and_due = self._queue.next_frame()
        self._tape.add(frame_and_due[0])
        return frame_and_due

    def _look_ahead(self) -> bool:
        """Keep what was looked at before, and look at what comes next; returns whether that is worth it."""
        _, (audio, begin, end) = self._looked_at
        if audio:
            self._tape.add(audio[begin:end])
            self._looked_at = _NOTHING
        ahead = self._queue.upcoming(self._ahead)
        frames = (ahead.end - ahead.begin) // FRAME_BYTES
        if frames <= _FEW:
            return False
        self._ahead = _AHEAD
        self._foresight.look(ahead)
        self._left = frames
        self._looked_at = (len(self._tape), ahead)
        return True

    def said(self, begin: int = 0) -> bytes:
        """What has gone out, from this byte on. Any thread may ask."""
        while True:
            kept, span = looked_at = self._looked_at
            end = max(span.end - self._left * FRAME_BYTES, span.begin)
            if self._looked_at is looked_at:  # else the frames that are left may be those of another second
                break
        before = self._tape.read(begin)
        if not span.audio:
            return before
        return before[: max(kept - begin, 0)] + span.audio[span.begin + max(begin - kept, 0) : end]

    def shut(self) -> None:
        """Nothing more will be said."""
        self._foresight.forget()
