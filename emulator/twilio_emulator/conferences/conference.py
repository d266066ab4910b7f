"""The Conference resource, its participants, and the rules by which it starts and ends.

`TRANSITIONS` is the only place that says which status follows which; nothing else assigns `Conference.status`. Pure: it
is told who comes and goes, and tells what follows from that. Sources: twilio.com/docs/voice/twiml/conference,
twilio.com/docs/voice/api/conference-resource, twilio.com/docs/voice/api/conference-participant-resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from twilio_emulator.accounts.shelf import Register
from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.calls.recordings import RecordingSpec
from twilio_emulator.conferences.spec import MIN_PARTICIPANTS, ConferenceSettings, Music, ParticipantSpec


class ConferenceStatus(StrEnum):
    """Where a conference stands. `init`: somebody is there or expected, and it has not started."""

    INIT = "init"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"


class ConferenceEvent(StrEnum):
    """What can happen to a conference."""

    STARTED = "started"
    ENDED = "ended"


_S, _E = ConferenceStatus, ConferenceEvent

TRANSITIONS: Final[dict[tuple[ConferenceStatus, ConferenceEvent], ConferenceStatus]] = {
    (_S.INIT, _E.STARTED): _S.IN_PROGRESS,
    (_S.INIT, _E.ENDED): _S.COMPLETED,
    (_S.IN_PROGRESS, _E.ENDED): _S.COMPLETED,
}


class IllegalConferenceTransition(Exception):
    """A conference was told something that cannot happen to it now: a mistake of the emulator, not of the app."""

    def __init__(self, sid: str, status: ConferenceStatus, event: ConferenceEvent) -> None:
        super().__init__(f"Conference {sid} is {status} and cannot take the event '{event}'.")


class EndReason(StrEnum):
    """Why a conference is over [twilio-oai, reason_conference_ended]."""

    VIA_API = "conference-ended-via-api"
    MODERATOR_LEFT = "participant-with-end-conference-on-exit-left"
    MODERATOR_KICKED = "participant-with-end-conference-on-exit-kicked"
    LAST_KICKED = "last-participant-kicked"
    LAST_LEFT = "last-participant-left"


class LeaveReason(StrEnum):
    """Why a participant is out [twilio.com/docs/voice/twiml/conference, ReasonParticipantLeft].

    That who leaves by a key or a time limit counts as one who hung up is our reading.
    """

    HUNG_UP = "participant_hung_up"
    UPDATED_VIA_API = "participant_updated_via_api"
    ENDED_VIA_API = "conference_ended_via_api"
    MODERATOR_ENDED = "moderator_ended_conference"
    ADD_FAILED = "participant_add_failed"


_STATUS_OF_CALL: Final[Mapping[CallStatus, str]] = {
    CallStatus.QUEUED: "queued",
    CallStatus.INITIATED: "connecting",
    CallStatus.RINGING: "ringing",
    CallStatus.IN_PROGRESS: "connecting",
    CallStatus.COMPLETED: "complete",
    CallStatus.BUSY: "failed",
    CallStatus.NO_ANSWER: "failed",
    CallStatus.FAILED: "failed",
    CallStatus.CANCELED: "failed",
}
"""What a participant's call says of it before it is in [twilio-oai, participant status]."""


@dataclass(slots=True, eq=False)
class Participant:
    """One call's part in a conference, from when it is expected. Everything but the call can be changed by REST."""

    call: Call
    conference_sid: str
    created_ms: int
    updated_ms: int
    label: str
    is_muted: bool
    starts: bool
    ends: bool
    beeps_on_enter: bool
    beeps_on_exit: bool
    is_coaching: bool
    call_sid_to_coach: str
    wait: Music
    is_held: bool = False
    is_present: bool = False

    @property
    def sid(self) -> str:
        """What lists and pages know it by: its call's."""
        return self.call.sid

    @property
    def account_sid(self) -> str:
        """The account."""
        return self.call.account_sid

    @property
    def call_status(self) -> CallStatus:
        """Where leaving now leaves the call; one that nobody has answered is not made any more."""
        stays = self.call.status.is_final or self.call.status is CallStatus.IN_PROGRESS
        return self.call.status if stays else CallStatus.CANCELED

    @property
    def status(self) -> str:
        """The word that the REST API uses."""
        if self.is_present and not self.call.status.is_final:
            return "connected"
        return _STATUS_OF_CALL[self.call.status]


class Refusal(Exception):
    """A call that may not come in: Twilio's code, one sentence, and what to change."""

    def __init__(self, code: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


def nobody_to_coach(call_sid: str, name: str) -> Refusal:
    """The refusal of a coach whose participant is not in a conference in progress."""
    return Refusal(
        13240,
        f"{call_sid} is no participant of the conference {name!r} in progress.",
        "Give the sid of a call that is connected to the conference.",
    )


@dataclass(slots=True, eq=False)
class Conference:
    """A room with a name. Times are call-clock milliseconds."""

    sid: str
    account_sid: str
    friendly_name: str
    settings: ConferenceSettings
    created_ms: int
    updated_ms: int
    status: ConferenceStatus = ConferenceStatus.INIT
    region: str = ""
    recording: RecordingSpec | None = None
    """How it is to be recorded from its start, None for not."""
    participants: dict[str, Participant] = field(default_factory=dict)
    """Who is in it or expected, by call sid, in the order in which they came."""
    ended_because: EndReason | None = None
    ended_by: str = ""
    """The call whose leaving ended it."""
    events: int = 0
    """How many events there have been, subscribed or not; the first is 1."""

    def apply(self, event: ConferenceEvent, *, now_ms: int) -> ConferenceStatus:
        """Take the step that `event` means and return the status before it.

        Raises:
            IllegalConferenceTransition: when the table has no such step.
        """
        before = self.status
        after = TRANSITIONS.get((before, event))
        if after is None:
            raise IllegalConferenceTransition(self.sid, before, event)
        self.status, self.updated_ms = after, now_ms
        return before

    @property
    def is_over(self) -> bool:
        """Nobody comes in any more."""
        return self.status is ConferenceStatus.COMPLETED

    @property
    def present(self) -> list[Participant]:
        """Who is in it, in the order in which they came."""
        return [participant for participant in self.participants.values() if participant.is_present]

    def known_as(self, name: str) -> Participant | None:
        """The participant with this call sid, or else with this label."""
        found = self.participants.get(name)
        if found is None and name:
            found = next((one for one in self.participants.values() if one.label == name), None)
        return found

    # --- coming -----------------------------------------------------------------------------------------------------

    def check_place(self) -> None:
        """Insist that there is room for one more.

        Raises:
            Refusal: 16020 when it is full.
        """
        most = self.settings.max_participants
        if len(self.participants) >= most:
            raise Refusal(
                16020,
                f"The conference {self.friendly_name!r} is full: it takes {most} participants.",
                "Raise maxParticipants of the first participant, or send the call elsewhere.",
            )

    def check_coach(self, call_sid: str) -> None:
        """Insist that whoever is to be coached can be [twilio.com/docs/voice/twiml/conference, coach].

        Raises:
            Refusal: 13240 when this call is not in the conference, or that has not started; 16027 when it is on hold.
        """
        coached = self.participants.get(call_sid)
        if coached is None or not coached.is_present or self.status is not ConferenceStatus.IN_PROGRESS:
            raise nobody_to_coach(call_sid, self.friendly_name)
        if coached.is_held:
            raise Refusal(
                16027, f"{call_sid}, who was to be coached, is on hold.", "Take that participant off hold first."
            )

    def expect(self, call: Call, spec: ParticipantSpec, *, now_ms: int) -> Participant:
        """Somebody is on the way, or at the door.

        Raises:
            Refusal: 16020 when it is full, 16025 when somebody else has the label.
        """
        self.check_place()
        if spec.label and self.known_as(spec.label) is not None:
            raise Refusal(
                16025,
                f"The label {spec.label!r} belongs to another participant of the conference {self.friendly_name!r}.",
                "Give every participant a label of its own.",
            )
        self.region = self.region or spec.settings.region
        self.recording = self.recording or spec.settings.recording
        participant = Participant(
            call=call,
            conference_sid=self.sid,
            created_ms=now_ms,
            updated_ms=now_ms,
            label=spec.label,
            is_muted=spec.muted,
            starts=spec.starts,
            ends=spec.ends,
            beeps_on_enter=spec.beep.on_enter,
            beeps_on_exit=spec.beep.on_exit,
            is_coaching=bool(spec.coaches),
            call_sid_to_coach=spec.coaches,
            wait=spec.wait,
        )
        self.participants[call.sid] = participant
        return participant

    @property
    def has_to_start(self) -> bool:
        """Two are there, and one of them is somebody for whom it starts."""
        present = self.present
        return (
            self.status is ConferenceStatus.INIT
            and len(present) >= MIN_PARTICIPANTS
            and any(participant.starts for participant in present)
        )

    # --- going ------------------------------------------------------------------------------------------------------

    def remove(self, participant: Participant, *, was_kicked: bool) -> EndReason | None:
        """Somebody has left, or will not come after all; returns why that ends the conference, if it does."""
        del self.participants[participant.call.sid]
        if participant.is_present and participant.ends:
            return EndReason.MODERATOR_KICKED if was_kicked else EndReason.MODERATOR_LEFT
        if self.participants:
            return None
        return EndReason.LAST_KICKED if was_kicked else EndReason.LAST_LEFT

    def end(self, reason: EndReason, *, by: str, now_ms: int) -> None:
        """It is over; who is still in it has to go."""
        self.apply(ConferenceEvent.ENDED, now_ms=now_ms)
        self.ended_because, self.ended_by = reason, by

    @property
    def path(self) -> str:
        """The resource's path, without a suffix."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Conferences/{self.sid}"


class Conferences(Register[Conference]):
    """All conferences there have been. A name belongs to one at a time that is not over."""

    def __init__(self) -> None:
        super().__init__()
        self._open: dict[tuple[str, str], str] = {}

    def add(self, item: Conference) -> None:
        """Keep a conference; its name leads to it until it is over."""
        super().add(item)
        self._open[item.account_sid, item.friendly_name] = item.sid

    def open_named(self, account_sid: str, name: str) -> Conference | None:
        """The account's conference of this name that is not over."""
        found = self.get(self._open.get((account_sid, name), ""))
        return None if found is None or found.is_over else found

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        self._open.clear()
