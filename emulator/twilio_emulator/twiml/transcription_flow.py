"""What TwiML may ask of real-time transcription, and what Twilio takes for a configuration of it.

Sources: twilio.com/docs/voice/twiml/transcription, twilio.com/docs/api/errors/32650 to 32655.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from twilio_emulator.twiml.flow import Command, Track

CONFIGURATION_ERROR: Final = 32650
PROVIDER_ERROR: Final = 32651
UNSUPPORTED_CONFIG: Final = 32652

ENGINES: Final = ("google", "deepgram")

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|[0-9]{3}))?|multi")
_MODEL: Final = re.compile(r"[a-z][a-z0-9_-]*")


class TranscriptionSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A `<Transcription>`: whose words, how they are written, and who is told."""

    name: str = ""
    track: Track = Track.BOTH
    language: str = "en-US"
    engine: str = "google"
    speech_model: str = "telephony"
    partial_results: bool = False
    profanity_filter: bool = True
    punctuation: bool = True
    provider_data: bool = False
    hints: tuple[str, ...] = ()
    inbound_label: str = ""
    outbound_label: str = ""
    status_callback: str = ""
    status_callback_method: str = "POST"

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks one by one."""
        return (Track.INBOUND, Track.OUTBOUND) if self.track is Track.BOTH else (self.track,)

    def fault(self) -> tuple[int, str] | None:
        """Twilio's code for what is wrong with it, and one sentence; None if nothing is."""
        if self.engine not in ENGINES:
            return CONFIGURATION_ERROR, f"There is no transcription engine {self.engine!r}; use {' or '.join(ENGINES)}."
        if not _LANGUAGE.fullmatch(self.language):
            return CONFIGURATION_ERROR, f"{self.language!r} is no language; write it as in en-US."
        if not _MODEL.fullmatch(self.speech_model):
            return PROVIDER_ERROR, f"{self.engine} has no speech model {self.speech_model!r}."
        return None


class StartTranscription(Command, frozen=True):
    """Transcribe the call from now on, beside whatever its TwiML does."""

    spec: TranscriptionSpec


class StopTranscription(Command, frozen=True):
    """Stop the transcription of this name."""

    name: str
