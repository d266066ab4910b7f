"""What `<Start>` and `<Stop>` ask for besides streams: what runs beside a call, whatever its document."""

from __future__ import annotations

from dataclasses import dataclass

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSpec
from twilio_emulator.twiml.flow import PartyCommand, Track


@dataclass(frozen=True, slots=True)
class BesideCommand(PartyCommand):
    """The family of commands about what runs beside a call."""


@dataclass(frozen=True, slots=True)
class RecordCall(BesideCommand):
    """Record from now on, to the end of the call or until REST stops it."""

    spec: RecordingSpec


@dataclass(frozen=True, slots=True)
class StartSiprec(BesideCommand):
    """Begin a SIPREC session. Nothing is sent to a recorder; the app is told as if it were."""

    name: str
    track: Track
    callback: StatusCallback | None


@dataclass(frozen=True, slots=True)
class StopSiprec(BesideCommand):
    """Stop the SIPREC session of this name."""

    name: str
