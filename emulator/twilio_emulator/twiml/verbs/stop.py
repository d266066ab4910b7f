"""`<Stop>`: ends what `<Start>` started, by its name. A recording is stopped by REST only.

Source: twilio.com/docs/voice/twiml/stream, twilio.com/docs/voice/twiml/recording.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.outcomes import Next, Outcome
from twilio_emulator.twiml.schema import Use, Verb
from twilio_emulator.twiml.verbs import siprec, stream, transcription
from twilio_emulator.twiml.verbs.siprec import SIPREC
from twilio_emulator.twiml.verbs.start import INVALID_NOUN
from twilio_emulator.twiml.verbs.stream import STREAM
from twilio_emulator.twiml.verbs.transcription import TRANSCRIPTION

_STOP: Final[Mapping[str, Callable[[Use, CallContext], Steps[None]]]] = {
    "Siprec": siprec.stop,
    "Stream": stream.stop,
    "Transcription": transcription.stop,
}


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Stop everything named in it, in order."""
    for noun in use.children:
        yield from _STOP[noun.tag.name](noun, context)
    return Next()


STOP: Final = Verb(
    name="Stop",
    children={"Siprec": SIPREC, "Stream": STREAM, "Transcription": TRANSCRIPTION},
    child_code=INVALID_NOUN,
    child_level="error",
    run=run,
    source="twilio.com/docs/voice/twiml/stream",
)
