"""`<WhatsApp>`: a WhatsApp user, by number. Source: twilio.com/docs/voice/twiml/whatsapp."""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.nouns import LegNoun
from twilio_emulator.twiml.schema import Use
from twilio_emulator.twiml.verbs.leg_attributes import LEG_ATTRIBUTES, leg_order
from twilio_emulator.twiml.verbs.number import read_number


def order(use: Use, around: Use, context: CallContext) -> Steps[LegOrder | None]:
    """Read a WhatsApp.

    Raises:
        TwimlError: `url` is none.
    """
    number = yield from read_number(use, context)
    if not number:
        return None
    address = f"whatsapp:{number}"
    return (yield from leg_order(use, around, context, route=address, to=address))


WHATSAPP: Final = LegNoun(name="WhatsApp", attributes=LEG_ATTRIBUTES, has_text=True, order=order)
