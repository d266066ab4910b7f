"""What a live call and its departments are to one another.

A department is in charge of one family of party commands of one call: the legs that it dials, a conference, a queue.
`calls/parties.py` has the table of them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from twilio_emulator.calls.call import Call, StatusCallback
from twilio_emulator.calls.call_recordings import CallRecordings
from twilio_emulator.calls.hearing import Hearing
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.calls.sidecars import Sidecar, SidecarKind
from twilio_emulator.media.leg import Leg
from twilio_emulator.twiml.flow import Event, Instructions, PartyCommand

Tell = Callable[[Event], None]
"""Brings an event to the flow that asked, for as long as it cares."""


class LegNews(StrEnum):
    """What becomes of a leg, as whoever placed it learns."""

    RANG = "rang"
    ANSWERED = "answered"
    READY = "ready"
    """Its keys have been sent and whoever answered has been asked: it may be bridged."""
    REFERRED = "referred"
    """A SIP user wants the other party to be connected to somebody else: see `PlacedLeg.refer_target`."""
    LEFT = "left"
    """REST has given it TwiML of its own; nothing more will be told."""
    ENDED = "ended"


class PlacedLeg(Protocol):
    """A live call that was placed for another."""

    @property
    def call(self) -> Call:
        """The resource; `parent_call_sid` says for whom it was placed."""

    @property
    def leg(self) -> Leg:
        """Its media; there is one from the answer on."""

    @property
    def refer_target(self) -> str:
        """Whom its SIP user has named last in a REFER; empty before."""

    def redirect(self, instructions: Instructions) -> None:
        """Give it TwiML of its own, as REST does."""

    def end(self, cause: str) -> None:
        """Hang up, or cancel what nobody has answered; that has happened when this returns. It may be over already."""


class Host(Protocol):
    """The live call, as its departments see it."""

    @property
    def call(self) -> Call:
        """The resource."""

    @property
    def leg(self) -> Leg:
        """Its media; there is one from the answer on."""

    @property
    def is_ending(self) -> bool:
        """Whether the call is over, or just ending; a department that has to part is asked to for that, or because
        other TwiML is in charge."""

    @property
    def recordings(self) -> CallRecordings:
        """What is being recorded of it, from the answer on."""

    @property
    def hearing(self) -> Hearing:
        """Its ears, from the answer on."""

    def begin_sidecar(
        self, kind: SidecarKind, *, name: str, tracks: int, callback: StatusCallback | None = None
    ) -> Sidecar:
        """Note that something beside the call has begun. Whoever asks has looked whether there is room."""

    def stop_sidecar(self, sidecar: Sidecar) -> None:
        """Stop something beside the call."""

    def place_leg(self, request: CallRequest, told: Callable[[LegNews], None]) -> PlacedLeg:
        """Dial somebody for this call, at this moment but not before this returns.

        The leg is a Call resource with this call as its parent. `told` hears of it until it has ended or left.
        """


class Department(Protocol):
    """Carries out one family of party commands for one call."""

    def carry_out(self, command: PartyCommand, tell: Tell) -> None:
        """Do what the flow asks."""

    def part(self) -> None:
        """Let go of everybody, at once and without telling the flow; there may be nobody."""
