"""What waits to be heard: µ-law in, 20 ms frames out, and the marks between.

Laws
----
* Audio and marks keep the order in which they came; a mark never overtakes audio, nor another mark.
* A mark is due when the audio before it has been *heard*: with the frame after the one that ends it.
  Where nothing is left to be heard it is due at once. `clear` makes every mark due
  (twilio.com/docs/voice/media-streams/websocket-messages).
* What is queued is never copied, only cut into frames, and no step costs more for a longer queue.
* Frames of audio whose text is known carry its captions (see `media.captions`).
"""

from __future__ import annotations

import sys
from collections import deque
from typing import Final

from twilio_emulator.media.captions import Caption, Utterance, captioned
from twilio_wire.dtmf import Span
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME, SAMPLE_RATE

TEN_MINUTES_BYTES: Final = 600 * SAMPLE_RATE
"""What Twilio queues before it discards media (twilio.com/docs/api/errors/31931)."""

_IDLE: Final = IDLE_FRAME[:1]
_BYTES_PER_MS: Final = SAMPLE_RATE // 1000
_NEVER: Final = sys.maxsize
"""A place that no play head comes to."""


class Playback:
    """One queue of µ-law bytes (8 kHz, mono) toward a far end, with marks between them.

    `limit_bytes` is the most it holds; what does not fit is discarded, as Twilio does beyond ten minutes.
    """

    __slots__ = (
        "_chunk",
        "_chunk_at",
        "_chunks",
        "_due_at",
        "_head",
        "_limit_bytes",
        "_marks",
        "_said",
        "_sounding",
        "_tail",
    )

    def __init__(self, limit_bytes: int = TEN_MINUTES_BYTES) -> None:
        self._limit_bytes = limit_bytes
        # Places are bytes of audio since the beginning. Most frames need nothing but these and the chunk itself.
        self._head = 0
        """The play head: so much has been handed out."""
        self._tail = 0
        """Where what is queued ends."""
        self._chunk = b""
        """What is being handed out."""
        self._chunk_at = 0
        """Where it begins."""
        self._chunks: deque[bytes] = deque()
        """What comes after it."""
        self._marks: deque[tuple[int, str]] = deque()
        """Names, each with the place of the play head at which it is due."""
        self._due_at = _NEVER
        """Where the first of them is."""
        self._said: deque[tuple[int, int, Utterance]] | None = None
        """What the audio says where that is known: from which place to which."""
        self._sounding = False
        """Whether the frame handed out last holds audio, which is being heard now."""

    @property
    def queued_bytes(self) -> int:
        """Audio not handed out yet, in bytes."""
        return self._tail - self._head

    @property
    def queued_ms(self) -> int:
        """Audio not handed out yet, in whole milliseconds."""
        return (self._tail - self._head) // _BYTES_PER_MS

    @property
    def is_empty(self) -> bool:
        """Whether everything has been handed out; marks may still be due with the next frame."""
        return self._tail == self._head

    def play(self, audio: bytes, says: Utterance | None = None, *, is_bounded: bool = True) -> int:
        """Queue µ-law bytes of any length; returns how many bytes at their end did not fit and are lost.

        The limit is a stream's. What Twilio plays of itself has none (`is_bounded`).

        `says` is what they say, if that is known.
        """
        begin, discarded = self._tail, 0
        if is_bounded and begin - self._head + len(audio) > self._limit_bytes:
            room = max(self._limit_bytes - self.queued_bytes, 0)
            audio, discarded = audio[:room], len(audio) - room
        if not audio:
            return discarded
        if begin == self._head:
            self._chunk, self._chunk_at = audio, begin
        else:
            self._chunks.append(audio)
        self._tail = end = begin + len(audio)
        if says is not None:
            if self._said is None:
                self._said = deque()
            self._said.append((begin, end, says))
        return discarded

    def mark(self, name: str) -> list[str]:
        """Put a mark behind the audio queued so far; returns `[name]` if it is due at once, else nothing."""
        if self._tail > self._head or self._sounding or self._marks:
            self._marks.append((self._tail, name))
            self._due_at = self._marks[0][0]
            return []
        return [name]

    def clear(self) -> list[str]:
        """Drop what is queued; returns the pending marks, in order. What was handed out is still heard."""
        self._chunks.clear()
        self._chunk, self._tail, self._said = b"", self._head, None
        self._sounding = False
        pending = [name for _, name in self._marks]
        self._marks.clear()
        self._due_at = _NEVER
        return pending

    def upcoming(self, frames: int) -> Span:
        """So many of the next frames, or fewer: as many as are whole and in one piece. They stay queued."""
        begin = self._head - self._chunk_at
        whole = min(frames, (len(self._chunk) - begin) // FRAME_BYTES)
        return Span(self._chunk, begin, begin + whole * FRAME_BYTES)

    def next_frame(self) -> tuple[bytes, list[str]]:
        """Hand out 20 ms: 160 µ-law bytes, and the marks that are due at the moment the frame starts.

        A last piece of audio is filled up with the idle code. With nothing queued, it is `IDLE_FRAME` itself.
        """
        head = self._head
        due = self._due() if self._due_at <= head else []
        if head == self._tail:
            self._sounding = False
            return IDLE_FRAME, due
        self._sounding = True
        begin = head - self._chunk_at
        end = begin + FRAME_BYTES
        if end < len(self._chunk):
            self._head = head + FRAME_BYTES
            frame = self._chunk[begin:end]
        else:
            frame = self._cut(begin)
        return (frame if self._said is None else self._captioned(frame)), due

    def _due(self) -> list[str]:
        due: list[str] = []
        marks = self._marks
        while marks and marks[0][0] <= self._head:
            due.append(marks.popleft()[1])
        self._due_at = marks[0][0] if marks else _NEVER
        return due

    def _cut(self, begin: int) -> bytes:
        """The next 160 bytes, from as many chunks as they take: the first ends with them, or before."""
        frame = self._chunk[begin:]
        self._turn_to_next_chunk()
        while (missing := FRAME_BYTES - len(frame)) and self._chunk:
            frame += self._chunk[:missing]
            if missing >= len(self._chunk):
                self._turn_to_next_chunk()
        self._head += len(frame)
        return frame.ljust(FRAME_BYTES, _IDLE) if missing else frame

    def _turn_to_next_chunk(self) -> None:
        self._chunk_at += len(self._chunk)
        self._chunk = self._chunks.popleft() if self._chunks else b""

    def _captioned(self, frame: bytes) -> bytes:
        """The frame just handed out, with what it says."""
        head, said = self._head, self._said
        captions = []
        while said and said[0][0] < head:
            begin, end, utterance = said[0]
            captions.append(Caption(utterance, (min(head, end) - begin) // _BYTES_PER_MS))
            if end > head:
                break
            said.popleft()
        if not said:
            self._said = None
        return captioned(frame, tuple(captions)) if captions else frame
