"""`<Transcription>`: the noun that `<Start>` and `<Stop>` share. Source: twilio.com/docs/voice/twiml/transcription."""

from __future__ import annotations

from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Steps, Track
from twilio_emulator.twiml.schema import Attribute, Tag, Use
from twilio_emulator.twiml.transcription_flow import (
    CONFIGURATION_ERROR,
    UNSUPPORTED_CONFIG,
    StartTranscription,
    StopTranscription,
    TranscriptionSpec,
)
from twilio_emulator.twiml.values import BOOLEAN, METHOD, TEXT
from twilio_emulator.twiml.verbs.parameter import NAME as CONFIG_NAME
from twilio_emulator.twiml.verbs.parameter import PARAMETER
from twilio_emulator.twiml.verbs.parameter import VALUE as CONFIG_VALUE

SOURCE: Final = "twilio.com/docs/voice/twiml/transcription"

NAME: Final = Attribute("name", "", TEXT, source=SOURCE)
# What is wrong with the configuration is an error of the transcription, not of the schema.
TRACK: Final = Attribute("track", Track.BOTH.value, TEXT, source=SOURCE)
LANGUAGE_CODE: Final = Attribute("languageCode", "en-US", TEXT, source=SOURCE)
ENGINE: Final = Attribute("transcriptionEngine", "google", TEXT, source=SOURCE)
SPEECH_MODEL: Final = Attribute("speechModel", "telephony", TEXT, source=SOURCE)
PARTIAL_RESULTS: Final = Attribute("partialResults", default=False, kind=BOOLEAN, source=SOURCE)
PROFANITY_FILTER: Final = Attribute("profanityFilter", default=True, kind=BOOLEAN, source=SOURCE)
PUNCTUATION: Final = Attribute("enableAutomaticPunctuation", default=True, kind=BOOLEAN, source=SOURCE)
PROVIDER_DATA: Final = Attribute("enableProviderData", default=False, kind=BOOLEAN, source=SOURCE)
HINTS: Final = Attribute("hints", "", TEXT, source=SOURCE)
INBOUND_LABEL: Final = Attribute("inboundTrackLabel", "", TEXT, source=SOURCE)
OUTBOUND_LABEL: Final = Attribute("outboundTrackLabel", "", TEXT, source=SOURCE)
STATUS_CALLBACK: Final = Attribute("statusCallbackUrl", "", TEXT, source=SOURCE)
STATUS_CALLBACK_METHOD: Final = Attribute("statusCallbackMethod", "POST", METHOD, source=SOURCE)
KEPT_ELSEWHERE: Final = tuple(
    Attribute(name, "", TEXT, source=SOURCE)
    for name in ("intelligenceService", "conversationConfiguration", "conversationId")
)
"""Where Twilio keeps transcripts; nothing here does."""

CONFIG: Final = Tag(name="Config", attributes=(CONFIG_NAME, CONFIG_VALUE))

TRANSCRIPTION: Final = Tag(
    name="Transcription",
    attributes=(
        NAME,
        TRACK,
        LANGUAGE_CODE,
        ENGINE,
        SPEECH_MODEL,
        PARTIAL_RESULTS,
        PROFANITY_FILTER,
        PUNCTUATION,
        PROVIDER_DATA,
        HINTS,
        INBOUND_LABEL,
        OUTBOUND_LABEL,
        STATUS_CALLBACK,
        STATUS_CALLBACK_METHOD,
        *KEPT_ELSEWHERE,
    ),
    children={"Config": CONFIG, "Parameter": PARAMETER},
)


def start(noun: Use, context: CallContext) -> Steps[None]:
    """Start it, or tell why Twilio would not."""
    if noun[TRACK] not in tuple(Track):
        yield context.error(
            CONFIGURATION_ERROR,
            f'{noun.place}: track="{noun[TRACK]}" is not allowed; the transcription is not started.',
            f"Use {' or '.join(Track)}.",
        )
        return
    for config in noun.children:
        if config.tag is CONFIG:
            yield context.warning(
                UNSUPPORTED_CONFIG,
                f"{config.place}: {config[CONFIG_NAME]!r} changes nothing.",
                "Use the attributes of <Transcription>.",
            )
    for attribute in KEPT_ELSEWHERE:
        if noun[attribute]:
            yield context.warning(
                0,
                f"{noun.place}: {attribute.name} is accepted and has no effect: transcripts are not kept here.",
                f"Do not rely on {attribute.name} in this test.",
            )
    yield StartTranscription(
        TranscriptionSpec(
            name=noun[NAME],
            track=Track(noun[TRACK]),
            language=noun[LANGUAGE_CODE],
            engine=noun[ENGINE],
            speech_model=noun[SPEECH_MODEL],
            partial_results=noun[PARTIAL_RESULTS],
            profanity_filter=noun[PROFANITY_FILTER],
            punctuation=noun[PUNCTUATION],
            provider_data=noun[PROVIDER_DATA],
            hints=tuple(filter(None, (hint.strip() for hint in noun[HINTS].split(",")))),
            inbound_label=noun[INBOUND_LABEL],
            outbound_label=noun[OUTBOUND_LABEL],
            status_callback=(yield from _status_callback(noun, context)),
            status_callback_method=noun[STATUS_CALLBACK_METHOD],
        )
    )


def stop(noun: Use, context: CallContext) -> Steps[None]:
    """Stop the one that is named."""
    if noun[NAME]:
        yield StopTranscription(noun[NAME])
        return
    yield context.warning(
        0,
        f"{noun.place} in <Stop> has no name, so it stops nothing.",
        "Give the transcription a name in <Start>, and use that name here.",
    )


def _status_callback(noun: Use, context: CallContext) -> Steps[str]:
    if not noun[STATUS_CALLBACK].strip():
        return ""
    try:
        return context.resolve(noun[STATUS_CALLBACK])
    except TwimlError as error:
        yield context.warning(error.code, f"{noun.place}: statusCallbackUrl: {error.message}", error.hint)
        return ""
