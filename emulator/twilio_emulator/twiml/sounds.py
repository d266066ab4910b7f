"""Steps that make the far end hear something, shared by Say, Play and the interpreter's own announcements."""

from __future__ import annotations

from typing import Final

from twilio_emulator.journal import Spoke
from twilio_emulator.twiml.facts import MAX_REPETITIONS
from twilio_emulator.twiml.flow import (
    AudioReady,
    PlaybackEnded,
    Report,
    StartPlayback,
    Steps,
    Synthesize,
    until,
)
from twilio_emulator.twiml.speech_script import Piece
from twilio_wire import g711, tones

_ULAW_BYTES_PER_MS = 8

BEEP: Final = g711.encode(tones.synthesize(tones.ANSWERING_MACHINE_BEEP, 500))
"""What a caller hears before being recorded: bytes, µ-law, 8 kHz, mono. Twilio documents that there is one, not how
it sounds."""


def play(audio: bytes, *, says: str | None = None) -> Steps[None]:
    """Play bytes (µ-law, 8 kHz, mono) to the end; none take no time. See `StartPlayback` for `says`."""
    if audio:
        yield StartPlayback(audio, says)
        yield from until(PlaybackEnded)


def speak(text: str, *, voice: str, language: str, loop: int = 1, pieces: tuple[Piece, ...] = ()) -> Steps[None]:
    """Say a text `loop` times (0: for ever, see `repetitions`), in these pieces if any. It is synthesized once."""
    yield Synthesize(text, voice, language, pieces)
    ready = yield from until(AudioReady)
    duration_ms = len(ready.audio) // _ULAW_BYTES_PER_MS
    # Text without a speakable word is silence of no length, and nothing to repeat.
    for _ in range(repetitions(loop) if ready.audio else 1):
        yield Report(Spoke(text=text, voice=voice, language=language, duration_ms=duration_ms))
        yield from play(ready.audio, says=text)


def repetitions(loop: int) -> int:
    """How often a `loop` attribute means: 0 is until the far end hangs up, and nothing exceeds the cap."""
    return min(loop or MAX_REPETITIONS, MAX_REPETITIONS)
