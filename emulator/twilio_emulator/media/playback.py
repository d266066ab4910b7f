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

from collections import deque
from typing import Final

from twilio_emulator.media.captions import Caption, Utterance, captioned
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME, SAMPLE_RATE

TEN_MINUTES_BYTES: Final = 600 * SAMPLE_RATE
"""What Twilio queues before it discards media (twilio.com/docs/api/errors/31931)."""

_IDLE: Final = IDLE_FRAME[:1]
_BYTES_PER_MS: Final = SAMPLE_RATE // 1000


class Playback:
    """One queue of µ-law bytes (8 kHz, mono) toward a far end, with marks between them.

    `limit_bytes` is the most it holds; what does not fit is discarded, as Twilio does beyond ten minutes.
    """

    __slots__ = ("_chunks", "_handed_out", "_limit_bytes", "_marks", "_offset", "_queued", "_said", "_sounding")

    def __init__(self, limit_bytes: int = TEN_MINUTES_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._chunks: deque[bytes] = deque()
        self._offset = 0
        """Where the unheard part of the first chunk starts."""
        self._queued = 0
        self._handed_out = 0
        """Bytes of audio handed out since the beginning: the play head."""
        self._marks: deque[tuple[int, str]] = deque()
        """Names, each with the place of the play head at which it is due."""
        self._said: deque[tuple[int, int, Utterance]] = deque()
        """What the audio says where that is known: from and to which place of the play head."""
        self._sounding = False
        """Whether the frame handed out last holds audio, which is being heard now."""

    @property
    def queued_bytes(self) -> int:
        """Audio not handed out yet, in bytes."""
        return self._queued

    @property
    def queued_ms(self) -> int:
        """Audio not handed out yet, in whole milliseconds."""
        return self._queued * 1000 // SAMPLE_RATE

    @property
    def is_empty(self) -> bool:
        """Whether everything has been handed out; marks may still be due with the next frame."""
        return self._queued == 0

    def play(self, audio: bytes, says: Utterance | None = None, *, is_bounded: bool = True) -> int:
        """Queue µ-law bytes of any length; returns how many bytes at their end did not fit and are lost.

        The limit is a stream's. What Twilio plays of itself has none (`is_bounded`).

        `says` is what they say, if that is known.
        """
        discarded = 0
        if is_bounded and self._queued + len(audio) > self._limit_bytes:
            room = max(self._limit_bytes - self._queued, 0)
            audio, discarded = audio[:room], len(audio) - room
        if audio:
            if says is not None:
                begin = self._handed_out + self._queued
                self._said.append((begin, begin + len(audio), says))
            self._chunks.append(audio)
            self._queued += len(audio)
        return discarded

    def mark(self, name: str) -> list[str]:
        """Put a mark behind the audio queued so far; returns `[name]` if it is due at once, else nothing."""
        if self._queued or self._sounding or self._marks:
            self._marks.append((self._handed_out + self._queued, name))
            return []
        return [name]

    def clear(self) -> list[str]:
        """Drop what is queued; returns the pending marks, in order. What was handed out is still heard."""
        self._chunks.clear()
        self._said.clear()
        self._offset = self._queued = 0
        self._sounding = False
        pending = [name for _, name in self._marks]
        self._marks.clear()
        return pending

    def upcoming(self, frames: int) -> bytes:
        """So many of the next frames, or fewer: as many as are whole and in one piece. They stay queued."""
        if not self._chunks:
            return b""
        chunk, begin = self._chunks[0], self._offset
        whole = min(frames, (len(chunk) - begin) // FRAME_BYTES)
        return chunk[begin : begin + whole * FRAME_BYTES]

    def next_frame(self) -> tuple[bytes, list[str]]:
        """Hand out 20 ms: 160 µ-law bytes, and the marks that are due at the moment the frame starts.

        A last piece of audio is filled up with the idle code. With nothing queued, it is `IDLE_FRAME` itself.
        """
        marks = self._marks
        due = self._due() if marks and marks[0][0] <= self._handed_out else []
        if not self._queued:
            self._sounding = False
            return IDLE_FRAME, due
        self._sounding = True
        chunk, begin = self._chunks[0], self._offset
        end = begin + FRAME_BYTES
        if end >= len(chunk):
            return self._cut(), due
        self._offset = end
        self._queued -= FRAME_BYTES
        self._handed_out += FRAME_BYTES
        frame = chunk[begin:end]
        return (self._captioned(frame) if self._said else frame), due

    def _due(self) -> list[str]:
        due: list[str] = []
        while self._marks and self._marks[0][0] <= self._handed_out:
            due.append(self._marks.popleft()[1])
        return due

    def _cut(self) -> bytes:
        """The next 160 bytes, from as many chunks as they take: the first ends with them, or before."""
        frame, self._offset = self._chunks.popleft()[self._offset :], 0
        while len(frame) < FRAME_BYTES and self._chunks:
            frame += self._take(FRAME_BYTES - len(frame))
        self._queued -= len(frame)
        self._handed_out += len(frame)
        whole = frame if len(frame) == FRAME_BYTES else frame.ljust(FRAME_BYTES, _IDLE)
        return self._captioned(whole) if self._said else whole

    def _captioned(self, frame: bytes) -> bytes:
        """The frame just handed out, with what it says."""
        head = self._handed_out
        captions = []
        while self._said and self._said[0][0] < head:
            begin, end, utterance = self._said[0]
            captions.append(Caption(utterance, (min(head, end) - begin) // _BYTES_PER_MS))
            if end > head:
                break
            self._said.popleft()
        return captioned(frame, tuple(captions)) if captions else frame

    def _take(self, at_most: int) -> bytes:
        chunk = self._chunks[0]
        end = self._offset + at_most
        piece = chunk[self._offset : end]
        if end < len(chunk):
            self._offset = end
        else:
            self._chunks.popleft()
            self._offset = 0
        return piece
