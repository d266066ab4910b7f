"""What a call has to do with others than its far end: legs that it dials, a conference, a queue.

Each family of party commands has a department of its own, opened for a call when its TwiML first asks for it. When its
TwiML is replaced, and when the call ends, it parts with everybody: no leg, seat or place in a queue outlives that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from twilio_emulator.calls.beside import Beside
from twilio_emulator.calls.department import Department, Host, Tell
from twilio_emulator.calls.dialling import Dialling
from twilio_emulator.calls.echoing import Echoing
from twilio_emulator.calls.referring import Referring
from twilio_emulator.calls.verb_recording import VerbRecording
from twilio_emulator.conferences.conferencing import Conferencing
from twilio_emulator.queues.queueing import Queueing
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.beside_flow import BesideCommand
from twilio_emulator.twiml.conference_flow import ConferenceCommand
from twilio_emulator.twiml.dial_flow import DialCommand
from twilio_emulator.twiml.echo_flow import EchoCommand
from twilio_emulator.twiml.flow import PartyCommand
from twilio_emulator.twiml.queue_flow import QueueCommand
from twilio_emulator.twiml.record_flow import RecordCommand
from twilio_emulator.twiml.refer_flow import ReferCommand

DEPARTMENTS: Final[Mapping[type[PartyCommand], Callable[[Host, Rooms], Department]]] = {
    ConferenceCommand: Conferencing,
    BesideCommand: Beside,
    DialCommand: Dialling,
    QueueCommand: Queueing,
    EchoCommand: Echoing,
    RecordCommand: VerbRecording,
    ReferCommand: Referring,
}
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
        """Let go of all others."""
        for department in self._open.values():
            department.part()
