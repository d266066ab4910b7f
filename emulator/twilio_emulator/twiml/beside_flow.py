"""What `<Start>` and `<Stop>` ask for besides streams: what runs beside a call, whatever its document."""

from __future__ import annotations

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSpec
from twilio_emulator.twiml.flow import PartyCommand, Track


class BesideCommand(PartyCommand, frozen=True):
    """The family of commands about what runs beside a call."""


class RecordCall(BesideCommand, frozen=True):
    """Record from now on, to the end of the call or until REST stops it."""

    spec: RecordingSpec


class StartSiprec(BesideCommand, frozen=True):
    """Begin a SIPREC session. Nothing is sent to a recorder; the app is told as if it were."""

    name: str
    track: Track
    callback: StatusCallback | None


class StopSiprec(BesideCommand, frozen=True):
    """Stop the SIPREC session of this name."""

    name: str
