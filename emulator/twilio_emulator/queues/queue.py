"""The Queue resource: who waits in it, who waits for it, and which of them come together.

Laws
----
* Callers leave at the front or give up; nobody overtakes. Agents, calls that dial the queue, are served in turn too.
* After `match` has found nobody, callers or agents wait, never both.
* Times are call-clock milliseconds; what is shown is whole seconds.

Sources: twilio.com/docs/voice/api/queue-resource, twilio.com/docs/voice/api/member-resource,
twilio.com/docs/voice/twiml/enqueue.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from twilio_emulator.accounts.shelf import Register
from twilio_emulator.media.leg import Leg
from twilio_emulator.twiml.flow import Event

if TYPE_CHECKING:
    from twilio_emulator.queues.encounter import Encounter

DEFAULT_MAX_SIZE: Final = 1000
LARGEST_MAX_SIZE: Final = 5000
MAX_NAME_CHARS: Final = 64


class Party(Protocol):
    """A call that waits in a queue, or for one."""

    @property
    def call_sid(self) -> str:
        """The call."""

    @property
    def leg(self) -> Leg:
        """Its media, from the answer on."""

    def meet(self, encounter: Encounter) -> None:
        """Its turn has come."""

    def hear(self, event: Event) -> None:
        """Something has happened in the encounter."""


@dataclass(frozen=True, slots=True, eq=False)
class Agent:
    """Who wants the next caller; `url` is of the document that the caller is to hear first, empty for none."""

    party: Party
    url: str = ""
    method: str = "POST"


class QueueFull(Exception):
    """Nobody else fits in."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(f"The queue {name!r} is full: it takes {limit} calls.")
        self.limit = limit


@dataclass(slots=True, eq=False)
class Member:
    """A call's stay in a queue; over once `left_ms` is known."""

    call_sid: str
    queue: Queue
    entered_ms: int
    party: Party
    left_ms: int | None = None

    @property
    def sid(self) -> str:
        """What lists know it by: its call's."""
        return self.call_sid

    @property
    def position(self) -> int:
        """Its place, the first is 1; 0 for one that has left."""
        return self.queue.position_of(self)

    def wait_s(self, now_ms: int) -> int:
        """How long it has waited, or did."""
        return ((now_ms if self.left_ms is None else self.left_ms) - self.entered_ms) // 1000

    @property
    def path(self) -> str:
        """The resource's path, without a suffix."""
        return f"{self.queue.path}/Members/{self.call_sid}"


@dataclass(slots=True, eq=False)
class Queue:
    """Calls of an account that wait under a name."""

    sid: str
    account_sid: str
    friendly_name: str
    created_ms: int
    updated_ms: int
    max_size: int = DEFAULT_MAX_SIZE
    _members: dict[str, Member] = field(default_factory=dict)
    _agents: list[Agent] = field(default_factory=list)

    # --- callers ----------------------------------------------------------------------------------------------------

    def join(self, call_sid: str, party: Party, *, now_ms: int, limit: int = 0) -> Member:
        """Take a call in, behind all others. `limit` is what its own TwiML allows, 0 for as many as the queue does.

        Raises:
            QueueFull: when so many are here already.
        """
        most = min(limit or self.max_size, self.max_size)
        if self.current_size >= most:
            raise QueueFull(self.friendly_name, most)
        member = self._members[call_sid] = Member(call_sid, self, now_ms, party)
        return member

    def leave(self, member: Member, *, now_ms: int) -> None:
        """Let a call out; one that has left stays so."""
        if member.left_ms is None:
            member.left_ms = now_ms
            del self._members[member.call_sid]

    def member(self, call_sid: str) -> Member | None:
        """The stay of this call."""
        return self._members.get(call_sid)

    @property
    def front(self) -> Member | None:
        """Who is next."""
        return next(iter(self._members.values()), None)

    @property
    def members(self) -> tuple[Member, ...]:
        """All of them, the next one first."""
        return tuple(self._members.values())

    @property
    def current_size(self) -> int:
        """How many wait."""
        return len(self._members)

    def position_of(self, member: Member) -> int:
        """A call's place, the first is 1; 0 for one that is not here."""
        places = enumerate(self._members.values(), start=1)
        return next((place for place, other in places if other is member), 0)

    def average_wait_s(self, now_ms: int) -> int:
        """How long those who wait now have waited on average; 0 when nobody does."""
        waited_ms = sum(now_ms - member.entered_ms for member in self._members.values())
        return waited_ms // self.current_size // 1000 if self._members else 0

    # --- agents -----------------------------------------------------------------------------------------------------

    def seek(self, agent: Agent) -> None:
        """Somebody wants the next caller, after all who have asked before."""
        self._agents.append(agent)

    def give_up(self, agent: Agent) -> None:
        """Somebody wants nobody any more, which may be known already."""
        if agent in self._agents:
            self._agents.remove(agent)

    def match(self, *, now_ms: int) -> tuple[Member, Agent] | None:
        """Take the next caller and the next agent out, if there are both."""
        member = self.front
        if member is None or not self._agents:
            return None
        self.leave(member, now_ms=now_ms)
        return member, self._agents.pop(0)

    @property
    def path(self) -> str:
        """The resource's path, without a suffix."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Queues/{self.sid}"


class Queues(Register[Queue]):
    """All queues. A name belongs to one queue of an account; a queue outlives its callers."""

    def __init__(self) -> None:
        super().__init__()
        self._named: dict[tuple[str, str], Queue] = {}

    def add(self, item: Queue) -> None:
        """Keep a queue; nobody else of its account has its name."""
        super().add(item)
        self._named[item.account_sid, item.friendly_name] = item

    def named(self, account_sid: str, name: str) -> Queue | None:
        """The account's queue of this name."""
        return self._named.get((account_sid, name))

    def rename(self, queue: Queue, name: str) -> None:
        """Give a queue another name, which nobody else of its account has."""
        del self._named[queue.account_sid, queue.friendly_name]
        queue.friendly_name = name
        self._named[queue.account_sid, name] = queue

    def remove(self, sid: str) -> Queue:
        """Forget a queue, and return it.

        Raises:
            KeyError: when there is none with this sid.
        """
        queue = super().remove(sid)
        del self._named[queue.account_sid, queue.friendly_name]
        return queue

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        self._named.clear()
