"""Listens to one track of a call for speech: frames in, what a recogniser would tell out. Pure, counted in audio.

    listener = Listener()
    listener.feed(frame)          # → SpeechStarted(), then WordsHeard(…) as each word ends, then SpeechStopped(…)

Words that travel with the frames (see `media.captions`) are heard as they end; a word that had begun before anybody
listened is not. Sound without captions is cut at its pauses and handed out as `Unclear`, for somebody else to say what
it is.

Laws
----
* `SpeechStarted` and `SpeechStopped` alternate; words come between the two.
* Speech has stopped once it has been silent for `PAUSE_MS`: shorter gaps are part of it.
* A click is not speech: sound without captions counts from its third frame on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from twilio_emulator.media.captions import Caption, Utterance, captions_of
from twilio_emulator.twiml.flow import SpeechStarted, SpeechStopped, WordsHeard
from twilio_wire.g711 import FRAME_MS
from twilio_wire.levels import is_silent

PAUSE_MS: Final = 200
"""Silence that ends a stretch of speech; the stops within words and between them are shorter."""

_CLICK_FRAMES: Final = 2
_LEAD_FRAMES: Final = 5
"""Frames before the first loud one that belong to a stretch of speech: many words begin softly."""
_LONGEST_FRAMES: Final = 30_000 // FRAME_MS
"""Somebody who talks without a pause is cut here; a recogniser takes half a minute at once."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """A stretch of sound without captions, from a little before its beginning to a pause (µ-law, 8 kHz, mono)."""

    audio: bytes


SpeechEvent = SpeechStarted | WordsHeard | SpeechStopped
Heard = SpeechEvent | Unclear


class Listener:
    """One track. Feed it every frame in turn.

    `sound_is_speech`: whether sound without captions starts speech, because somebody can say what it means.
    """

    def __init__(self, *, sound_is_speech: bool) -> None:
        self._sound_is_speech = sound_is_speech
        self._speaking = False
        self._silent_ms = 0
        self._quiet_ms = 0
        self._followed: list[_Followed] = []
        self._lead: list[bytes] = []
        self._sound: list[bytes] = []
        self._loud_frames = 0

    def feed(self, frame: bytes) -> list[Heard]:
        """Take 20 ms and tell what has been heard in them."""
        captions = captions_of(frame)
        words = self._follow(captions)
        sounds = not captions and self._is_sound(frame)
        self._keep(frame, sounds=sounds)
        speaks = any(caption.utterance.is_sounding(caption.until_ms) for caption in captions)
        speaks |= sounds and self._sound_is_speech
        heard: list[Heard] = []
        if (speaks or words) and not self._speaking:
            self._speaking = True
            heard.append(SpeechStarted())
        heard += words
        self._silent_ms = 0 if speaks else self._silent_ms + FRAME_MS
        self._quiet_ms = 0 if sounds else self._quiet_ms + FRAME_MS
        if self._quiet_ms >= PAUSE_MS or len(self._sound) >= _LONGEST_FRAMES:
            heard += self._cut()
        if self._silent_ms >= PAUSE_MS:
            heard += self._stop()
            self._followed = [one for one in self._followed if any(map(one.is_of, captions))]
        return heard

    def finish(self) -> list[Heard]:
        """Nothing more comes for now: tell what is left."""
        return [*self._cut(), *self._stop()]

    def _follow(self, captions: tuple[Caption, ...]) -> list[Heard]:
        """The words that have ended with this frame."""
        heard: list[Heard] = []
        for caption in captions:
            followed = next((one for one in self._followed if one.goes_on_with(caption)), None)
            if followed is None:
                followed = _Followed(caption)
                self._followed.append(followed)
            words = followed.advance(caption.until_ms)
            if words:
                heard.append(WordsHeard(words, caption.utterance.confidence))
        return heard

    def _is_sound(self, frame: bytes) -> bool:
        """Whether a frame without captions is loud, and no click."""
        self._loud_frames = 0 if is_silent(frame) else self._loud_frames + 1
        return self._loud_frames > _CLICK_FRAMES or (self._loud_frames > 0 and bool(self._sound))

    def _keep(self, frame: bytes, *, sounds: bool) -> None:
        """Keep a stretch of sound, from a little before its first loud frame to the pause."""
        if sounds and not self._sound:
            self._sound, self._lead = self._lead, []
        if sounds or self._sound:
            self._sound.append(frame)
        else:
            self._lead = [*self._lead[1 - _LEAD_FRAMES - _CLICK_FRAMES :], frame]

    def _cut(self) -> list[Heard]:
        sound, self._sound = self._sound, []
        return [Unclear(b"".join(sound))] if sound else []

    def _stop(self) -> list[Heard]:
        stopped: list[Heard] = [SpeechStopped(self._silent_ms)] if self._speaking else []
        self._speaking = False
        return stopped


class _Followed:
    """An utterance as it is being heard: how far it has come, and which of its words are still to end."""

    def __init__(self, caption: Caption) -> None:
        self._utterance: Utterance = caption.utterance
        self._until_ms = max(caption.until_ms - FRAME_MS, 0)
        self._to_come = [word for word in caption.utterance.words if word.start_ms >= self._until_ms]

    def goes_on_with(self, caption: Caption) -> bool:
        """Whether this is a later frame of the same; an utterance that begins anew is another."""
        return caption.utterance is self._utterance and caption.until_ms > self._until_ms

    def advance(self, until_ms: int) -> tuple[str, ...]:
        """The words that have ended by now."""
        self._until_ms = until_ms
        ended = [word for word in self._to_come if word.end_ms <= until_ms]
        self._to_come = self._to_come[len(ended) :]
        return tuple(word.text for word in ended)

    def is_of(self, caption: Caption) -> bool:
        """Whether this is the utterance of a caption."""
        return caption.utterance is self._utterance
