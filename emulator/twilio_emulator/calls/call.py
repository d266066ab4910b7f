"""The Call resource and its state machine.

`TRANSITIONS` is the only place that says which status follows which; nothing else assigns `Call.status`. Sources:
twilio.com/docs/voice/api/call-resource and twilio.com/docs/voice/twiml/dial (status callback tables).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from twilio_emulator.twiml.flow import Instructions
from twilio_wire.words import Word


class CallStatus(Word):
    """Where a call stands. `initiated` is told to status callbacks only: see `Call.status_in_rest`."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Nothing follows this status."""
        return self in FINAL_STATUSES


FINAL_STATUSES: Final = frozenset(
    {CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED}
)


class Direction(Word):
    """Who placed the call."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


class CallEvent(Word):
    """What can happen to a call."""

    DIALLED = "dialled"
    RANG = "rang"
    ANSWERED = "answered"
    HUNG_UP = "hung up"
    WAS_BUSY = "was busy"
    NOT_ANSWERED = "was not answered"
    FAILED = "failed"
    CANCELED = "was canceled"


_S, _E = CallStatus, CallEvent

TRANSITIONS: Final[dict[tuple[CallStatus, CallEvent], CallStatus]] = {
    (_S.QUEUED, _E.DIALLED): _S.INITIATED,
    (_S.QUEUED, _E.FAILED): _S.FAILED,
    (_S.QUEUED, _E.CANCELED): _S.CANCELED,
    (_S.INITIATED, _E.RANG): _S.RINGING,
    # Some carriers never say that the far end rings.
    (_S.INITIATED, _E.ANSWERED): _S.IN_PROGRESS,
    (_S.INITIATED, _E.WAS_BUSY): _S.BUSY,
    (_S.INITIATED, _E.NOT_ANSWERED): _S.NO_ANSWER,
    (_S.INITIATED, _E.FAILED): _S.FAILED,
    (_S.INITIATED, _E.CANCELED): _S.CANCELED,
    (_S.RINGING, _E.ANSWERED): _S.IN_PROGRESS,
    (_S.RINGING, _E.WAS_BUSY): _S.BUSY,
    (_S.RINGING, _E.NOT_ANSWERED): _S.NO_ANSWER,
    (_S.RINGING, _E.FAILED): _S.FAILED,
    (_S.RINGING, _E.CANCELED): _S.CANCELED,
    (_S.IN_PROGRESS, _E.HUNG_UP): _S.COMPLETED,
}


FAR_END_HUNG_UP: Final = "the far end hung up"
"""Why a call that was answered has ended, where Twilio's side did not end it."""


class IllegalTransition(Exception):
    """A call was told something that cannot happen to it now: a mistake of the emulator, not of the app."""

    def __init__(self, call_sid: str, status: CallStatus, event: CallEvent) -> None:
        super().__init__(f"Call {call_sid} is {status} and cannot take the event '{event}'.")
        self.status = status
        self.event = event


class StatusCallback(msgspec.Struct, frozen=True):
    """Whom to tell about a call's progress, and about which events (`initiated ringing answered completed`)."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


class Call(msgspec.Struct, eq=False, gc=False):
    """One leg between Twilio and a far end. Times are call-clock milliseconds, None for what has not happened.

    Calls are many and live long; none can be part of a cycle, so the garbage collector need not look at them.
    """

    sid: str
    account_sid: str
    direction: Direction
    from_number: str
    to_number: str
    status: CallStatus
    created_ms: int
    instructions: Instructions = Instructions()
    status_callback: StatusCallback | None = None
    phone_number_sid: str | None = None
    parent_call_sid: str | None = None
    timeout_s: int = 60
    time_limit_s: int = 14_400
    send_digits: str = ""
    caller_id: str = ""
    route: str = ""
    """Where the network takes it, if that is not what To says."""
    parameters: Mapping[str, str] = {}
    """What whoever placed it says along: to the phone that rings, or in the first request of a call that comes in."""
    answered_ms: int | None = None
    started_ms: int | None = None
    ended_ms: int | None = None
    updated_ms: int | None = None
    sip_response_code: int | None = None
    answered_by: str | None = None
    """The verdict of answering machine detection, None when nobody asked or it is not known yet."""
    asked_with: Mapping[str, Sequence[str]] | None = None
    """The parameters of the request that placed it; None for a call that REST has not placed."""
    progress_events: int = 0
    """How many progress events there have been, subscribed or not: the next `SequenceNumber`."""

    def can(self, event: CallEvent) -> bool:
        """Whether this event can happen now."""
        return (self.status, event) in TRANSITIONS

    def apply(self, event: CallEvent, *, now_ms: int) -> CallStatus:
        """Take the step that `event` means and return the status before it.

        Raises:
            IllegalTransition: when the table has no such step.
        """
        before = self.status
        after = TRANSITIONS.get((before, event))
        if after is None:
            raise IllegalTransition(self.sid, before, event)
        self.status = after
        self.updated_ms = now_ms
        if event is CallEvent.DIALLED:
            self.started_ms = now_ms
        if after is CallStatus.IN_PROGRESS:
            self.answered_ms = now_ms
        if after.is_final:
            self.ended_ms = now_ms
        return before

    @property
    def status_in_rest(self) -> str:
        """The word that the REST API uses. It has no `initiated`, and a leg of a `<Dial>` is never `queued`
        [twilio.com/docs/voice/twiml/dial]; that such a leg is shown as `ringing` from the first is our reading."""
        if self.status not in (CallStatus.QUEUED, CallStatus.INITIATED):
            return str(self.status)
        return str(CallStatus.RINGING if self.direction is Direction.OUTBOUND_DIAL else CallStatus.QUEUED)

    @property
    def shown_number(self) -> str:
        """What the called party sees as the caller."""
        return self.caller_id or self.from_number

    @property
    def sip_call_id(self) -> str | None:
        """The Call-ID header of a SIP leg, None for any other."""
        return f"{self.sid[2:].lower()}@0.0.0.0" if self.to_number.startswith("sip:") else None

    @property
    def duration_s(self) -> int:
        """Whole seconds between answer and end, rounded up; 0 for a call that was not answered."""
        return 0 if self.ended_ms is None else self.seconds_since_answer(self.ended_ms)

    def seconds_since_answer(self, now_ms: int) -> int:
        """Whole seconds that the call has lasted, rounded up; 0 if it was not answered."""
        return 0 if self.answered_ms is None else -(-((self.ended_ms or now_ms) - self.answered_ms) // 1000)

    @property
    def uri(self) -> str:
        """The resource's path."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Calls/{self.sid}.json"
