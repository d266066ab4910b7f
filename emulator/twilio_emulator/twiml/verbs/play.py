"""`<Play>`: an audio file or a string of DTMF digits. Source: twilio.com/docs/voice/twiml/play."""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import AudioReady, Event, LoadMedia, MediaFailed, Steps, until
from twilio_emulator.twiml.outcomes import Next, Outcome
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.sounds import play, repetitions
from twilio_emulator.twiml.values import DIGITS_AND_PAUSES, whole_number
from twilio_wire import dtmf, g711

SOURCE: Final = "twilio.com/docs/voice/twiml/play"

LONGEST_MINUTES: Final = 40
"""Of a file that is longer, the rest may be cut [twilio.com/docs/voice/twiml/play]."""

LONGEST_BYTES: Final = LONGEST_MINUTES * 60 * g711.SAMPLE_RATE

LOOP: Final = Attribute("loop", default=1, kind=whole_number(0), code=13410, source=SOURCE)
DIGITS: Final = Attribute("digits", default="", kind=DIGITS_AND_PAUSES, code=13430, source=SOURCE)


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Play the digits if there are any, else the file, `loop` times.

    Raises:
        TwimlError: the URL is none, or the file cannot be had or played.
    """
    says = None
    if use[DIGITS]:
        audio, says = g711.encode(dtmf.synthesize(use[DIGITS])), ""
    elif not use.text and "digits" in use.element.attributes:
        return Next()  # the digits were wrong, which has been told, and there is no file
    else:
        audio = yield from _load(use, context)
    if len(audio) > LONGEST_BYTES:
        audio = audio[:LONGEST_BYTES]
        yield context.warning(
            0,
            f"{use.place}: the file is longer than {LONGEST_MINUTES} minutes; the rest of it is not played.",
            "Split it over several <Play>.",
        )
    for _ in range(repetitions(use[LOOP])):
        yield from play(audio, says=says)
    return Next()


def _load(use: Use, context: CallContext) -> Steps[bytes]:
    if not use.text:
        raise TwimlError(
            11100,
            "<Play> has neither a URL nor digits.",
            use.element.line,
            use.element.column,
            hint="Write <Play>https://host/file.wav</Play>.",
        )
    url = context.resolve(use.text)
    yield LoadMedia(url)
    answer: Event = yield from until(AudioReady, MediaFailed)
    if isinstance(answer, MediaFailed):
        raise TwimlError(answer.code, answer.message, use.element.line, use.element.column, url=url)
    assert isinstance(answer, AudioReady)
    return answer.audio


PLAY: Final = Verb(name="Play", attributes=(LOOP, DIGITS), has_text=True, run=run, source=SOURCE)
