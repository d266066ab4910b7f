"""Hears DTMF keys in µ-law audio, whatever the size of the pieces it comes in.

Windows of 15 ms are looked at every 5 ms. Four in a row that hold the same two sines are a key pressed: 40 ms of
tone always has them, 20 ms never. Eight in a row without them are the key let go.

Laws: whole frames only, on a grid that begins with the first byte, so the answer cannot depend on how the
audio was cut. No clock, no randomness.
"""

from typing import Final

from twilio_wire.dtmf_pairs import Pair, Span, end_in_pairs, foreseen, may_end_in_pair, pairs
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME, frames

_WINDOWS_TO_PRESS: Final = 4
# A dropout of 20 ms spoils six windows at most, a pause of 45 ms at least ten.
_WINDOWS_TO_RELEASE: Final = 8


class Detector:
    """Listens to one direction of one line and says which keys are pressed."""

    __slots__ = (
        "_at",
        "_before",
        "_foreseen",
        "_foreseen_until",
        "_incomplete",
        "_is_calm",
        "_key",
        "_misses",
        "_newest",
        "_pair",
        "_run",
    )

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything heard so far."""
        self._before = self._newest = IDLE_FRAME
        # The foreseen span in which the line is, and where the next frame lies in it. The audio is what the line says
        # itself, no copy of it: in the cache lies what has just been said.
        self._foreseen = b""
        self._at = self._foreseen_until = 0
        self._incomplete = b""
        self._key: str | None = None
        self._pair: Pair | None = None
        self._run = 0
        self._misses = 0
        # No key is held nor has begun, and no frame is incomplete. A frame that ends in no pair then changes nothing,
        # for of four windows in a row, one is the last of a frame: unless that holds a pair, no key begins there.
        self._is_calm = True

    @property
    def key(self) -> str | None:
        """The key held down at the end of the audio heard so far, or None."""
        return self._key

    def feed(self, ulaw: bytes) -> str:
        """Listen to the next audio (µ-law bytes, 8 kHz, any length) and return the keys newly pressed in it.

        Bytes short of a whole frame wait for the rest.
        """
        at = self._at
        is_known = self._foreseen.startswith(ulaw, at, self._foreseen_until) or ulaw == IDLE_FRAME
        if self._is_calm and is_known and len(ulaw) == FRAME_BYTES:
            self._at = at + FRAME_BYTES
            self._before, self._newest = self._newest, ulaw
            return ""
        self._at = at + len(ulaw)
        audio = self._incomplete + ulaw if self._incomplete else ulaw
        whole = len(audio) - len(audio) % FRAME_BYTES
        self._incomplete = audio[whole:]
        pressed = ""
        if whole == FRAME_BYTES:
            frame = audio[:whole]
            pressed = self._hear(frame, ends_in_pair=not self._begins_span(frame) and may_end_in_pair(frame))
        elif whole:
            pressed = self._hear_all(audio[:whole])
        self._is_calm = self._begins_nothing() and not self._incomplete
        return pressed

    def _begins_span(self, frame: bytes) -> bool:
        """Whether a foreseen span begins with this frame; the line is in it then."""
        if (span := foreseen(frame)) is None:
            return False
        self._foreseen, begin, self._foreseen_until = span
        self._at = begin + FRAME_BYTES
        return True

    def _hear_all(self, audio: bytes) -> str:
        """Listen to some whole frames."""
        count = len(audio) // FRAME_BYTES
        judged = [False] * count if audio == IDLE_FRAME * count else end_in_pairs(Span(audio, 0, len(audio)))
        if True not in judged and self._begins_nothing():
            self._before, self._newest = audio[-2 * FRAME_BYTES : -FRAME_BYTES], audio[-FRAME_BYTES:]
            return ""
        return "".join([self._hear(frame, ends_in_pair=may) for frame, may in zip(frames(audio), judged, strict=True)])

    def _hear(self, frame: bytes, *, ends_in_pair: bool) -> str:
        """Listen to a frame; `ends_in_pair` is what `may_end_in_pair` says of it."""
        self._before, self._newest = self._newest, frame
        if not ends_in_pair and self._begins_nothing():
            return ""
        return "".join([self._decide(pair) for pair in pairs(self._before, frame)])

    def _begins_nothing(self) -> bool:
        """Whether no key is held nor has begun."""
        return self._key is None and self._pair is None

    def _decide(self, pair: Pair | None) -> str:
        """Take one window and return the key pressed with it, if any."""
        before, self._pair = self._pair, pair
        if pair is not None and before is not None and pair.continues(before):
            self._run += 1
        else:
            self._run = 0 if pair is None else 1
        if pair is not None and pair.key == self._key:
            self._misses = 0
            return ""
        if pair is not None and self._run >= _WINDOWS_TO_PRESS:
            self._key, self._misses = pair.key, 0
            return pair.key
        if self._key is not None:
            self._misses += 1
            if self._misses >= _WINDOWS_TO_RELEASE:
                self._key = None
        return ""
