"""`<Say>`: a text, spoken to the far end. Source: twilio.com/docs/voice/twiml/say."""

from __future__ import annotations

import re
from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.facts import DEFAULT_LANGUAGE, DEFAULT_VOICE, MAX_TEXT_CHARS
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.outcomes import Next, Outcome
from twilio_emulator.twiml.schema import Attribute, Use, Verb
from twilio_emulator.twiml.sounds import speak
from twilio_emulator.twiml.values import LANGUAGE, matching, whole_number

SOURCE: Final = "twilio.com/docs/voice/twiml/say"

VOICE: Final = Attribute(
    "voice",
    default=DEFAULT_VOICE,
    kind=matching(
        r"man|woman|alice|Polly\.[A-Za-z]+(-[A-Za-z-]+)?|Google\.[a-z]{2,3}-[A-Z]{2}-[A-Za-z0-9-]+",
        '"man", "woman", "alice", "Polly.…" or "Google.…"',
    ),
    code=13511,
    source=SOURCE,
)
TEXT_LANGUAGE: Final = Attribute("language", default="", kind=LANGUAGE, code=13512, source=SOURCE)
LOOP: Final = Attribute("loop", default=1, kind=whole_number(0), code=13510, source=SOURCE)

EMPTY_TEXT: Final = 13520
TEXT_TOO_LONG: Final = 13521

SSML: Final = {
    "break": frozenset({"strength", "time"}),
    "emphasis": frozenset({"level"}),
    "lang": frozenset({"xml:lang"}),
    "p": frozenset[str](),
    "phoneme": frozenset({"alphabet", "ph"}),
    "prosody": frozenset({"volume", "rate", "pitch"}),
    "s": frozenset[str](),
    "say-as": frozenset({"interpret-as", "format", "role"}),
    "sub": frozenset({"alias"}),
    "w": frozenset({"role"}),
}
"""Speech mark-up, read for its text alone [twilio.com/docs/voice/twiml/say/text-speech]."""

_GOOGLE_LANGUAGE: Final = re.compile(r"Google\.([a-z]{2,3}-[A-Z]{2})-")


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Speak the text, `loop` times. Without text, or with more than the voice takes, say nothing and warn."""
    voice = use[VOICE]
    limit = MAX_TEXT_CHARS.get(voice.partition(".")[0], MAX_TEXT_CHARS[""])
    if not use.text:
        yield context.warning(EMPTY_TEXT, f"{use.place} has no text; nothing is said.", "Give it a text to say.")
    elif len(use.text) > limit:
        yield context.warning(
            TEXT_TOO_LONG,
            f"{use.place} has {len(use.text)} characters, and {voice} says {limit} at most; nothing is said.",
            "Split the text over several <Say>.",
        )
    else:
        language = use[TEXT_LANGUAGE] or _language_of(voice)
        yield from speak(use.text, voice=voice, language=language, loop=use[LOOP])
    return Next()


def _language_of(voice: str) -> str:
    named = _GOOGLE_LANGUAGE.match(voice)
    return named.group(1) if named else DEFAULT_LANGUAGE


SAY: Final = Verb(
    name="Say", attributes=(VOICE, TEXT_LANGUAGE, LOOP), markup=SSML, has_text=True, run=run, source=SOURCE
)
