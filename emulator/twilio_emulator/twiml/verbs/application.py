"""`<Application>`: a TwiML application, the account's own or a public one, answers.

It is a call of its own at the other end, inbound there, with the application's Voice URL.
Source: twilio.com/docs/voice/twiml/application.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.addresses import InvalidAddress, parse_address
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.nouns import LegNoun
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Attribute, Tag, Use
from twilio_emulator.twiml.values import BOOLEAN, TEXT
from twilio_emulator.twiml.verbs.leg_attributes import LEG_ATTRIBUTES, leg_order
from twilio_emulator.twiml.verbs.leg_parameters import leg_parameters
from twilio_emulator.twiml.verbs.parameter import PARAMETER

SOURCE: Final = "twilio.com/docs/voice/twiml/application"

CUSTOMER_ID: Final = Attribute("customerId", "", TEXT, source=SOURCE)
COPY_PARENT_TO: Final = Attribute("copyParentTo", default=False, kind=BOOLEAN, source=SOURCE)

APPLICATION_SID: Final = Tag(name="ApplicationSid", has_text=True)


def order(use: Use, around: Use, context: CallContext) -> Steps[LegOrder | None]:
    """Read an Application.

    Raises:
        TwimlError: `url` is none.
    """
    sid = next((child.text for child in use.children if child.tag is APPLICATION_SID), use.text)
    try:
        if "?" in sid:
            raise InvalidAddress("parameters are written as <Parameter>, not behind the sid.")
        route = parse_address(f"app:{sid}").station
    except InvalidAddress as error:
        yield context.warning(SCHEMA_WARNING, f"{use.place}: {error}", "Write <Application>AP…</Application>.")
        return None
    parameters = yield from leg_parameters(use, context)
    if use[CUSTOMER_ID]:
        parameters["CustomerId"] = use[CUSTOMER_ID]
    to = "" if use[COPY_PARENT_TO] else sid
    return (yield from leg_order(use, around, context, route=route, to=to, parameters=parameters))


APPLICATION: Final = LegNoun(
    name="Application",
    attributes=(*LEG_ATTRIBUTES, CUSTOMER_ID, COPY_PARENT_TO),
    children={"ApplicationSid": APPLICATION_SID, "Parameter": PARAMETER},
    has_text=True,
    is_alone=True,
    order=order,
)
