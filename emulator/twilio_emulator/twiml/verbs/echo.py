"""`<Echo>`: the far end hears itself, until it hangs up or REST puts other TwiML in charge.

In the SDK and in no document: twilio/twilio-python, twilio/twiml/voice_response.py.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.echo_flow import StartEcho
from twilio_emulator.twiml.flow import WAIT, Steps
from twilio_emulator.twiml.outcomes import Outcome
from twilio_emulator.twiml.schema import Use, Verb


def run(_: Use, __: CallContext) -> Steps[Outcome]:
    """Echo for ever."""
    yield StartEcho()
    while True:
        yield WAIT


ECHO: Final = Verb(name="Echo", run=run, source="twilio.com/docs/voice/twiml")
