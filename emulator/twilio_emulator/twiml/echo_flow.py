"""What `<Echo>` asks for."""

from __future__ import annotations

from dataclasses import dataclass

from twilio_emulator.twiml.flow import PartyCommand


@dataclass(frozen=True, slots=True)
class EchoCommand(PartyCommand):
    """The family of `<Echo>`'s commands."""


@dataclass(frozen=True, slots=True)
class StartEcho(EchoCommand):
    """From now on the far end hears what it says, 20 ms later."""
