"""`<Stop>`: ends what `<Start>` started, by its name. Source: twilio.com/docs/voice/twiml/stream."""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import CloseStream, Steps
from twilio_emulator.twiml.outcomes import Next, Outcome
from twilio_emulator.twiml.schema import Use, Verb
from twilio_emulator.twiml.verbs import transcription
from twilio_emulator.twiml.verbs.start import INVALID_NOUN, OTHER_NOUNS
from twilio_emulator.twiml.verbs.stream import NAME, STREAM
from twilio_emulator.twiml.verbs.transcription import TRANSCRIPTION


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Stop everything named in it."""
    for noun in use.children:
        if noun.tag is TRANSCRIPTION:
            yield from transcription.stop(noun, context)
        elif noun[NAME]:
            yield CloseStream(noun[NAME])
        else:
            yield context.warning(
                0,
                f"{noun.place} in <Stop> has no name, so it stops nothing.",
                "Give the stream a name in <Start>, and use that name here.",
            )
    return Next()


STOP: Final = Verb(
    name="Stop",
    children={"Stream": STREAM, "Transcription": TRANSCRIPTION},
    unsupported=OTHER_NOUNS,
    child_code=INVALID_NOUN,
    child_level="error",
    run=run,
    source="twilio.com/docs/voice/twiml/stream",
)
