"""`<Start>`: something runs beside the call from now on; the verb below begins at once.

Sources: twilio.com/docs/voice/twiml/stream, twilio.com/docs/voice/twiml/transcription.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import OpenStream, Steps
from twilio_emulator.twiml.outcomes import Next, Outcome
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.values import METHOD, TEXT
from twilio_emulator.twiml.verbs import transcription
from twilio_emulator.twiml.verbs.stream import STREAM, stream_spec
from twilio_emulator.twiml.verbs.transcription import TRANSCRIPTION

INVALID_NOUN: Final = 14300
OTHER_NOUNS: Final = frozenset({"Recording", "Siprec"})

# The SDK offers both; nothing documents what they would do beside a call that goes on anyway.
ACTION: Final = Attribute("action", "", TEXT)
START_METHOD: Final = Attribute("method", "POST", METHOD)


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Start everything in it."""
    for noun in use.children:
        if noun.tag is TRANSCRIPTION:
            yield from transcription.start(noun, context)
            continue
        spec = yield from stream_spec(noun, context, bidirectional=False)
        if spec is not None:
            yield OpenStream(spec)
    return Next()


START: Final = Verb(
    name="Start",
    attributes=(ACTION, START_METHOD),
    children={"Stream": STREAM, "Transcription": TRANSCRIPTION},
    unsupported=OTHER_NOUNS,
    child_code=INVALID_NOUN,
    child_level="error",
    run=run,
    source="twilio.com/docs/voice/twiml/stream",
)
