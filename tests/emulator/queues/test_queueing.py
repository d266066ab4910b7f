"""Calls in and at a queue, in any order: nobody is lost, nobody talks to two, and whoever is gone is nowhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from twilio_emulator.calls.call import Call, CallEvent, CallStatus, Direction
from twilio_emulator.calls.department import Host
from twilio_emulator.calls.store import Store
from twilio_emulator.clock import FreeClock
from twilio_emulator.journal import Journal, PartiesTalked
from twilio_emulator.media.leg import Leg
from twilio_emulator.media.playback import Playback
from twilio_emulator.queues.queueing import Queueing
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import Event
from twilio_emulator.twiml.queue_flow import (
    AgentGone,
    BridgeCaller,
    CallerFound,
    CallerGone,
    CallerReady,
    EnterQueue,
    LeaveQueue,
    MeetAgent,
    PartWithCaller,
    QueueEmpty,
    QueueEntered,
    SeekCaller,
    Taken,
)
from twilio_wire.sids import SidFactory, SidKind


class Person:
    """A call, and all that its flow was told and has not seen to."""

    def __init__(self, rooms: Rooms) -> None:
        sid = rooms.sids.new(SidKind.CALL)
        self.call = Call(sid, "AC1", Direction.INBOUND, "+15557770001", "+15550001111", CallStatus.RINGING, 0)
        self.call.apply(CallEvent.ANSWERED, now_ms=0)
        self.leg = Leg(SimpleNamespace(), SimpleNamespace(), Playback())  # type: ignore[arg-type]
        self.department = Queueing(cast(Host, self), rooms)
        self.told: list[Event] = []
        self.partner: Person | None = None
        self.state = "free"

    def asks(self, command: object) -> None:
        self.department.carry_out(command, self.told.append)  # type: ignore[arg-type]

    def goes(self) -> None:
        """Hangs up, or is redirected: the same to whom it leaves behind."""
        self.department.part()
        self.told.clear()  # a flow that goes on forgets what it has not seen to
        self.state = "gone"

    def takes(self, kind: type[Event]) -> Event:
        """The next that it was told is of this kind."""
        event = self.told.pop(0)
        assert isinstance(event, kind), event
        return event


def house() -> Rooms:
    """As much of one as a queue needs."""
    clock = FreeClock()  # never started: nothing here waits
    return cast(Rooms, SimpleNamespace(clock=clock, journal=Journal(clock), sids=SidFactory("queue"), store=Store()))


class AnyOrder(RuleBasedStateMachine):
    """free → waiting → taken → ready → talking → free for callers, free → seeking → … for agents."""

    def __init__(self) -> None:
        super().__init__()
        self.rooms = house()
        self.people: list[Person] = []
        opener = self._first()  # so that there is a queue to dial
        opener.asks(EnterQueue("support"))
        opener.takes(QueueEntered)
        opener.goes()

    def _first(self) -> Person:
        self.people.append(Person(self.rooms))
        return self.people[-1]

    def _are(self, *states: str) -> list[Person]:
        return [person for person in self.people if person.state in states]

    def _pair(self, caller: Person, agent: Person) -> None:
        caller.partner, agent.partner = agent, caller
        caller.state, agent.state = "taken", "found"

    def _part(self, person: Person, *, bridged: bool) -> None:
        """A person's partner is told of the end, once."""
        other = person.partner
        assert other is not None
        if other.state in ("taken", "ready", "talking"):
            event = other.takes(AgentGone)
            assert isinstance(event, AgentGone)
            assert event.was_bridged is bridged
        else:
            if other.told and isinstance(other.told[0], CallerReady):
                other.takes(CallerReady)
            event = other.takes(CallerGone)
            assert isinstance(event, CallerGone)
            assert (event.duration_s is not None) is bridged
        other.state, other.partner, person.partner = "free", None, None

    @rule()
    def a_call_waits(self) -> None:
        caller = self._first()
        seeking = self._are("seeking")
        caller.asks(EnterQueue("support"))
        entered = caller.takes(QueueEntered)
        assert isinstance(entered, QueueEntered)
        caller.state = "waiting"
        if seeking:
            assert entered.taken == Taken(seeking[0].call.sid)
            found = seeking[0].takes(CallerFound)
            assert isinstance(found, CallerFound)
            assert found.call_sid == caller.call.sid
            self._pair(caller, seeking[0])
        else:
            assert entered.taken is None

    @rule()
    def a_call_dials_the_queue(self) -> None:
        agent = self._first()
        waiting = self._are("waiting")
        agent.asks(SeekCaller("support"))
        if not waiting:
            agent.takes(QueueEmpty)
            agent.state = "seeking"
            return
        found = agent.takes(CallerFound)
        assert isinstance(found, CallerFound)
        assert found.call_sid == waiting[0].call.sid
        waiting[0].takes(Taken)
        self._pair(waiting[0], agent)

    @precondition(lambda self: self._are("waiting"))
    @rule(data=st.data())
    def a_caller_leaves(self, data: st.DataObject) -> None:
        caller = data.draw(st.sampled_from(self._are("waiting")))
        caller.asks(LeaveQueue())
        caller.state = "free"

    @precondition(lambda self: self._are("taken"))
    @rule(data=st.data())
    def a_caller_has_heard_enough(self, data: st.DataObject) -> None:
        caller = data.draw(st.sampled_from(self._are("taken")))
        caller.asks(MeetAgent())
        caller.state = "ready"

    @precondition(lambda self: self._are("ready"))
    @rule(data=st.data())
    def an_agent_talks(self, data: st.DataObject) -> None:
        caller = data.draw(st.sampled_from(self._are("ready")))
        agent = caller.partner
        agent.takes(CallerReady)
        agent.asks(BridgeCaller())
        caller.state, agent.state = "talking", "speaking"

    @precondition(lambda self: self._are("seeking", "found", "speaking"))
    @rule(data=st.data())
    def an_agent_has_enough(self, data: st.DataObject) -> None:
        agent = data.draw(st.sampled_from(self._are("seeking", "found", "speaking")))
        bridged, caller = agent.state == "speaking", agent.partner
        if agent.told:
            agent.takes(CallerReady)
        agent.asks(PartWithCaller())
        if caller is not None:
            self._part(agent, bridged=bridged)
            agent.takes(CallerGone)
        agent.state = "free"

    @precondition(lambda self: len(self.people) > 1)
    @rule(data=st.data())
    def somebody_goes(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from([person for person in self.people if person.state != "gone"] or self.people))
        bridged, paired = person.state in ("talking", "speaking"), person.partner is not None
        person.goes()
        if paired:
            self._part(person, bridged=bridged)

    @rule(ms=st.integers(0, 5000))
    def time_passes(self, ms: int) -> None:
        self.rooms.clock.agenda.advance_to(self.rooms.clock.now_ms + ms)  # type: ignore[attr-defined]

    @invariant()
    def everybody_is_where_they_should_be(self) -> None:
        queue = self.rooms.store.queues.named("AC1", "support")
        assert queue is not None
        assert [member.call_sid for member in queue.members] == [one.call.sid for one in self._are("waiting")]
        assert not (self._are("waiting") and self._are("seeking"))
        for person in self.people:
            assert (person.leg.seat is not None) is (person.state in ("talking", "speaking"))
            allowed = 1 if person.partner is not None and person.partner.state == "ready" else 0
            assert len(person.told) == allowed, "nobody is told what does not concern it"
        talked = [entry.event for entry in self.rooms.journal.of(PartiesTalked)]
        assert talked.count("bridged") - talked.count("parted") == len(self._are("talking"))


TestAnyOrder = AnyOrder.TestCase
