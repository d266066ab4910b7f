"""The recordings of one live call: begins, pauses, stops and keeps them, and tells the app.

Sources: twilio.com/docs/voice/api/recording (callbacks), twilio.com/docs/api/errors/16101 and 16102 (absent ones).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime
from typing import Final

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.progress import post
from twilio_emulator.calls.recordings import Recording, RecordingEvent, RecordingSource, RecordingSpec, RecordingStatus
from twilio_emulator.journal import Problem, RecordingMoved
from twilio_emulator.media.leg import Leg
from twilio_emulator.media.recorder import PauseBehavior, Recorder
from twilio_emulator.rooms import Rooms
from twilio_wire.sids import SidKind

TOO_SHORT: Final = 16101
SILENT: Final = 16102


class CallRecordings:
    """Records the leg of an answered call, any number of times over."""

    def __init__(self, call: Call, leg: Leg, rooms: Rooms) -> None:
        self._call = call
        self._leg = leg
        self._rooms = rooms
        self._recorders: dict[str, Recorder] = {}
        self._untold: list[Recording] = []

    @property
    def all(self) -> Sequence[Recording]:
        """All of the call's, oldest first."""
        return self._rooms.store.records.recordings.of_call(self._call.sid)

    def start(self, spec: RecordingSpec) -> Recording:
        """Record from now on."""
        now = self._rooms.clock.now_ms
        recording = Recording(
            sid=self._rooms.sids.new(SidKind.RECORDING),
            account_sid=self._call.account_sid,
            call_sid=self._call.sid,
            spec=spec,
            created_ms=now,
            updated_ms=now,
        )
        recorder = self._recorders[recording.sid] = Recorder(spec.track, channels=spec.channels)
        self._rooms.store.records.recordings.add(recording)
        self._leg.add_tap(recorder.frame)
        self._note(recording, f"recording began ({spec.source})")
        self._tell(recording)
        return recording

    def pause(self, recording: Recording, behavior: PauseBehavior) -> None:
        """Record nothing until it is resumed."""
        self._recorders[recording.sid].pause(behavior)
        self._step(recording, RecordingEvent.PAUSED)

    def resume(self, recording: Recording) -> None:
        """Go on after a pause."""
        self._recorders[recording.sid].resume()
        self._step(recording, RecordingEvent.RESUMED)

    def stop(self, recording: Recording) -> None:
        """Record no more. What there is is ready once whoever asked for this has had a reply."""
        self._leg.remove_tap(self._recorders[recording.sid].frame)
        self._step(recording, RecordingEvent.STOPPED)
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
        self._leg.remove_tap(recorder.frame)
        recorder.drop(drop_ms)
        self._step(recording, RecordingEvent.STOPPED)
        self._keep(recording)
        self._rooms.clock.call_at(self._rooms.clock.now_ms, self.report)

    def close_all(self) -> None:
        """The call is over: all recordings are ready. Nobody is told before `report`."""
        for recording in self.all:
            if recording.status.is_live:
                self._leg.remove_tap(self._recorders[recording.sid].frame)
                recording.apply(RecordingEvent.STOPPED, now_ms=self._rooms.clock.now_ms)
            self._keep(recording)

    def report(self) -> None:
        """Tell the app of the recordings that have become ready."""
        untold, self._untold = self._untold, []
        for recording in untold:
            self._tell(recording)

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
                call_sid=self._call.sid,
                recording_sid=recording.sid,
                status=recording.status.value,
                cause=cause,
                duration_ms=duration_ms,
            )
        )

    def _url(self, recording: Recording) -> str:
        return self._rooms.address.url(recording.path)

    def _tell(self, recording: Recording) -> None:
        callback = recording.spec.callback
        if callback is None or recording.status.value not in callback.events:
            return
        age = timedelta(milliseconds=self._rooms.clock.now_ms - recording.created_ms)
        parameters = {
            "AccountSid": recording.account_sid,
            "CallSid": recording.call_sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": self._url(recording),
            "RecordingStatus": recording.status.value,
            "RecordingChannels": str(recording.spec.channels),
            "RecordingStartTime": format_datetime(self._rooms.clock.utc() - age),
            "RecordingSource": recording.spec.source.value,
            "ErrorCode": str(recording.error_code or 0),
        }
        # Captured callbacks of <Record>, and only of it, are without.
        if recording.spec.source is not RecordingSource.RECORD_VERB:
            parameters["RecordingTrack"] = recording.spec.track.value
        if recording.duration_s is not None:
            parameters["RecordingDuration"] = str(recording.duration_s)
        post(
            self._rooms,
            self._call.sid,
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
