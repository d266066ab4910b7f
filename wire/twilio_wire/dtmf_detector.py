"""Hears DTMF keys in µ-law audio, whatever the size of the pieces it comes in.

Windows of 15 ms are looked at every 5 ms. Four in a row that hold the same two sines are a key pressed: 40 ms of
tone always has them, 20 ms never. Eight in a row without them are the key let go.

Laws: whole frames only, on a grid that begins with the first byte, so the answer cannot depend on how the
audio was cut. No clock, no randomness.
"""

from typing import Final

from twilio_wire.dtmf_pairs import Pair, Windows, end_in_pairs, may_end_in_pair
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME
from twilio_wire.levels import IDLE_CODES

_WINDOWS_TO_PRESS: Final = 4
# A dropout of 20 ms spoils six windows at most, a pause of 45 ms at least ten.
_WINDOWS_TO_RELEASE: Final = 8


class Detector:
    """Listens to one direction of one line and says which keys are pressed."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything heard so far."""
        self._windows = Windows()
        self._incomplete = b""
        self._key: str | None = None
        self._before: Pair | None = None
        self._run = 0
        self._misses = 0
        # At rest nothing is held or begun and silence changes nothing: most frames of most calls end there.
        self._at_rest = True

    @property
    def key(self) -> str | None:
        """The key held down at the end of the audio heard so far, or None."""
        return self._key

    def feed(self, ulaw: bytes) -> str:
        """Listen to the next audio (µ-law bytes, 8 kHz, any length) and return the keys newly pressed in it.

        Bytes short of a whole frame wait for the rest.
        """
        if len(ulaw) == FRAME_BYTES and not self._incomplete:
            return "" if self._at_rest and ulaw == IDLE_FRAME else self._hear(ulaw)
        audio = self._incomplete + ulaw
        whole = len(audio) - len(audio) % FRAME_BYTES
        self._incomplete = audio[whole:]
        if not whole or (self._at_rest and not audio.translate(None, IDLE_CODES)):
            return ""
        frames = [audio[start : start + FRAME_BYTES] for start in range(0, whole, FRAME_BYTES)]
        judged = end_in_pairs(audio[:whole])
        if self._begins_nothing() and True not in judged:
            for frame in frames[-2:]:
                self._windows.push(frame)
            self._at_rest = not frames[-1].translate(None, IDLE_CODES)
            return ""
        return "".join([self._hear(frame, ends_in_pair=may) for frame, may in zip(frames, judged, strict=True)])

    def _hear(self, frame: bytes, *, ends_in_pair: bool | None = None) -> str:
        """Listen to a frame; `ends_in_pair` is what `may_end_in_pair` says of it, None if it has yet to be asked."""
        idle = not frame.translate(None, IDLE_CODES)
        if idle and self._at_rest:
            return ""
        self._windows.push(frame)
        if self._begins_nothing() and not (may_end_in_pair(frame) if ends_in_pair is None else ends_in_pair):
            self._at_rest = idle
            return ""
        pressed = "".join([self._decide(pair) for pair in self._windows.pairs()])
        self._at_rest = idle and self._key is None
        return pressed

    def _begins_nothing(self) -> bool:
        """Whether no key is held nor has begun, so that frames which end in no pair change nothing.

        Of four windows in a row, one is the last of a frame: unless that holds a pair, no key begins there.
        """
        return self._key is None and self._before is None

    def _decide(self, pair: Pair | None) -> str:
        """Take one window and return the key pressed with it, if any."""
        before, self._before = self._before, pair
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
