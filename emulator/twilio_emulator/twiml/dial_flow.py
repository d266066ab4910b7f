"""What `<Dial>` may ask of the world for the legs that it rings, and what it may be told of them.

A Dial numbers its legs, 0 for the first. Each is a Call resource with the dialling call as its parent. `LegReady` is
told of every leg that may be bridged; of two that are ready the flow takes one and drops the other. `LegEnded` is told
exactly once of every leg that was placed: as it happens, or, when the dialling call has ended and taken its legs with
it, after the flow has asked to `DropLegs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twilio_emulator.calls.call import CallStatus, StatusCallback
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.twiml.flow import Event, Instructions, PartyCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOrder:
    """Somebody to ring.

    `route` is where the network finds them, in the form of `calls.addresses`; `to` is what To says, empty for the
    dialling call's own To. `parameters` go along to whoever answers. `caller_id` is what the document says is to be
    shown, empty for the dialling call's own. `screening` is TwiML to run on whoever answers, before the bridge; none
    without a URL.
    """

    route: str
    to: str
    timeout_s: int
    parameters: Mapping[str, str] = field(default_factory=dict)
    caller_id: str = ""
    send_digits: str = ""
    screening: Instructions = field(default_factory=Instructions)
    status_callback: StatusCallback | None = None
    machine_detection: MachineDetection | None = None


@dataclass(frozen=True, slots=True)
class DialCommand(PartyCommand):
    """Something about the legs of a `<Dial>`."""


@dataclass(frozen=True, slots=True)
class PlaceLeg(DialCommand):
    """Ring somebody. `LegRang` and `LegReady` may follow, `LegEnded` always does."""

    leg: int
    order: LegOrder


@dataclass(frozen=True, slots=True)
class DropLeg(DialCommand):
    """Hang up on a leg, or stop ringing it; one that is over stays so."""

    leg: int


@dataclass(frozen=True, slots=True)
class DropLegs(DialCommand):
    """Drop all that are not over."""


@dataclass(frozen=True, slots=True)
class BridgeLeg(DialCommand):
    """Let the dialling call and a leg that is ready talk, until the leg ends."""

    leg: int


@dataclass(frozen=True, slots=True)
class HandOverLeg(DialCommand):
    """Give a leg that is bridged TwiML of its own; `LegEnded` follows, as when REST does that."""

    leg: int
    instructions: Instructions


@dataclass(frozen=True, slots=True)
class LegRang(Event):
    """A leg rings."""

    leg: int


@dataclass(frozen=True, slots=True)
class LegReady(Event):
    """A leg was answered, its keys have been sent, and whoever answered has passed the screening."""

    leg: int


@dataclass(frozen=True, slots=True)
class LegReferred(Event):
    """The SIP user of a leg wants the dialling call to be connected to this address instead (REFER)."""

    leg: int
    target: str


@dataclass(frozen=True, slots=True)
class LegEnded(Event):
    """A leg is over, or REST has given it TwiML of its own (then it counts as `completed`).

    `duration_s` is None for a leg that nobody answered. `facts` are what the network has to say, as parameters of the
    action.
    """

    leg: int
    call_sid: str
    status: CallStatus
    duration_s: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
