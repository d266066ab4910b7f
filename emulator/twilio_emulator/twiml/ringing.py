"""What a caller hears while somebody is found for it: ringback, round and round, until it is stopped.

It sounds as in the country that `ringTone` names, or that of the number that is rung. That the automatic tone is the
number's is our reading; a country that Twilio has no name for, and an address that is no number, sound as in North
America. Source: twilio.com/docs/voice/twiml/dial, "ringTone".
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from twilio_emulator.twiml.flow import Event, PlaybackEnded, StartPlayback, Steps, StopPlayback
from twilio_emulator.webhooks.geography import country_of
from twilio_wire import g711
from twilio_wire.e164 import is_e164
from twilio_wire.ringback import RINGBACKS
from twilio_wire.tones import synthesize

AUTOMATIC: Final = ("", "auto")

_DEFAULT: Final = "us"
_NAMED_OTHERWISE: Final = {"gb": "uk"}


def ring_tone(chosen: str, route: str) -> str:
    """The name of the tone for a leg: the one chosen, or that of where it goes."""
    if chosen not in AUTOMATIC:
        return chosen
    country = country_of(route).lower() if is_e164(route) else _DEFAULT
    country = _NAMED_OTHERWISE.get(country, country)
    return country if country in RINGBACKS else _DEFAULT


@lru_cache(maxsize=8)
def one_round(name: str = _DEFAULT) -> bytes:
    """A tone once, with the silence after it: bytes, µ-law, 8 kHz, mono."""
    tone = RINGBACKS[name]
    return g711.encode(synthesize(tone, tone.cycle_ms))


class Ringing:
    """Steps that begin it, keep it going, and stop it."""

    def __init__(self) -> None:
        self._round = b""

    @property
    def is_on(self) -> bool:
        """Whether it is heard."""
        return bool(self._round)

    def begin(self, tone: str = _DEFAULT) -> Steps[None]:
        """Let a tone be heard; the one that is heard already stays."""
        if not self._round:
            self._round = one_round(tone)
            yield StartPlayback(self._round)

    def hear(self, event: Event | None) -> Steps[None]:
        """Something has happened; the end of a round begins the next."""
        if self._round and isinstance(event, PlaybackEnded):
            yield StartPlayback(self._round)

    def stop(self) -> Steps[None]:
        """Silence."""
        if self._round:
            self._round = b""
            yield StopPlayback()
