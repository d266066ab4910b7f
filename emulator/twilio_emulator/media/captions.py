"""What audio says: words that travel beside the sound, on the frames themselves.

Whoever plays audio whose text is known says so with an `Utterance`. Every 20 ms frame cut from it then carries a
`Caption`: which utterance it belongs to, and how much of that has gone by at the frame's end. Captions go wherever
frames go (a phone's line, the network between two calls, a bridge, a conference) and cost nothing where there are none.
They are out of band: noise on the sound does not garble them, and a lost frame loses no word, because the next one says
how far its utterance has come.

Laws
----
* Pure, and counted in audio. The same audio and text give the same words at the same times.
* A frame without captions is audio of which nobody knows what it says. An utterance with an empty text is known to say
  nothing: tones, for instance.
* Whoever makes a new frame of others (a mixer, a fault) keeps their captions with `carrying`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Final

from twilio_wire import g711
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS, IDLE_FRAME
from twilio_wire.levels import is_silent

KNOWN_CONFIDENCE: Final = 0.95
"""How sure a recogniser is of words that are known, unless whoever says them gives another figure."""

_BYTES_PER_MS: Final = g711.SAMPLE_RATE // 1000


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was written, punctuation included, and when it sounds in its audio (milliseconds)."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, eq=False)
class Utterance:
    """A text and the audio that says it (bytes, µ-law, 8 kHz, mono).

    `confidence`, 0.0 to 1.0, is how sure a recogniser shall be of it.
    """

    text: str
    audio: bytes = field(repr=False)
    confidence: float = KNOWN_CONFIDENCE

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words, spread over the frames that sound: to each its share, by its length in letters."""
        texts = self.text.split()
        frames = [number for number, sounds in enumerate(self._sounding) if sounds] or list(range(len(self._sounding)))
        if not texts or not frames:
            return ()
        ends = list(accumulate(len(text) + 1 for text in texts))
        last = len(frames) - 1
        spoken = []
        for text, begin, end in zip(texts, [0, *ends], ends, strict=False):
            first_frame = frames[min(len(frames) * begin // ends[-1], last)]
            last_frame = max(first_frame, frames[max(len(frames) * end // ends[-1] - 1, 0)])
            spoken.append(Word(text, first_frame * FRAME_MS, min((last_frame + 1) * FRAME_MS, self.ms)))
        return tuple(spoken)

    def is_sounding(self, until_ms: int) -> bool:
        """Whether somebody speaks in the 20 ms that end `until_ms` after its beginning."""
        number = (until_ms - 1) // FRAME_MS
        return bool(self.words) and number < len(self._sounding) and self._sounding[number]

    @cached_property
    def ms(self) -> int:
        """How long its audio lasts, in whole milliseconds."""
        return len(self.audio) // _BYTES_PER_MS

    @cached_property
    def _sounding(self) -> tuple[bool, ...]:
        starts = range(0, len(self.audio), FRAME_BYTES)
        sounds = tuple(not is_silent(self.audio[start : start + FRAME_BYTES]) for start in starts)
        # Somebody may whisper all of it.
        return sounds if any(sounds) else (True,) * len(sounds)


@dataclass(frozen=True, slots=True)
class Caption:
    """One frame's place in an utterance: `until_ms` of it have gone by at the frame's end."""

    utterance: Utterance
    until_ms: int


class CaptionedFrame(bytes):
    """A frame that knows what it says."""

    captions: tuple[Caption, ...]


class LostFrame(CaptionedFrame):
    """A frame that got lost on its way: whoever must hear something hears silence, and a stream sends no message."""


def lost(frame: bytes) -> bytes:
    """The loss of a frame: silence. What was said is still known, for words are not sound."""
    loss = LostFrame(IDLE_FRAME)
    loss.captions = captions_of(frame)
    return loss


def captioned(frame: bytes, captions: tuple[Caption, ...]) -> bytes:
    """The same audio with these captions."""
    with_captions = CaptionedFrame(frame)
    with_captions.captions = captions
    return with_captions


def captions_of(frame: bytes) -> tuple[Caption, ...]:
    """What a frame says; nothing for audio of which nobody knows."""
    return frame.captions if isinstance(frame, CaptionedFrame) else ()


def carrying(frame: bytes, *parts: bytes) -> bytes:
    """A frame made of others (mixed, or altered), with the captions of all of them."""
    captions = tuple(caption for part in parts for caption in captions_of(part))
    return captioned(frame, captions) if captions else frame
