"""`<Start>`: something runs beside the call from now on; the verb below begins at once.

Source: twilio.com/docs/voice/twiml/start, twilio.com/docs/voice/twiml/stream.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import OpenStream, Steps
from twilio_emulator.twiml.outcomes import Next, Outcome
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.values import METHOD, TEXT
from twilio_emulator.twiml.verbs.stream import STREAM, stream_spec

INVALID_NOUN: Final = 14300
OTHER_NOUNS: Final = frozenset({"Recording", "Siprec", "Transcription"})

# The SDK offers both; nothing documents what they would do beside a call that goes on anyway.
ACTION: Final = Attribute("action", "", TEXT)
START_METHOD: Final = Attribute("method", "POST", METHOD)


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Open every stream in it."""
    for noun in use.children:
        spec = yield from stream_spec(noun, context, bidirectional=False)
        if spec is not None:
            yield OpenStream(spec)
    return Next()


START: Final = Verb(
    name="Start",
    attributes=(ACTION, START_METHOD),
    children={"Stream": STREAM},
    unsupported=OTHER_NOUNS,
    child_code=INVALID_NOUN,
    child_level="error",
    run=run,
    source="twilio.com/docs/voice/twiml/stream",
)
