"""The department of `<Refer>`: sends a SIP far end elsewhere."""

from __future__ import annotations

from twilio_emulator.calls.department import Host, Tell
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import PartyCommand
from twilio_emulator.twiml.refer_flow import NotReferable, ReferFarEnd, ReferProgressed


class Referring:
    """Asks the far end, and passes its answers on."""

    def __init__(self, host: Host, _: Rooms) -> None:
        self._host = host

    def carry_out(self, command: PartyCommand, tell: Tell) -> None:
        """Send the REFER."""
        assert isinstance(command, ReferFarEnd)
        answers = self._host.leg.far_end.refer(
            command.uri, lambda answer_code, notify_code: tell(ReferProgressed(answer_code, notify_code))
        )
        if not answers:
            tell(NotReferable())

    def part(self) -> None:
        """A REFER that is on its way cannot be taken back."""
