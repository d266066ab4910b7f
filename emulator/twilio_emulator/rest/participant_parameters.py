"""What an application may say about somebody it calls into a conference: parameters in, a plan or a refusal out.

Values, defaults and ranges: twilio.com/docs/voice/api/conference-participant-resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from twilio_emulator.calls.addresses import APPLICATION
from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.calls.requests import DEFAULT_TIME_LIMIT_S, DEFAULT_TIMEOUT_S, CallRequest
from twilio_emulator.conferences.conference import Conference, Participant, Refusal
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
    is_label,
)
from twilio_emulator.journal import Problem
from twilio_emulator.media.recorder import Trim
from twilio_emulator.rest.call_parameters import (
    ADDRESSES,
    check_caller_id,
    check_parties,
    check_status_callback,
    check_time_limit,
    extras_of,
    without_extras,
)
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.machine_detection_parameters import check_participant_detection
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.recording_parameters import PARTICIPANT_RECORDING_EVENTS, check_record
from twilio_emulator.rest.world import World
from twilio_emulator.twiml.flow import Instructions
from twilio_emulator.webhooks.target import is_target

LOWEST_TIMEOUT_S: Final = 5
HIGHEST_TIMEOUT_S: Final = 600
DEFAULT_EVENTS: Final = ("start", "end")

WITHOUT_EFFECT: Final[Mapping[str, str]] = {
    "CallReason": "branded calls",
    "CallToken": "forwarding of caller ids",
    "CallerDisplayName": "SIP trunks",
    "ClientNotificationUrl": "mobile clients",
    "EmergencyAddress": "emergency calls",
    "EmergencyCallerLocation": "emergency calls",
    "EmergencyCallerPosition": "emergency calls",
    "EmergencyCity": "emergency calls",
    "EmergencyCountry": "emergency calls",
    "EmergencyName": "emergency calls",
    "EmergencyState": "emergency calls",
    "EmergencyZipCode": "emergency calls",
    "Passports": "forwarding of caller ids",
    "RecordingConfigurationId": "recording configurations",
    "SipAuthPassword": "SIP trunks",
    "SipAuthUsername": "SIP trunks",
}
"""What Twilio takes and this version of the emulator does nothing with, by the feature that is missing."""

_JITTER_BUFFERS: Final = ("off", "small", "medium", "large")
_RECORD: Final = ("true", "false", "record-from-start", "do-not-record")
_RECORDING_EVENTS: Final = ("in-progress", "completed", "failed", "absent")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom to call, how they are to come in, and what to warn about."""

    request: CallRequest
    spec: ParticipantSpec
    problems: list[Problem] = field(default_factory=list)


def check_new_participant(form: Form, world: World, account_sid: str, conference: Conference | None) -> Invitation:
    """Check the parameters of a new participant; `conference` is None where it is the first of a new one.

    Raises:
        RestError: for the first mistake that Twilio refuses.
    """
    problems: list[Problem] = []
    to, from_ = check_parties(form, world.store, account_sid, addresses=(*ADDRESSES, APPLICATION))
    timeout_s = form.whole_number(
        "Timeout", default=DEFAULT_TIMEOUT_S, lowest=LOWEST_TIMEOUT_S, highest=HIGHEST_TIMEOUT_S, code=21208
    )
    request = CallRequest(
        account_sid=account_sid,
        to=without_extras(to),
        parameters=extras_of(to),
        from_=from_,
        instructions=Instructions(),
        timeout_s=timeout_s + world.quirks.dial_timeout_buffer_s,
        time_limit_s=check_time_limit(form, default=DEFAULT_TIME_LIMIT_S),
        status_callback=check_status_callback(form, problems),
        caller_id=check_caller_id(form, world.store, account_sid),
        recording=check_record(form, problems, events=PARTICIPANT_RECORDING_EVENTS),
        machine_detection=check_participant_detection(form, problems),
    )
    if form.text("Byoc"):
        raise RestError(21300, value=form.text("Byoc"))
    spec = ParticipantSpec(
        muted=form.flag("Muted", default=False),
        beep=Beep(form.choice("Beep", tuple(Beep), code=20001, default=Beep.ALWAYS)),
        starts=form.flag("StartConferenceOnEnter", default=True),
        ends=form.flag("EndConferenceOnExit", default=False),
        label=_label(form, conference),
        wait=_wait(form),
        coaches=check_coaching(form, conference, None) or "",
        early_media=form.flag("EarlyMedia", default=True),
        settings=_settings(form, problems),
    )
    form.choice("JitterBufferSize", _JITTER_BUFFERS, code=20001)
    if conference is not None:
        _check_place(conference)
    problems += form.leftovers(WITHOUT_EFFECT)
    return Invitation(request, spec, problems)


def check_coaching(form: Form, conference: Conference | None, participant: Participant | None) -> str | None:
    """Who is to be coached, by call sid; empty for nobody, None when the request does not say.

    Raises:
        RestError: 20001, 16027 or 16028.
    """
    sid = form.text("CallSidToCoach")
    wish = form.text("Coaching")
    coaching = form.flag("Coaching", default=bool(sid))
    if not sid and not wish:
        return None
    if not coaching:
        return ""
    if not sid and participant is not None:
        sid = participant.call_sid_to_coach
    if not sid:
        raise RestError(20001, parameter="CallSidToCoach", problem="it is missing, and Coaching is true")
    coached = None if conference is None else conference.participants.get(sid)
    if coached is None or not coached.is_present or coached is participant:
        raise RestError(16028, call_sid=sid)
    if coached.is_held:
        raise RestError(16027, call_sid=sid)
    return sid


def _label(form: Form, conference: Conference | None) -> str:
    label = form.text("Label")
    if label and not is_label(label):
        raise RestError(16024, label=label)
    if label and conference is not None and conference.known_as(label) is not None:
        raise RestError(16026, label=label)
    return label


def _check_place(conference: Conference) -> None:
    try:
        conference.check_place()
    except Refusal as refusal:
        raise RestError(16020, name=conference.friendly_name, most=conference.settings.max_participants) from refusal


def _wait(form: Form) -> Music:
    """What is heard until the conference starts; an empty WaitUrl is silence, a missing one Twilio's music."""
    url = form.url("WaitUrl", code=21205)
    method = form.method("WaitMethod", code=21209)
    return Music(url if form.has("WaitUrl") else None, method)


def _settings(form: Form, problems: list[Problem]) -> ConferenceSettings:
    most = form.whole_number(
        "MaxParticipants", default=MAX_PARTICIPANTS, lowest=MIN_PARTICIPANTS, highest=MAX_PARTICIPANTS, code=20001
    )
    words = _words(form, "ConferenceStatusCallbackEvent", tuple(CALLBACK_EVENTS), problems) or DEFAULT_EVENTS
    callback = _callback(form, "ConferenceStatusCallback", events_named(words), problems)
    return ConferenceSettings(
        callback=callback,
        max_participants=most,
        region=form.choice("Region", REGIONS, code=20001),
        recording=_recording(form, problems),
    )


def _recording(form: Form, problems: list[Problem]) -> RecordingSpec | None:
    record = form.choice("ConferenceRecord", _RECORD, code=20001, default="false")
    trim = Trim(form.choice("ConferenceTrim", tuple(Trim), code=20001, default=Trim.TRIM_SILENCE))
    words = _words(form, "ConferenceRecordingStatusCallbackEvent", _RECORDING_EVENTS, problems) or ("completed",)
    callback = _callback(form, "ConferenceRecordingStatusCallback", frozenset(words), problems)
    if record not in ("true", "record-from-start"):
        return None
    return RecordingSpec(source=RecordingSource.CONFERENCE, trim=trim, callback=callback)


def _callback(form: Form, name: str, events: frozenset[str], problems: list[Problem]) -> StatusCallback | None:
    url = form.text(name)
    method = form.method(f"{name}Method", code=21209)
    if not url:
        return None
    if not is_target(url):
        problems.append(_invalid_callback(name, url))
        return None
    return StatusCallback(url=url, method=method, events=events)


def _words(form: Form, name: str, known: tuple[str, ...], problems: list[Problem]) -> tuple[str, ...]:
    """The events of a callback: in one value with blanks between, or in several values."""
    given = [word for text in form.texts(name) for word in text.split()]
    wrong = [word for word in given if word not in known]
    if wrong:
        problems.append(_unknown_events(name, wrong, known))
    return tuple(word for word in given if word in known)


def _invalid_callback(name: str, url: str) -> Problem:
    return Problem(
        code=21609,
        level="warning",
        message=f"{name} is not a valid URL: {url}; nothing is sent to it.",
        hint="Give an absolute http or https URL.",
        url=url,
    )


def _unknown_events(name: str, words: list[str], known: tuple[str, ...]) -> Problem:
    return Problem(
        code=21626,
        level="warning",
        message=f"{name} has invalid events, which are ignored: {' '.join(words)}",
        hint=f"The events are {', '.join(known)}.",
    )
