"""`<Redirect>`: another document takes over. An unanswered call goes on ringing meanwhile.

Source: twilio.com/docs/voice/twiml/redirect.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.outcomes import GoTo, Outcome
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.values import METHOD

SOURCE: Final = "twilio.com/docs/voice/twiml/redirect"

REDIRECT_METHOD: Final = Attribute("method", default="POST", kind=METHOD, code=13710, source=SOURCE)


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Go to the URL in the text; without one, to this document again.

    Raises:
        TwimlError: it is no URL, or a relative one in an inline document.
    """
    yield from ()
    return GoTo(context.resolve(use.text), use[REDIRECT_METHOD], purpose="redirect")


REDIRECT: Final = Verb(
    name="Redirect", attributes=(REDIRECT_METHOD,), has_text=True, answers=False, run=run, source=SOURCE
)
