"""What `<Dial>` may ask of the world for the legs that it rings, and what it may be told of them.

A Dial numbers its legs, 0 for the first. Each is a Call resource with the dialling call as its parent. `LegReady` is
told of every leg that may be bridged; of two that are ready the flow takes one and drops the other. `LegEnded` is told
exactly once of every leg that was placed: as it happens, or, when the dialling call has ended and taken its legs with
it, after the flow has asked to `DropLegs`.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from twilio_emulator.calls.call import CallStatus, StatusCallback
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.twiml.flow import Event, Instructions, PartyCommand


class LegOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to ring.

    `route` is where the network finds them, in the form of `calls.addresses`; `to` is what To says, empty for the
    dialling call's own To. `parameters` go along to whoever answers. `caller_id` is what the document says is to be
    shown, empty for the dialling call's own. `screening` is TwiML to run on whoever answers, before the bridge; none
    without a URL.
    """

    route: str
    to: str
    timeout_s: int
    parameters: Mapping[str, str] = {}
    caller_id: str = ""
    send_digits: str = ""
    screening: Instructions = Instructions()
    status_callback: StatusCallback | None = None
    machine_detection: MachineDetection | None = None


class DialCommand(PartyCommand, frozen=True):
    """Something about the legs of a `<Dial>`."""


class PlaceLeg(DialCommand, frozen=True):
    """Ring somebody. `LegRang` and `LegReady` may follow, `LegEnded` always does."""

    leg: int
    order: LegOrder


class DropLeg(DialCommand, frozen=True):
    """Hang up on a leg, or stop ringing it; one that is over stays so."""

    leg: int


class DropLegs(DialCommand, frozen=True):
    """Drop all that are not over."""


class BridgeLeg(DialCommand, frozen=True):
    """Let the dialling call and a leg that is ready talk, until the leg ends."""

    leg: int


class HandOverLeg(DialCommand, frozen=True):
    """Give a leg that is bridged TwiML of its own; `LegEnded` follows, as when REST does that."""

    leg: int
    instructions: Instructions


class LegRang(Event, frozen=True):
    """A leg rings."""

    leg: int


class LegReady(Event, frozen=True):
    """A leg was answered, its keys have been sent, and whoever answered has passed the screening."""

    leg: int


class LegReferred(Event, frozen=True):
    """The SIP user of a leg wants the dialling call to be connected to this address instead (REFER)."""

    leg: int
    target: str


class LegEnded(Event, frozen=True):
    """A leg is over, or REST has given it TwiML of its own (then it counts as `completed`).

    `duration_s` is None for a leg that nobody answered. `facts` are what the network has to say, as parameters of the
    action.
    """

    leg: int
    call_sid: str
    status: CallStatus
    duration_s: int | None = None
    facts: Mapping[str, str] = {}
