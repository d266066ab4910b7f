"""The attributes of `<Conference>`, and what they come to. Source: twilio.com/docs/voice/twiml/conference.

Codes are those of Twilio's error dictionary; where it has none for an attribute, 16002 covers it.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.conferences.spec import (
    CALLBACK_EVENTS,
    MAX_PARTICIPANTS,
    MIN_PARTICIPANTS,
    REGIONS,
    Beep,
    ConferenceSettings,
    Music,
    ParticipantSpec,
    events_named,
)
from twilio_emulator.media.recorder import Trim
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.schema import Attribute, Use
from twilio_emulator.twiml.values import BOOLEAN, METHOD, TEXT, one_of, whole_number, words

SOURCE: Final = "twilio.com/docs/voice/twiml/conference"

INVALID_ATTRIBUTES: Final = 16002
INVALID_WAIT_URL: Final = 13233
INVALID_RECORDING_CALLBACK: Final = 13256

RECORD_FROM_START: Final = ("record-from-start", "true")
RECORDING_EVENTS: Final = ("in-progress", "completed", "absent")

MUTED: Final = Attribute("muted", default=False, kind=BOOLEAN, code=13230, source=SOURCE)
BEEP: Final = Attribute("beep", "true", one_of(*Beep), code=13235, source=SOURCE)
STARTS: Final = Attribute("startConferenceOnEnter", default=True, kind=BOOLEAN, code=13232, source=SOURCE)
ENDS: Final = Attribute("endConferenceOnExit", default=False, kind=BOOLEAN, code=13231, level="error", source=SOURCE)
LABEL: Final = Attribute("participantLabel", "", TEXT, source=SOURCE)
JITTER_BUFFER_SIZE: Final = Attribute(
    "jitterBufferSize", "large", one_of("small", "medium", "large", "off"), code=INVALID_ATTRIBUTES, source=SOURCE
)
WAIT_URL: Final = Attribute("waitUrl", "", TEXT, source=SOURCE)
WAIT_METHOD: Final = Attribute("waitMethod", "POST", METHOD, code=13234, source=SOURCE)
MOST_PARTICIPANTS: Final = Attribute(
    "maxParticipants",
    MAX_PARTICIPANTS,
    whole_number(MIN_PARTICIPANTS, MAX_PARTICIPANTS),
    code=INVALID_ATTRIBUTES,
    source=SOURCE,
)
RECORD: Final = Attribute(
    "record", "do-not-record", one_of("do-not-record", "false", *RECORD_FROM_START), code=INVALID_ATTRIBUTES,
    source=SOURCE,
)  # fmt: skip
REGION: Final = Attribute("region", "", one_of(*REGIONS), code=INVALID_ATTRIBUTES, source=SOURCE)
TRIM: Final = Attribute("trim", Trim.TRIM_SILENCE.value, one_of(*Trim), code=13239, level="error", source=SOURCE)
COACH: Final = Attribute("coach", "", TEXT, source=SOURCE)
STATUS_CALLBACK: Final = Attribute("statusCallback", "", TEXT, source=SOURCE)
STATUS_CALLBACK_METHOD: Final = Attribute(
    "statusCallbackMethod", "POST", METHOD, code=INVALID_ATTRIBUTES, source=SOURCE
)
STATUS_CALLBACK_EVENT: Final = Attribute(
    "statusCallbackEvent", frozenset[str](), words(*CALLBACK_EVENTS), code=INVALID_ATTRIBUTES, source=SOURCE
)
RECORDING_STATUS_CALLBACK: Final = Attribute("recordingStatusCallback", "", TEXT, source=SOURCE)
RECORDING_STATUS_CALLBACK_METHOD: Final = Attribute(
    "recordingStatusCallbackMethod", "POST", METHOD, code=INVALID_ATTRIBUTES, source=SOURCE
)
RECORDING_STATUS_CALLBACK_EVENT: Final = Attribute(
    "recordingStatusCallbackEvent",
    frozenset({"completed"}),
    words(*RECORDING_EVENTS),
    code=INVALID_ATTRIBUTES,
    source=SOURCE,
)

EVENT_CALLBACK_URL: Final = Attribute("eventCallbackUrl", "", TEXT, source=SOURCE)

WITHOUT_EFFECT: Final = (Attribute("recordingConfigurationId", "", TEXT, source=SOURCE),)
"""Accepted; it names what this version has not."""

CONFERENCE_ATTRIBUTES: Final = (
    MUTED,
    BEEP,
    STARTS,
    ENDS,
    LABEL,
    JITTER_BUFFER_SIZE,
    WAIT_URL,
    WAIT_METHOD,
    MOST_PARTICIPANTS,
    RECORD,
    REGION,
    TRIM,
    COACH,
    STATUS_CALLBACK,
    STATUS_CALLBACK_METHOD,
    STATUS_CALLBACK_EVENT,
    RECORDING_STATUS_CALLBACK,
    RECORDING_STATUS_CALLBACK_METHOD,
    RECORDING_STATUS_CALLBACK_EVENT,
    EVENT_CALLBACK_URL,
    *WITHOUT_EFFECT,
)


def participant_spec(use: Use, context: CallContext) -> Steps[ParticipantSpec]:
    """How the document wants the call to come in; a URL that is none is told, and costs no more than itself."""
    wait = yield from _music(use, context)
    settings = yield from _settings(use, context)
    return ParticipantSpec(
        muted=use[MUTED],
        beep=Beep(use[BEEP]),
        starts=use[STARTS],
        ends=use[ENDS],
        label=use[LABEL].strip(),
        wait=wait,
        coaches=use[COACH].strip(),
        settings=settings,
    )


def _music(use: Use, context: CallContext) -> Steps[Music]:
    if not use.has(WAIT_URL):
        return Music()
    if not use[WAIT_URL].strip():
        return Music(url="")
    url = yield from _resolved(use, WAIT_URL, INVALID_WAIT_URL, "The standard music is played", context)
    return Music(url or None, use[WAIT_METHOD])


def _settings(use: Use, context: CallContext) -> Steps[ConferenceSettings]:
    url = yield from _resolved(use, STATUS_CALLBACK, INVALID_ATTRIBUTES, "Nothing is sent to it", context)
    words = use[STATUS_CALLBACK_EVENT]
    callback = StatusCallback(url, use[STATUS_CALLBACK_METHOD], events_named(words)) if url else None
    return ConferenceSettings(
        callback=callback,
        max_participants=use[MOST_PARTICIPANTS],
        region=use[REGION],
        recording=(yield from _recording(use, context)),
        record_end_url=(
            yield from _resolved(use, EVENT_CALLBACK_URL, INVALID_ATTRIBUTES, "Nothing is sent to it", context)
        ),
    )


def _recording(use: Use, context: CallContext) -> Steps[RecordingSpec | None]:
    if use[RECORD] not in RECORD_FROM_START:
        return None
    url = yield from _resolved(
        use, RECORDING_STATUS_CALLBACK, INVALID_RECORDING_CALLBACK, "Nothing is sent to it", context
    )
    callback = None
    if url:
        callback = StatusCallback(url, use[RECORDING_STATUS_CALLBACK_METHOD], use[RECORDING_STATUS_CALLBACK_EVENT])
    return RecordingSpec(source=RecordingSource.CONFERENCE, trim=Trim(use[TRIM]), callback=callback)


def _resolved(use: Use, attribute: Attribute[str], code: int, instead: str, context: CallContext) -> Steps[str]:
    """A URL made absolute; empty, with the reason told, if there is none or it is none."""
    if not use[attribute].strip():
        return ""
    try:
        return context.resolve(use[attribute])
    except TwimlError as error:
        yield context.warning(code, f"{use.place}: {attribute.name}: {error.message} {instead}.", error.hint)
        return ""
