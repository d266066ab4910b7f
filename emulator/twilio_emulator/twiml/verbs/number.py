"""`<Number>`, and the bare number in a `<Dial>`: a telephone to ring. Source: twilio.com/docs/voice/twiml/number."""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_emulator.twiml.flow import Report, Steps
from twilio_emulator.twiml.nouns import LegNoun
from twilio_emulator.twiml.schema import Attribute, Use
from twilio_emulator.twiml.values import DIGITS_AND_PAUSES, TEXT
from twilio_emulator.twiml.verbs import dial_attributes as dial
from twilio_emulator.twiml.verbs.leg_attributes import LEG_ATTRIBUTES, SOURCE, screening, status_callback
from twilio_emulator.twiml.verbs.leg_machine_detection import MACHINE_DETECTION_ATTRIBUTES, machine_detection
from twilio_wire.e164 import InvalidNumber, normalize

INVALID_NUMBER: Final = 13223

SEND_DIGITS: Final = Attribute("sendDigits", "", DIGITS_AND_PAUSES, code=13222, source=SOURCE)
# A carrier of the account's own: every number is reached the same way here.
BYOC: Final = Attribute("byoc", "", TEXT, source=SOURCE)


def bare_number(use: Use, context: CallContext) -> Steps[LegOrder | None]:
    """A Dial whose text is the number."""
    try:
        address = normalize(use.text)
    except InvalidNumber:
        yield no_number(use, context)
        return None
    return LegOrder(address=address, timeout_s=use[dial.TIMEOUT], caller_id=use[dial.CALLER_ID])


def order(use: Use, around: Use, context: CallContext) -> Steps[LegOrder | None]:
    """Read a Number.

    Raises:
        TwimlError: `url` is none.
    """
    try:
        address = normalize(use.text)
    except InvalidNumber:
        yield no_number(use, context)
        return None
    return LegOrder(
        address=address,
        timeout_s=around[dial.TIMEOUT],
        caller_id=around[dial.CALLER_ID],
        send_digits=use[SEND_DIGITS],
        screening=screening(use, context),
        status_callback=(yield from status_callback(use, context)),
        machine_detection=(yield from machine_detection(use, context)),
    )


def no_number(use: Use, context: CallContext) -> Report:
    """Say that there is nothing to dial."""
    what = f"{use.text!r} is not a phone number" if use.text else "there is no phone number"
    return context.warning(
        INVALID_NUMBER, f"{use.place}: {what}; nobody is rung.", "Write it in E.164, like +15551110001."
    )


NUMBER: Final = LegNoun(
    name="Number",
    attributes=(SEND_DIGITS, BYOC, *LEG_ATTRIBUTES, *MACHINE_DETECTION_ATTRIBUTES),
    has_text=True,
    order=order,
)
