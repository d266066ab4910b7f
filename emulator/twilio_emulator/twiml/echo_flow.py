"""What `<Echo>` asks for."""

from __future__ import annotations

from twilio_emulator.twiml.flow import PartyCommand


class EchoCommand(PartyCommand, frozen=True):
    """The family of `<Echo>`'s commands."""


class StartEcho(EchoCommand, frozen=True):
    """From now on the far end hears what it says, 20 ms later."""
