"""`<Sim>`: a Programmable Wireless SIM, by its sid. Source: twilio.com/docs/voice/twiml/sim."""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.addresses import InvalidAddress, parse_address
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.nouns import LegNoun
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Use
from twilio_emulator.twiml.verbs import dial_attributes as dial


def order(use: Use, around: Use, context: CallContext) -> Steps[LegOrder | None]:
    """Read a Sim."""
    try:
        address = parse_address(f"sim:{use.text}").station
    except InvalidAddress as error:
        yield context.warning(SCHEMA_WARNING, f"{use.place}: {error}", "Write <Sim>DE…</Sim>.")
        return None
    return LegOrder(route=address, to=address, timeout_s=around[dial.TIMEOUT], caller_id=around[dial.CALLER_ID])


SIM: Final = LegNoun(name="Sim", has_text=True, order=order)
