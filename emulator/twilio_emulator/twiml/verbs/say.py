"""`<Say>`: a text, spoken to the far end. Source: twilio.com/docs/voice/twiml/say."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from twilio_emulator.twiml import ssml
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.document import Element
from twilio_emulator.twiml.facts import DEFAULT_LANGUAGE, DEFAULT_VOICE, MAX_TEXT_CHARS
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.outcomes import Next, Outcome
from twilio_emulator.twiml.schema import SCHEMA_WARNING, Attribute, Use, Verb
from twilio_emulator.twiml.sounds import speak
from twilio_emulator.twiml.speech_script import Stretch, plain_text
from twilio_emulator.twiml.values import Kind, whole_number
from twilio_emulator.twiml.voices import LANGUAGES, is_voice, language_of

SOURCE: Final = "twilio.com/docs/voice/twiml/say"


def _read_voice(text: str) -> str:
    if not is_voice(text):
        raise ValueError(text)
    return text


def _read_language(text: str) -> str:
    """A language in Twilio's spelling, however it was written."""
    spelling = _SPELLINGS.get(text.strip().lower())
    if spelling is None:
        raise ValueError(text)
    return spelling


_SPELLINGS: Final = {language.lower(): language for language in LANGUAGES}
_LANGUAGE: Final = Kind('a language of <Say>, such as "en-US"', _read_language)

VOICE: Final = Attribute(
    "voice",
    default=DEFAULT_VOICE,
    kind=Kind('"man", "woman", "alice", or a voice of Amazon Polly or Google by its full name', _read_voice),
    code=13511,
    source=SOURCE,
)
TEXT_LANGUAGE: Final = Attribute("language", default="", kind=_LANGUAGE, code=13512, source=SOURCE)
LOOP: Final = Attribute("loop", default=1, kind=whole_number(0), code=13510, source=SOURCE)

EMPTY_TEXT: Final = 13520
TEXT_TOO_LONG: Final = 13521
_COUNTS_MARKUP: Final = "Google."


def run(use: Use, context: CallContext) -> Steps[Outcome]:
    """Speak the text, `loop` times. Without text, or with more than the voice takes, say nothing and warn."""
    voice = use[VOICE]
    language = yield from _language(use, voice, context)
    reading = ssml.read(use.element, language)
    for fault in reading.faults:
        yield context.warning(SCHEMA_WARNING, fault, "See twilio.com/docs/voice/twiml/say/text-speech.")
    text = plain_text(reading.pieces)
    limit = MAX_TEXT_CHARS.get(voice.partition(".")[0], MAX_TEXT_CHARS[""])
    length = len(use.text) + (_markup_chars(use.element) if voice.startswith(_COUNTS_MARKUP) else 0)
    if not text:
        yield context.warning(EMPTY_TEXT, f"{use.place} has no text; nothing is said.", "Give it a text to say.")
    elif length > limit:
        yield context.warning(
            TEXT_TOO_LONG,
            f"{use.place} has {length} characters, and {voice} says {limit} at most; nothing is said.",
            "Split the text over several <Say>.",
        )
    else:
        pieces = () if reading.pieces == (Stretch(text),) else reading.pieces
        yield from speak(text, voice=voice, language=language, loop=use[LOOP], pieces=pieces)
    return Next()


def _language(use: Use, voice: str, context: CallContext) -> Steps[str]:
    """The language that is spoken: a voice that has one of its own speaks no other."""
    own = language_of(voice)
    asked = use[TEXT_LANGUAGE]
    if own and asked and own.partition("-")[0] != asked.partition("-")[0]:
        yield context.warning(
            0,
            f'{use.place}: {voice} speaks {own}, whatever language="{asked}" says.',
            "Choose a voice of that language, or leave language out.",
        )
    return own or asked or DEFAULT_LANGUAGE


def _markup_chars(element: Element) -> int:
    """How many characters the tags in it have, which count for Google's voices."""
    total, ahead = 0, list(element.children)
    while ahead:
        inner = ahead.pop()
        attributes = sum(len(name) + len(value) + len(' =""') for name, value in inner.attributes.items())
        closing = len(f"</{inner.name}>") if inner.content else len("/")
        total += len(f"<{inner.name}>") + attributes + closing
        ahead.extend(inner.children)
    return total


SAY: Final = Verb(
    name="Say", attributes=(VOICE, TEXT_LANGUAGE, LOOP), markup=ssml.TAGS, has_text=True, run=run, source=SOURCE
)
SAY_IN_GATHER: Final = replace(SAY, attributes=(replace(VOICE, code=13321), TEXT_LANGUAGE, replace(LOOP, code=13322)))
"""The same inside `<Gather>`, where its mistakes have codes of their own
[twilio.com/docs/api/errors/13321, twilio.com/docs/api/errors/13322]."""
