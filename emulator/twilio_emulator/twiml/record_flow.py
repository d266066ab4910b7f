"""What `<Record>` asks of the world, and is told: an extension of `flow`."""

from __future__ import annotations

import msgspec

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSpec
from twilio_emulator.twiml.flow import Event, PartyCommand


class RecordCommand(PartyCommand, frozen=True):
    """The family of `<Record>`'s commands."""


class Transcribe(msgspec.Struct, frozen=True):
    """What is recorded is also to be written down; `callback` is who is told of it, if anybody is."""

    callback: StatusCallback | None


class StartRecording(RecordCommand, frozen=True):
    """Record from now on. `SilenceHeard` follows once the far end has been silent for `silence_ms`; 0: never."""

    spec: RecordingSpec
    silence_ms: int
    transcribe: Transcribe | None = None


class StopRecording(RecordCommand, frozen=True):
    """Record no more; `RecordingStopped` follows. Also after a hang-up, which has stopped it by itself.

    With `on_key`, what was heard of the key that stops it is left out.
    """

    on_key: bool = False


class SilenceHeard(Event, frozen=True):
    """The far end has been silent for as long as was asked."""


class RecordingStopped(Event, frozen=True):
    """A recording is ready; `duration_s` is 0 for one that has nothing in it and no file."""

    sid: str
    url: str
    duration_s: int
