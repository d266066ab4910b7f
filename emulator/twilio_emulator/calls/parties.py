"""What a call has to do with others than its far end: legs that it dials, a conference, a queue.

Each family of party commands has a department of its own, opened for a call when its TwiML first asks for it. When its
TwiML is replaced, and when the call ends, it parts with everybody: no leg, seat or place in a queue outlives that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from twilio_emulator.calls.call import Call
from twilio_emulator.media.leg import Leg
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import Event, PartyCommand

Tell = Callable[[Event], None]
"""Brings an event to the flow that asked, for as long as it cares."""


class Host(Protocol):
    """The live call, as its departments see it."""

    @property
    def call(self) -> Call:
        """The resource."""

    @property
    def leg(self) -> Leg:
        """Its media; there is one from the answer on."""


class Department(Protocol):
    """Carries out one family of party commands for one call."""

    def carry_out(self, command: PartyCommand, tell: Tell) -> None:
        """Do what the flow asks."""

    def part(self) -> None:
        """Let go of everybody, at once; there may be nobody."""


DEPARTMENTS: Final[Mapping[type[PartyCommand], Callable[[Host, Rooms], Department]]] = {}
"""Which department is in charge of a family of commands, by the family's base class."""


class Parties:
    """One call's departments."""

    def __init__(self, host: Host, rooms: Rooms) -> None:
        self._host = host
        self._rooms = rooms
        self._open: dict[type[PartyCommand], Department] = {}

    def deal(self, command: PartyCommand, tell: Tell) -> None:
        """Hand a command to the department in charge."""
        family = next(family for family in DEPARTMENTS if isinstance(command, family))
        department = self._open.get(family)
        if department is None:
            department = self._open[family] = DEPARTMENTS[family](self._host, self._rooms)
        department.carry_out(command, tell)

    def part(self) -> None:
        """Let go of everybody."""
        for department in self._open.values():
            department.part()
