"""`<Hangup>`: the end of the call. An unanswered call is answered for it, and billed.

Source: twilio.com/docs/voice/twiml/hangup.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import HangUp, Steps
from twilio_emulator.twiml.outcomes import End, Outcome
from twilio_emulator.twiml.schema import Use, Verb
from twilio_emulator.twiml.verbs.parameter import PARAMETER


def run(_: Use, __: CallContext) -> Steps[Outcome]:
    """Hang up."""
    yield HangUp()
    return End()


HANGUP: Final = Verb(
    name="Hangup", children={"Parameter": PARAMETER}, run=run, source="twilio.com/docs/voice/twiml/hangup"
)
