"""`<Refer>`: has a SIP far end call somebody else. No leg here is a SIP leg, so it fails as Twilio has it fail.

Sources: twilio.com/docs/voice/twiml/refer, twilio.com/docs/api/errors/13801.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.outcomes import Outcome
from twilio_emulator.twiml.schema import Attribute, Tag, Use, Verb
from twilio_emulator.twiml.values import METHOD, TEXT

SOURCE: Final = "twilio.com/docs/voice/twiml/refer"

NOT_A_SIP_LEG: Final = 13801

ACTION: Final = Attribute("action", "", TEXT, source=SOURCE)
REFER_METHOD: Final = Attribute("method", "POST", METHOD, source=SOURCE)

SIP: Final = Tag(name="Sip", has_text=True)


def run(use: Use, _: CallContext) -> Steps[Outcome]:
    """Fail.

    Raises:
        TwimlError: always.
    """
    yield from ()
    raise TwimlError(
        NOT_A_SIP_LEG,
        "<Refer> is for SIP legs, and this call is none.",
        use.element.line,
        use.element.column,
        hint="Use <Dial> to connect the caller with somebody else.",
    )


REFER: Final = Verb(name="Refer", attributes=(ACTION, REFER_METHOD), children={"Sip": SIP}, run=run, source=SOURCE)
