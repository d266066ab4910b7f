"""The department of `<Record>`: one recording of the far end at a time, and an ear for its silence."""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.department import Host, Tell
from twilio_emulator.calls.recordings import Recording
from twilio_emulator.calls.transcribing import Transcribing
from twilio_emulator.media.silence import SilenceWatch
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import PartyCommand
from twilio_emulator.twiml.record_flow import RecordingStopped, SilenceHeard, StartRecording, StopRecording

_KEY_MS: Final = 40
"""What has been recorded of a key when it is recognised: it takes 40 ms of tone, of which the last 20 are not."""


class VerbRecording:
    """Records for `<Record>`."""

    def __init__(self, host: Host, rooms: Rooms) -> None:
        self._host = host
        self._rooms = rooms
        self._recording: Recording | None = None
        self._watch: SilenceWatch | None = None
        self._transcribing: Transcribing | None = None

    def carry_out(self, command: PartyCommand, tell: Tell) -> None:
        """Begin, or end and tell what there is."""
        match command:
            case StartRecording():
                self._start(command, tell)
            case StopRecording(on_key=on_key):
                self._stop(on_key=on_key)
                tell(self._outcome())

    def part(self) -> None:
        """The verb is off the line; what has been recorded is kept."""
        self._stop(on_key=False)

    def _start(self, command: StartRecording, tell: Tell) -> None:
        self._recording = None
        if self._host.call.status.is_final:
            return  # the far end has hung up at the very moment of the answer, and the flow is about to be told
        self._recording = self._host.recordings.start(command.spec)
        self._watch = SilenceWatch(command.silence_ms, lambda: tell(SilenceHeard()))
        self._host.leg.add_tap(self._watch.frame)
        if command.transcribe is not None:
            self._transcribing = Transcribing(command.transcribe, self._host, self._rooms)

    def _stop(self, *, on_key: bool) -> None:
        if self._watch is None:
            return
        self._host.leg.remove_tap(self._watch.frame)
        self._watch = None
        assert self._recording is not None
        # REST may have stopped it before.
        if self._recording.status.is_live:
            self._host.recordings.conclude(self._recording, drop_ms=_KEY_MS if on_key else 0)
        if self._transcribing is not None:
            self._transcribing.finish(self._recording)
            self._transcribing = None

    def _outcome(self) -> RecordingStopped:
        recording = self._recording
        if recording is None:
            return RecordingStopped("", "", 0)
        return RecordingStopped(recording.sid, self._rooms.address.url(recording.path), recording.duration_s or 0)
