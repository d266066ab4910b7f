"""`<Start>`: something runs beside the call from now on; the verb below begins at once.

Sources: twilio.com/docs/voice/twiml/stream, twilio.com/docs/voice/twiml/transcription.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.outcomes import Next, Outcome
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.values import METHOD, TEXT
from twilio_emulator.twiml.verbs import recording, siprec, stream, transcription
from twilio_emulator.twiml.verbs.recording import RECORDING
from twilio_emulator.twiml.verbs.siprec import SIPREC
from twilio_emulator.twiml.verbs.stream import STREAM
from twilio_emulator.twiml.verbs.transcription import TRANSCRIPTION

INVALID_NOUN: Final = 14300

# The SDK offers both; nothing documents what they would do beside a call that goes on anyway.
ACTION: Final = Attribute("action", "", TEXT)
START_METHOD: Final = Attribute("method", "POST", METHOD)

_START: Final[Mapping[str, Callable[[Use, CallContext], Steps[None]]]] = {
    "Recording": recording.start,
    "Siprec": siprec.start,
    "Stream": stream.start,
    "Transcription": transcription.start,
}


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Start everything in it, in order."""
    for noun in use.children:
        yield from _START[noun.tag.name](noun, context)
    return Next()


START: Final = Verb(
    name="Start",
    attributes=(ACTION, START_METHOD),
    children={"Recording": RECORDING, "Siprec": SIPREC, "Stream": STREAM, "Transcription": TRANSCRIPTION},
    child_code=INVALID_NOUN,
    child_level="error",
    run=run,
    source="twilio.com/docs/voice/twiml/stream",
)
