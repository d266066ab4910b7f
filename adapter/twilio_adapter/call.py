"""How far a call has come, as a table.

Laws: pure. Two things move: the *phase*, ours, which is led by the media stream because a stream is what a
conversation needs; and the *status*, Twilio's word for the call, which only ever moves forward, for callbacks arrive in
any order (twilio.com/docs/voice/twiml/number). While a stream is up, a status cannot end the call: the stream's own
`stop` does, so that no audio behind it is lost.
"""

from enum import StrEnum
from typing import Final


class Direction(StrEnum):
    """Who called whom; values as in Twilio's `Direction`."""

    INBOUND = "inbound"
    OUTBOUND = "outbound-api"


class Phase(StrEnum):
    """Where the call is."""

    DIALLING = "dialling"
    """We placed it; its stream has not started."""
    ANSWERING = "answering"
    """It came in and was told to connect a stream, which has not started."""
    TALKING = "talking"
    """Its stream is up."""
    MOVING = "moving"
    """It was told to play digits and then come back on a new stream."""
    OVER = "over"
    """Finished."""


class Event(StrEnum):
    """What can happen to it."""

    STREAM_STARTED = "stream started"
    STREAM_STOPPED = "stream stopped"
    STREAM_LOST = "stream lost"
    MOVE_ASKED = "move asked"
    MOVE_REFUSED = "move refused"
    TERMINAL_STATUS = "terminal status"
    HUNG_UP = "hung up"
    GIVEN_UP = "given up"
    TOO_LONG = "too long"
    WAY_LOST = "way lost"


class IllegalEvent(RuntimeError):
    """A bug of the adapter: an event that cannot happen in this phase."""


_STAY_OVER: Final = {(Phase.OVER, event): Phase.OVER for event in Event}
TRANSITIONS: Final[dict[tuple[Phase, Event], Phase]] = {
    (Phase.DIALLING, Event.STREAM_STARTED): Phase.TALKING,
    (Phase.DIALLING, Event.TERMINAL_STATUS): Phase.OVER,
    (Phase.DIALLING, Event.HUNG_UP): Phase.OVER,
    (Phase.DIALLING, Event.GIVEN_UP): Phase.OVER,
    (Phase.DIALLING, Event.TOO_LONG): Phase.OVER,
    (Phase.DIALLING, Event.WAY_LOST): Phase.OVER,
    (Phase.ANSWERING, Event.STREAM_STARTED): Phase.TALKING,
    (Phase.ANSWERING, Event.TERMINAL_STATUS): Phase.OVER,
    (Phase.ANSWERING, Event.HUNG_UP): Phase.OVER,
    (Phase.ANSWERING, Event.GIVEN_UP): Phase.OVER,
    (Phase.ANSWERING, Event.TOO_LONG): Phase.OVER,
    (Phase.ANSWERING, Event.WAY_LOST): Phase.OVER,
    (Phase.TALKING, Event.STREAM_STARTED): Phase.TALKING,  # a move whose confirmation never came
    (Phase.TALKING, Event.MOVE_ASKED): Phase.MOVING,
    (Phase.TALKING, Event.STREAM_STOPPED): Phase.OVER,
    (Phase.TALKING, Event.STREAM_LOST): Phase.OVER,
    (Phase.TALKING, Event.TERMINAL_STATUS): Phase.TALKING,  # its `stop` is on the way
    (Phase.TALKING, Event.HUNG_UP): Phase.TALKING,  # likewise
    (Phase.TALKING, Event.GIVEN_UP): Phase.OVER,
    (Phase.TALKING, Event.TOO_LONG): Phase.OVER,
    (Phase.TALKING, Event.WAY_LOST): Phase.OVER,
    (Phase.MOVING, Event.STREAM_STARTED): Phase.TALKING,
    (Phase.MOVING, Event.STREAM_STOPPED): Phase.MOVING,  # the old stream, as expected
    (Phase.MOVING, Event.STREAM_LOST): Phase.MOVING,
    (Phase.MOVING, Event.MOVE_REFUSED): Phase.TALKING,
    (Phase.MOVING, Event.TERMINAL_STATUS): Phase.OVER,
    (Phase.MOVING, Event.HUNG_UP): Phase.OVER,
    (Phase.MOVING, Event.GIVEN_UP): Phase.OVER,
    (Phase.MOVING, Event.TOO_LONG): Phase.OVER,
    (Phase.MOVING, Event.WAY_LOST): Phase.OVER,
    **_STAY_OVER,  # late news of a finished call changes nothing
}

ENDINGS: Final[dict[Event, str]] = {
    Event.STREAM_STOPPED: "the far end hung up, or Twilio ended the call",
    Event.STREAM_LOST: "the media stream broke off",
    Event.TERMINAL_STATUS: "Twilio ended the call",
    Event.HUNG_UP: "we hung up",
    Event.GIVEN_UP: "we gave the call up",
    Event.TOO_LONG: "it had lasted as long as a call may, so we hung up",
    Event.WAY_LOST: "the tunnel to us broke down, so we hung up",
}
"""How a call that is over ended, in words, by the event that ended it."""

LEAVE_IT_UP: Final = frozenset({Event.STREAM_LOST, Event.GIVEN_UP, Event.TOO_LONG, Event.WAY_LOST})
"""What ends a call for us and not for Twilio, where a call that is up is billed: it has to be hung up."""

# Source of the values: twilio.com/docs/voice/api/call-resource, `status`; `initiated` is a callback's only.
_RANK: Final = {
    "queued": 0,
    "initiated": 1,
    "ringing": 2,
    "in-progress": 3,
    "completed": 4,
    "busy": 4,
    "no-answer": 4,
    "failed": 4,
    "canceled": 4,
}
TERMINAL: Final = frozenset(status for status, rank in _RANK.items() if rank == max(_RANK.values()))


class Progress:
    """The phase and the status of one call."""

    def __init__(self, direction: Direction) -> None:
        inbound = direction is Direction.INBOUND
        self.phase = Phase.ANSWERING if inbound else Phase.DIALLING
        self.status = "ringing" if inbound else "queued"
        self.connected = False
        """Whether a stream has ever started."""
        self.ended_by: Event | None = None
        self.hanging_up = False
        """Whether we have asked Twilio to end it."""

    @property
    def over(self) -> bool:
        """Whether it is finished."""
        return self.phase is Phase.OVER

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        return ENDINGS[self.ended_by] if self.ended_by is not None else "the call is not over"

    def happen(self, event: Event) -> bool:
        """Move on. Return whether this event ended the call.

        Raises:
            IllegalEvent: the event cannot happen in this phase.
        """
        if (self.phase, event) not in TRANSITIONS:
            raise IllegalEvent(f"{event} cannot happen while {self.phase}.")
        was_over = self.over
        self.hanging_up |= event is Event.HUNG_UP
        self.phase = TRANSITIONS[self.phase, event]
        if event is Event.STREAM_STARTED and not was_over:
            self.connected = True
            self.hear_status("in-progress")
        if was_over or not self.over:
            return False
        self.ended_by = Event.HUNG_UP if self.hanging_up else event
        if event in {Event.STREAM_STOPPED, Event.STREAM_LOST}:
            self.hear_status("completed")
        return True

    def hear_status(self, status: str) -> bool:
        """Take Twilio's word for how far the call is; news that is older than what we know is ignored.

        Returns:
            Whether the call is finished for Twilio. A status we do not know is ignored.
        """
        if _RANK.get(status, -1) > _RANK[self.status]:
            self.status = status
        return self.status in TERMINAL
