"""What a caller hears while somebody is found for it: ringback, round and round, until it is stopped."""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.flow import Event, PlaybackEnded, StartPlayback, Steps, StopPlayback
from twilio_wire import g711
from twilio_wire.tones import RINGBACK, synthesize

RINGING: Final = g711.encode(synthesize(RINGBACK, RINGBACK.cycle_ms))
"""One round."""


class Ringing:
    """Steps that begin it, keep it going, and stop it."""

    def __init__(self) -> None:
        self._is_on = False

    def begin(self) -> Steps[None]:
        """Let it be heard."""
        if not self._is_on:
            self._is_on = True
            yield StartPlayback(RINGING)

    def hear(self, event: Event | None) -> Steps[None]:
        """Something has happened; the end of a round begins the next."""
        if self._is_on and isinstance(event, PlaybackEnded):
            yield StartPlayback(RINGING)

    def stop(self) -> Steps[None]:
        """Silence."""
        if self._is_on:
            self._is_on = False
            yield StopPlayback()
