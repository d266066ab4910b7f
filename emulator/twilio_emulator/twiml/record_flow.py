"""What `<Record>` asks of the world, and is told: an extension of `flow`."""

from __future__ import annotations

from dataclasses import dataclass

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSpec
from twilio_emulator.twiml.flow import Event, PartyCommand


@dataclass(frozen=True, slots=True)
class RecordCommand(PartyCommand):
    """The family of `<Record>`'s commands."""


@dataclass(frozen=True, slots=True)
class Transcribe:
    """What is recorded is also to be written down; `callback` is who is told of it, if anybody is."""

    callback: StatusCallback | None


@dataclass(frozen=True, slots=True)
class StartRecording(RecordCommand):
    """Record from now on. `SilenceHeard` follows once the far end has been silent for `silence_ms`; 0: never."""

    spec: RecordingSpec
    silence_ms: int
    transcribe: Transcribe | None = None


@dataclass(frozen=True, slots=True)
class StopRecording(RecordCommand):
    """Record no more; `RecordingStopped` follows. Also after a hang-up, which has stopped it by itself.

    With `on_key`, what was heard of the key that stops it is left out.
    """

    on_key: bool = False


@dataclass(frozen=True, slots=True)
class SilenceHeard(Event):
    """The far end has been silent for as long as was asked."""


@dataclass(frozen=True, slots=True)
class RecordingStopped(Event):
    """A recording is ready; `duration_s` is 0 for one that has nothing in it and no file."""

    sid: str
    url: str
    duration_s: int
