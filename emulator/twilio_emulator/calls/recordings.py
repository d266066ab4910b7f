"""The Recording resource and its state machine.

`TRANSITIONS` is the only place that says which status follows which; nothing else assigns `Recording.status`. A
recording is ready at the moment it ends, so that `processing` is never seen. Source:
twilio.com/docs/voice/api/recording.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.media.recorder import RecordingTrack, Take, Trim


class RecordingStatus(StrEnum):
    """Where a recording stands."""

    IN_PROGRESS = "in-progress"
    PAUSED = "paused"
    STOPPED = "stopped"
    COMPLETED = "completed"
    ABSENT = "absent"

    @property
    def is_live(self) -> bool:
        """The call is being recorded, or will be again."""
        return self in (RecordingStatus.IN_PROGRESS, RecordingStatus.PAUSED)


class RecordingEvent(StrEnum):
    """What can happen to a recording."""

    PAUSED = "was paused"
    RESUMED = "was resumed"
    STOPPED = "was stopped"
    KEPT = "was kept"
    NOTHING_LEFT = "has nothing in it"


_S, _E = RecordingStatus, RecordingEvent

TRANSITIONS: Final[dict[tuple[RecordingStatus, RecordingEvent], RecordingStatus]] = {
    (_S.IN_PROGRESS, _E.PAUSED): _S.PAUSED,
    (_S.IN_PROGRESS, _E.STOPPED): _S.STOPPED,
    (_S.PAUSED, _E.PAUSED): _S.PAUSED,
    (_S.PAUSED, _E.RESUMED): _S.IN_PROGRESS,
    (_S.PAUSED, _E.STOPPED): _S.STOPPED,
    (_S.STOPPED, _E.KEPT): _S.COMPLETED,
    (_S.STOPPED, _E.NOTHING_LEFT): _S.ABSENT,
}


class RecordingSource(StrEnum):
    """Who asked for it [twilio-oai]."""

    OUTBOUND_API = "OutboundAPI"
    START_API = "StartCallRecordingAPI"
    RECORD_VERB = "RecordVerb"
    DIAL_VERB = "DialVerb"
    CONFERENCE = "Conference"


class IllegalRecordingTransition(Exception):
    """A recording was told something that cannot happen to it now: a mistake of the emulator, not of the app."""

    def __init__(self, sid: str, status: RecordingStatus, event: RecordingEvent) -> None:
        super().__init__(f"Recording {sid} is {status} and cannot take the event '{event}'.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSpec:
    """How a leg is to be recorded, and who is told.

    `callback.events` are among `in-progress completed absent`. On two channels the first is what Twilio receives from
    the far end, the second what it plays to it.
    """

    source: RecordingSource
    channels: int = 1
    track: RecordingTrack = RecordingTrack.BOTH
    trim: Trim = Trim.TRIM_SILENCE
    callback: StatusCallback | None = None


@dataclass(slots=True, eq=False)
class Recording:
    """A recording of a leg, or of all that is said in a conference.

    Times are call-clock milliseconds, None for what has not happened. `call_sid` is the leg, or the call with which the
    recording of a conference began.
    """

    sid: str
    account_sid: str
    call_sid: str
    spec: RecordingSpec
    created_ms: int
    updated_ms: int
    status: RecordingStatus = field(default=RecordingStatus.IN_PROGRESS)
    take: Take | None = field(default=None, repr=False)
    length_ms: int | None = None
    error_code: int | None = None
    deleted_ms: int | None = None
    conference_sid: str = ""

    def can(self, event: RecordingEvent) -> bool:
        """Whether this event can happen now."""
        return (self.status, event) in TRANSITIONS

    def apply(self, event: RecordingEvent, *, now_ms: int) -> None:
        """Take the step that `event` means.

        Raises:
            IllegalRecordingTransition: when the table has no such step.
        """
        after = TRANSITIONS.get((self.status, event))
        if after is None:
            raise IllegalRecordingTransition(self.sid, self.status, event)
        self.status, self.updated_ms = after, now_ms

    @property
    def duration_s(self) -> int | None:
        """Whole seconds, to the nearest but never 0; None while there is no take."""
        if self.status is RecordingStatus.ABSENT:
            return 0
        return None if self.length_ms is None else max(1, (self.length_ms + 500) // 1000)

    def delete(self, *, now_ms: int) -> None:
        """Throw the audio away; what is known about it stays [twilio.com/docs/voice/api/recording]."""
        self.take, self.deleted_ms, self.updated_ms = None, now_ms, now_ms

    @property
    def path(self) -> str:
        """The resource's path without a suffix, which is the path of its WAV file too."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Recordings/{self.sid}"
