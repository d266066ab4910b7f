"""The recordings of one live call or conference: begins, pauses, stops and keeps them, and tells the app.

Sources: twilio.com/docs/voice/api/recording (callbacks), twilio.com/docs/api/errors/16101 and 16102 (absent ones).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Final, Protocol

from twilio_emulator.calls.progress import post
from twilio_emulator.calls.recordings import Recording, RecordingEvent, RecordingSource, RecordingSpec, RecordingStatus
from twilio_emulator.journal import Problem, RecordingMoved
from twilio_emulator.media.leg import Tap
from twilio_emulator.media.recorder import PauseBehavior, Recorder
from twilio_emulator.rooms import Rooms
from twilio_wire.sids import SidKind

TOO_SHORT: Final = 16101
SILENT: Final = 16102

_TRACK_UNTOLD: Final = frozenset({RecordingSource.RECORD_VERB, RecordingSource.CONFERENCE})
"""Captured callbacks of `<Record>` are without RecordingTrack, and the documented ones of `<Conference>`."""


@dataclass(frozen=True, slots=True)
class RecordingOwner:
    """Whose recordings they are; `call_sid` is the call that the journal and the requests speak of."""

    account_sid: str
    call_sid: str
    conference_sid: str = ""


class Tapped(Protocol):
    """What is recorded: the leg of an answered call, or a conference."""

    def add_tap(self, tap: Tap) -> None:
        """Lend every later pair of frames to `tap`."""

    def remove_tap(self, tap: Tap) -> None:
        """Stop lending."""


class CallRecordings:
    """Records one thing, any number of times over."""

    def __init__(self, owner: RecordingOwner, source: Tapped, rooms: Rooms) -> None:
        self._owner = owner
        self._source = source
        self._rooms = rooms
        self._all: list[Recording] = []
        self._recorders: dict[str, Recorder] = {}
        self._untold: list[Recording] = []

    @property
    def all(self) -> Sequence[Recording]:
        """All that there have been, oldest first."""
        return self._all

    def start(self, spec: RecordingSpec) -> Recording:
        """Record from now on."""
        now = self._rooms.clock.now_ms
        recording = Recording(
            sid=self._rooms.sids.new(SidKind.RECORDING),
            account_sid=self._owner.account_sid,
            call_sid=self._owner.call_sid,
            conference_sid=self._owner.conference_sid,
            spec=spec,
            created_ms=now,
            updated_ms=now,
        )
        recorder = self._recorders[recording.sid] = Recorder(spec.track, channels=spec.channels)
        self._all.append(recording)
        self._rooms.store.records.recordings.add(recording)
        self._source.add_tap(recorder.frame)
        self._note(recording, f"recording began ({spec.source})")
        self._tell(recording, "started")
        self._tell(recording, RecordingStatus.IN_PROGRESS)
        return recording

    def pause(self, recording: Recording, behavior: PauseBehavior) -> None:
        """Record nothing until it is resumed."""
        self._recorders[recording.sid].pause(behavior)
        self._step(recording, RecordingEvent.PAUSED)
        self._tell(recording, "paused")

    def resume(self, recording: Recording) -> None:
        """Go on after a pause."""
        self._recorders[recording.sid].resume()
        self._step(recording, RecordingEvent.RESUMED)
        self._tell(recording, "resumed")

    def stop(self, recording: Recording) -> None:
        """Record no more. What there is is ready once whoever asked for this has had a reply."""
        self._source.remove_tap(self._recorders[recording.sid].frame)
        self._step(recording, RecordingEvent.STOPPED)
        self._tell(recording, "stopped")
        hold = self._rooms.clock.hold(f"recording {recording.sid}")

        async def keep() -> None:
            with hold:
                self._keep(recording)
                self.report()

        self._rooms.tasks.spawn(keep())

    def conclude(self, recording: Recording, *, drop_ms: int = 0) -> None:
        """Record no more, forget the last `drop_ms`, and have it ready at once, for a verb that goes on with it.

        The app is told when what the verb asks for at this moment has been answered.
        """
        recorder = self._recorders[recording.sid]
        self._source.remove_tap(recorder.frame)
        recorder.drop(drop_ms)
        self._step(recording, RecordingEvent.STOPPED)
        self._keep(recording)
        self._rooms.clock.call_at(self._rooms.clock.now_ms, self.report)

    def close_all(self) -> None:
        """The call is over: all recordings are ready. Nobody is told before `report`."""
        for recording in self.all:
            if recording.status.is_live:
                self._source.remove_tap(self._recorders[recording.sid].frame)
                recording.apply(RecordingEvent.STOPPED, now_ms=self._rooms.clock.now_ms)
            self._keep(recording)

    def report(self) -> None:
        """Tell the app of the recordings that have become ready."""
        untold, self._untold = self._untold, []
        for recording in untold:
            self._tell(recording, recording.status)

    def parameters(self) -> dict[str, str]:
        """What the call's last status callback says of a recording that its creation asked for."""
        for recording in self.all:
            if recording.spec.source is RecordingSource.OUTBOUND_API and recording.status is RecordingStatus.COMPLETED:
                return {
                    "RecordingUrl": self._url(recording),
                    "RecordingSid": recording.sid,
                    "RecordingDuration": str(recording.duration_s),
                }
        return {}

    # --- inside -----------------------------------------------------------------------------------------------------

    def _keep(self, recording: Recording) -> None:
        recorder = self._recorders.pop(recording.sid, None)
        if recorder is None:
            return
        take = recorder.take(recording.spec.trim)
        if take.ms:
            recording.take, recording.length_ms = take, take.ms
            self._step(recording, RecordingEvent.KEPT, duration_ms=take.ms)
        else:
            recording.error_code = SILENT if recorder.recorded_ms else TOO_SHORT
            self._step(recording, RecordingEvent.NOTHING_LEFT)
            self._rooms.journal.write(_absent(recording))
        self._untold.append(recording)

    def _step(self, recording: Recording, event: RecordingEvent, *, duration_ms: int = 0) -> None:
        recording.apply(event, now_ms=self._rooms.clock.now_ms)
        self._note(recording, f"it {event}", duration_ms)

    def _note(self, recording: Recording, cause: str, duration_ms: int = 0) -> None:
        self._rooms.journal.write(
            RecordingMoved(
                call_sid=self._owner.call_sid,
                recording_sid=recording.sid,
                status=recording.status.value,
                cause=cause,
                duration_ms=duration_ms,
            )
        )

    def _url(self, recording: Recording) -> str:
        return self._rooms.address.url(recording.path)

    def _tell(self, recording: Recording, event: str) -> None:
        callback = recording.spec.callback
        if callback is None or event not in callback.events:
            return
        age = timedelta(milliseconds=self._rooms.clock.now_ms - recording.created_ms)
        conference_sid = recording.conference_sid
        parameters = {
            "AccountSid": recording.account_sid,
            **({"ConferenceSid": conference_sid} if conference_sid else {"CallSid": recording.call_sid}),
            "RecordingSid": recording.sid,
            "RecordingUrl": self._url(recording),
            "RecordingStatus": str(event),
            "RecordingChannels": str(recording.spec.channels),
            "RecordingStartTime": format_datetime(self._rooms.clock.utc() - age),
            "RecordingSource": recording.spec.source.value,
            "ErrorCode": str(recording.error_code or 0),
        }
        if recording.spec.source not in _TRACK_UNTOLD:
            parameters["RecordingTrack"] = recording.spec.track.value
        if recording.duration_s is not None:
            parameters["RecordingDuration"] = str(recording.duration_s)
        post(
            self._rooms,
            self._owner.call_sid,
            url=callback.url,
            method=callback.method,
            parameters=parameters,
            purpose="recording status callback",
        )


def _absent(recording: Recording) -> Problem:
    why = "has nothing but silence" if recording.error_code == SILENT else "is too short"
    return Problem(
        call_sid=recording.call_sid,
        code=recording.error_code or 0,
        level="warning",
        message=f"The recording {recording.sid} {why}; there is no file.",
        hint="Trim=do-not-trim keeps silence." if recording.error_code == SILENT else "Stop it later.",
    )
