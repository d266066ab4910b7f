"""A caller taken out of a queue and the agent who took it, from the taking to the end of their talk.

Laws
----
* It ends once: with either call, when either's TwiML is replaced, when the agent's TwiML has had enough.
* Both are told of the end, each as its own flow takes it.
"""

from __future__ import annotations

from twilio_emulator.journal import PartiesTalked
from twilio_emulator.media.bridge import Bridge
from twilio_emulator.queues.queue import Agent, Member
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.queue_flow import AgentGone, CallerFound, CallerGone, CallerReady, Taken


class Encounter:
    """One caller, one agent."""

    def __init__(self, member: Member, agent: Agent, rooms: Rooms) -> None:
        self.caller = member.party
        self.agent = agent.party
        self.taken = Taken(agent.party.call_sid, agent.url, agent.method)
        """What the caller is told of its beginning."""
        self.found = CallerFound(member.queue.sid, member.call_sid, member.wait_s(rooms.clock.now_ms))
        """What the agent is told."""
        self._rooms = rooms
        self._bridge: Bridge | None = None
        self._bridged_ms: int | None = None
        self._ended_ms: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether they have parted."""
        return self._ended_ms is not None

    def caller_is_ready(self) -> None:
        """The caller has heard what it was to hear first."""
        if not self.is_over:
            self.agent.hear(CallerReady())

    def bridge(self) -> None:
        """Let them talk."""
        if not self.is_over and self._bridge is None:
            self._bridged_ms = self._rooms.clock.now_ms
            self._bridge = Bridge(self.caller.leg, self.agent.leg)
            self._note("bridged")

    def end(self) -> None:
        """Part them, and tell both."""
        if self.is_over:
            return
        self._ended_ms = self._rooms.clock.now_ms
        if self._bridge is not None:
            self._bridge.take_down()
            self._note("parted")
        self.caller.hear(AgentGone(was_bridged=self._bridge is not None))
        self.agent.hear(self.gone())

    def gone(self) -> CallerGone:
        """What the agent is told of the end; seconds are rounded up, as those of calls are."""
        if self._bridged_ms is None or self._ended_ms is None:
            return CallerGone(None)
        return CallerGone(-(-(self._ended_ms - self._bridged_ms) // 1000))

    def _note(self, what: str) -> None:
        self._rooms.journal.write(
            PartiesTalked(call_sid=self.agent.call_sid, other_call_sid=self.caller.call_sid, event=what)
        )
