"""The department for queues: a call waits in one, or dials one and takes whoever is next.

Laws
----
* Whoever is gone is in no queue, seeks nobody and talks to nobody: `part` sees to all three.
* A caller and an agent are brought together at the moment when there are both.
"""

from __future__ import annotations

from twilio_emulator.by_type import ByType
from twilio_emulator.calls.department import Host, Tell
from twilio_emulator.journal import QueueMoved
from twilio_emulator.media.leg import Leg
from twilio_emulator.queues.encounter import Encounter
from twilio_emulator.queues.queue import Agent, Member, Queue, QueueFull
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml import queue_flow as flow
from twilio_emulator.twiml.flow import Event, PartyCommand
from twilio_wire.sids import SidKind


class Queueing:
    """One call's dealings with queues, on either end of them."""

    def __init__(self, host: Host, rooms: Rooms) -> None:
        self._host = host
        self._rooms = rooms
        self._tell: Tell = _nobody_cares
        self._member: Member | None = None
        self._seeks: tuple[Queue, Agent] | None = None
        self._encounter: Encounter | None = None

    def carry_out(self, command: PartyCommand, tell: Tell) -> None:
        """Do what the flow asks. A call that is over begins nothing."""
        self._tell = tell
        self._do(command)

    def part(self) -> None:
        """Leave the queue, seek nobody, end the encounter; the flow hears of it when it asks."""
        self._tell = _nobody_cares
        self._leave("the call is over, or was redirected")
        self._let_go()

    # --- Party ------------------------------------------------------------------------------------------------------

    @property
    def call_sid(self) -> str:
        """The call."""
        return self._host.call.sid

    @property
    def leg(self) -> Leg:
        """Its media."""
        return self._host.leg

    def meet(self, encounter: Encounter) -> None:
        """Its turn has come."""
        self._encounter = encounter
        self._seeks = None

    def hear(self, event: Event) -> None:
        """Something has happened in the encounter."""
        self._tell(event)

    # --- the caller -------------------------------------------------------------------------------------------------

    @ByType
    def _do(self, command: PartyCommand) -> None:
        raise AssertionError(f"A queue was asked for {type(command).__name__}, which nobody carries out.")

    @_do.register
    def _enter(self, command: flow.EnterQueue) -> None:
        if self._host.call.status.is_final:
            return
        queue = self._queue(command.name) or self._new_queue(command.name)
        now_ms = self._rooms.clock.now_ms
        try:
            self._member = queue.join(self.call_sid, self, now_ms=now_ms, limit=command.limit)
        except QueueFull as full:
            self._note(queue, "found no room in", f"{full.limit} calls wait already")
            self._tell(flow.QueueRefused(full.limit))
            return
        self._note(queue, "entered", f"as number {queue.current_size}")
        encounter = self._match(queue)
        if encounter is None:
            self._tell(flow.QueueEntered(queue.sid))
        else:
            self._tell(flow.QueueEntered(queue.sid, encounter.taken))
            encounter.agent.hear(encounter.found)

    @_do.register
    def _look(self, _: flow.LookAtQueue) -> None:
        member, now_ms = self._member, self._rooms.clock.now_ms
        if member is None:
            self._tell(flow.QueueSeen(0, 0, 0, 0, 0))
            return
        queue = member.queue
        self._tell(
            flow.QueueSeen(
                position=member.position,
                time_s=member.wait_s(now_ms),
                average_time_s=queue.average_wait_s(now_ms),
                current_size=queue.current_size,
                max_size=queue.max_size,
            )
        )

    @_do.register
    def _leave_queue(self, _: flow.LeaveQueue) -> None:
        self._leave("TwiML took it out")

    @_do.register
    def _meet_agent(self, _: flow.MeetAgent) -> None:
        assert self._encounter is not None, "only a call that was taken meets an agent"
        self._encounter.caller_is_ready()

    # --- the agent --------------------------------------------------------------------------------------------------

    @_do.register
    def _seek(self, command: flow.SeekCaller) -> None:
        if self._host.call.status.is_final:
            return
        self._encounter = None
        queue = self._queue(command.name)
        if queue is None:
            self._tell(flow.QueueUnknown())
            return
        agent = Agent(self, command.url, command.method)
        queue.seek(agent)
        self._seeks = (queue, agent)
        encounter = self._match(queue)
        if encounter is None:
            self._tell(flow.QueueEmpty())
        else:
            # The caller may be ready before this returns.
            self._tell(encounter.found)
            encounter.caller.hear(encounter.taken)

    @_do.register
    def _bridge(self, _: flow.BridgeCaller) -> None:
        if self._encounter is not None and not self._host.call.status.is_final:
            self._encounter.bridge()

    @_do.register
    def _part_with_caller(self, _: flow.PartWithCaller) -> None:
        encounter = self._encounter
        was_over = encounter is not None and encounter.is_over
        self._let_go()
        if encounter is not None and was_over:
            self._tell(encounter.gone())

    # --- both -------------------------------------------------------------------------------------------------------

    def _match(self, queue: Queue) -> Encounter | None:
        """Bring the next caller and the next agent together, if there are both."""
        pair = queue.match(now_ms=self._rooms.clock.now_ms)
        if pair is None:
            return None
        encounter = Encounter(*pair, self._rooms)
        self._note(queue, "taken", f"by {encounter.agent.call_sid}", call_sid=encounter.caller.call_sid)
        encounter.caller.meet(encounter)
        encounter.agent.meet(encounter)
        return encounter

    def _leave(self, why: str) -> None:
        member = self._member
        if member is not None and member.left_ms is None:
            member.queue.leave(member, now_ms=self._rooms.clock.now_ms)
            self._note(member.queue, "left", why)

    def _let_go(self) -> None:
        if self._seeks is not None:
            queue, agent = self._seeks
            queue.give_up(agent)
            self._seeks = None
        if self._encounter is not None:
            self._encounter.end()

    def _queue(self, name: str) -> Queue | None:
        return self._rooms.store.queues.named(self._host.call.account_sid, name)

    def _new_queue(self, name: str) -> Queue:
        now_ms = self._rooms.clock.now_ms
        sid = self._rooms.sids.new(SidKind.QUEUE)
        queue = Queue(sid, self._host.call.account_sid, name, created_ms=now_ms, updated_ms=now_ms)
        self._rooms.store.queues.add(queue)
        return queue

    def _note(self, queue: Queue, event: str, detail: str, *, call_sid: str = "") -> None:
        self._rooms.journal.write(
            QueueMoved(
                call_sid=call_sid or self.call_sid,
                queue_sid=queue.sid,
                queue=queue.friendly_name,
                event=event,
                detail=detail,
            )
        )


def _nobody_cares(_: Event) -> None:
    """The flow has gone on to something else."""
