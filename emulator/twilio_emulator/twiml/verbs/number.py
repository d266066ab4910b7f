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
from twilio_emulator.twiml.verbs.leg_attributes import LEG_ATTRIBUTES, SOURCE, leg_order
from twilio_emulator.twiml.verbs.leg_machine_detection import MACHINE_DETECTION_ATTRIBUTES
from twilio_wire.e164 import InvalidNumber, normalize

NO_NUMBER: Final = 13223
UNSUPPORTED_NUMBER: Final = 13224

SEND_DIGITS: Final = Attribute("sendDigits", "", DIGITS_AND_PAUSES, code=13222, source=SOURCE)
# A carrier of the account's own: every number is reached the same way here.
BYOC: Final = Attribute("byoc", "", TEXT, source=SOURCE)

_PUNCTUATION: Final = str.maketrans("", "", " -.()")
_LOCAL_DIGITS: Final = 10
_NORTH_AMERICA: Final = "1"


def bare_number(use: Use, context: CallContext) -> Steps[LegOrder | None]:
    """A Dial whose text is the number; None, with the reason told, for what is none."""
    number = yield from read_number(use, context)
    if not number:
        return None
    return LegOrder(route=number, to=number, timeout_s=use[dial.TIMEOUT], caller_id=use[dial.CALLER_ID])


def order(use: Use, around: Use, context: CallContext) -> Steps[LegOrder | None]:
    """Read a Number.

    Raises:
        TwimlError: `url` is none.
    """
    number = yield from read_number(use, context)
    if not number:
        return None
    return (yield from leg_order(use, around, context, route=number, to=number, send_digits=use[SEND_DIGITS]))


def read_number(use: Use, context: CallContext) -> Steps[str]:
    """The number in E.164, also of one that is written as in North America; empty, with the reason told, for none."""
    try:
        return _dialled(use.text)
    except InvalidNumber:
        yield _no_number(use, context)
        return ""


def _dialled(text: str) -> str:
    digits = text.translate(_PUNCTUATION)
    if digits.isascii() and digits.isdigit():
        if len(digits) == _LOCAL_DIGITS and not digits.startswith(("0", "1")):
            return normalize(f"+{_NORTH_AMERICA}{digits}")
        if len(digits) == _LOCAL_DIGITS + 1 and digits.startswith(_NORTH_AMERICA):
            return normalize(f"+{digits}")
    return normalize(text)


def _no_number(use: Use, context: CallContext) -> Report:
    what = f"{use.text!r} is not a phone number" if use.text else "there is no phone number"
    code = UNSUPPORTED_NUMBER if use.text.translate(_PUNCTUATION).removeprefix("+").isdigit() else NO_NUMBER
    return context.warning(code, f"{use.place}: {what}; nobody is rung.", "Write it in E.164, like +15551110001.")


NUMBER: Final = LegNoun(
    name="Number",
    attributes=(SEND_DIGITS, BYOC, *LEG_ATTRIBUTES, *MACHINE_DETECTION_ATTRIBUTES),
    has_text=True,
    order=order,
)
