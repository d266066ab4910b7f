"""What a call may ask of a queue, and what it may be told: the party commands behind `<Enqueue>` and `<Queue>`.

A caller enters a queue, looks at its place in it as often as it likes, and leaves it, or is `Taken` by an agent: a call
that dials the queue. From then on they have an encounter, which is over when either says so or is gone.

    the caller: EnterQueue → QueueEntered … Taken → (a document) → MeetAgent … AgentGone
    the agent:  SeekCaller → CallerFound → … CallerReady → BridgeCaller … CallerGone

Sources: twilio.com/docs/voice/twiml/enqueue, twilio.com/docs/voice/twiml/queue.
"""

from __future__ import annotations

from twilio_emulator.twiml.flow import Event, PartyCommand


class QueueCommand(PartyCommand, frozen=True):
    """Something that concerns a queue."""


# --- the caller ------------------------------------------------------------------------------------------------------


class EnterQueue(QueueCommand, frozen=True):
    """Wait in the queue of this name, which begins to exist if need be; `QueueEntered` or `QueueRefused` follows.

    `limit` is how many may be in it, 0 for as many as it takes.
    """

    name: str
    limit: int = 0


class LookAtQueue(QueueCommand, frozen=True):
    """`QueueSeen` follows at once, also when the call has left."""


class LeaveQueue(QueueCommand, frozen=True):
    """Wait no longer. Nothing follows."""


class MeetAgent(QueueCommand, frozen=True):
    """The caller has heard all that it was to hear first. `AgentGone` follows when it is over."""


class Taken(Event, frozen=True):
    """An agent has taken the call out of the queue. `url` is of the document to hear first, empty for none."""

    agent_call_sid: str
    url: str = ""
    method: str = "POST"


class QueueEntered(Event, frozen=True):
    """The call is in the queue; or out of it already, `taken` by an agent who was waiting for it."""

    queue_sid: str
    taken: Taken | None = None


class QueueRefused(Event, frozen=True):
    """The queue is full: it takes so many."""

    limit: int


class QueueSeen(Event, frozen=True):
    """The call's place in the queue (the first is 1, 0 is none), and the queue. Times are in seconds.

    `time_s` is how long the call has waited, or did before it left.
    """

    position: int
    time_s: int
    average_time_s: int
    current_size: int
    max_size: int


class AgentGone(Event, frozen=True):
    """The encounter is over; whether the two have talked."""

    was_bridged: bool


# --- the agent -------------------------------------------------------------------------------------------------------


class SeekCaller(QueueCommand, frozen=True):
    """Take the next caller of this queue. `QueueUnknown`, or `CallerFound`, follows at once; or `QueueEmpty` does, and
    `CallerFound` when somebody has come.

    `url` is of the document that the caller is to hear first, empty for none.
    """

    name: str
    url: str = ""
    method: str = "POST"


class BridgeCaller(QueueCommand, frozen=True):
    """Talk with the caller who is ready. `CallerGone` follows when it is over."""


class PartWithCaller(QueueCommand, frozen=True):
    """Seek nobody any more, and end the encounter if there is one; then `CallerGone` follows at once.

    It follows also, with the truth, if the encounter has ended and the flow has not been told.
    """


class QueueUnknown(Event, frozen=True):
    """There is no queue of this name."""


class QueueEmpty(Event, frozen=True):
    """Nobody waits in the queue yet."""


class CallerFound(Event, frozen=True):
    """A caller has been taken out of the queue, after so many seconds in it."""

    queue_sid: str
    call_sid: str
    time_s: int


class CallerReady(Event, frozen=True):
    """The caller has heard what it was to hear first."""


class CallerGone(Event, frozen=True):
    """The encounter is over; the two have talked for so many seconds, None if they have not."""

    duration_s: int | None
