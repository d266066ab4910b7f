"""The department of `<Echo>`: what the far end says is played to it."""

from __future__ import annotations

from twilio_emulator.calls.department import Host, Tell
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import PartyCommand


class Echoing:
    """Gives a far end its own voice back."""

    def __init__(self, host: Host, _: Rooms) -> None:
        self._host = host

    def carry_out(self, _: PartyCommand, __: Tell) -> None:
        """Begin."""
        self._host.leg.add_tap(self._repeat)

    def part(self) -> None:
        """Fall silent."""
        self._host.leg.remove_tap(self._repeat)

    def _repeat(self, inbound: bytes, _: bytes) -> None:
        self._host.leg.playback.play(inbound)
