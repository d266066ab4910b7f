"""The two kinds of nouns that `<Dial>` holds, and what its action is told.

A noun is a file of its own in `verbs/`, and joins by a line in the table of `verbs/dial.py`. A *leg noun* (Number,
Client, Sip, …) says whom to ring; ringing, bridging and the rest is the Dial's business. A *lone noun* (Conference,
Queue) has the Dial to itself, and brings its own steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.schema import Tag, Use


@dataclass(slots=True, kw_only=True, eq=False)
class DialResult:
    """How a `<Dial>` went, as far as it has; the action is told that much, also when the caller hangs up on it.

    `extras` are parameters of the noun's own. Source: twilio.com/docs/voice/twiml/dial, "Request parameters".
    """

    status: str = CallStatus.FAILED.value
    call_sid: str = ""
    duration_s: int | None = None
    is_bridged: bool | None = None
    extras: dict[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, str]:
        """What the action is told."""
        parameters = {"DialCallStatus": self.status}
        if self.call_sid:
            parameters["DialCallSid"] = self.call_sid
        if self.duration_s is not None:
            parameters["DialCallDuration"] = str(self.duration_s)
        if self.is_bridged is not None:
            parameters["DialBridged"] = str(self.is_bridged).lower()
        return parameters | self.extras


class LegNoun(Tag, frozen=True, kw_only=True, eq=False):
    """A noun that rings somebody.

    `order` reads it, as the second use (the Dial) has it; None, with the reason told, for a leg that cannot be.
    `is_alone`: it must be the only one in its Dial, as a lone noun must.
    """

    order: Callable[[Use, Use, CallContext], Steps[LegOrder | None]]
    is_alone: bool = False


class LoneNoun(Tag, frozen=True, kw_only=True, eq=False):
    """A noun that must be the only one in its Dial.

    `run` is given the noun, the Dial around it, the call and the result to keep up to date. It returns when the Dial
    is over; action or the verb below comes next. What is thrown in (`FarEndHungUp`, `Replaced`) it lets pass, once it
    has asked for what it owes. It answers the call itself (`performing.answer`) when the time has come.
    """

    run: Callable[[Use, Use, CallContext, DialResult], Steps[None]]
