"""`<Conference>`: what it asks for, from the SDK's documents; and what becomes of the Dial around it."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.conferences.spec import Beep, ConferenceSettings, Music, ParticipantSpec
from twilio_emulator.media.recorder import Trim
from twilio_emulator.twiml.conference_flow import (
    ConferenceLeft,
    ConferenceRefused,
    JoinConference,
    LeaveConference,
    Leaving,
)
from twilio_emulator.twiml.flow import (
    Answer,
    DigitPressed,
    Fetch,
    Forget,
    HangUp,
    IgnoreDigits,
    Instructions,
    ListenForDigits,
    StartTimer,
    StopTimer,
    TimerFired,
)
from twilio_emulator.twiml.record_flow import RecordingStopped, StartRecording, StopRecording

APP = "https://app.example.com"
ACTION = f"{APP}/after"
TIMER = "conference time limit"
ENDED = ConferenceLeft(Leaving.CONFERENCE_ENDED)


def document(name: str = "Room 1234", *, dial: dict[str, Any] | None = None, **attributes: Any) -> VoiceResponse:
    response, verb = VoiceResponse(), Dial(**(dial or {}))
    verb.conference(name, **attributes)
    response.append(verb)
    return response


def joins(**spec: Any) -> JoinConference:
    return JoinConference("Room 1234", ParticipantSpec(**spec))


def wants(**settings: Any) -> JoinConference:
    return joins(settings=ConferenceSettings(**settings))


def test_a_call_is_answered_and_joins_and_goes_on_when_the_conference_is_over(playbook):
    response = document()
    response.say("Goodbye.")
    call = playbook(response, answered=False)
    call.does(Answer(), joins()).hears(ENDED)
    call.says("Goodbye.").does(HangUp()).is_over()
    assert call.codes == []


@pytest.mark.parametrize(
    ("attributes", "command"),
    [
        ({"muted": True}, joins(muted=True)),
        ({"beep": "onExit"}, joins(beep=Beep.ON_EXIT)),
        ({"beep": False}, joins(beep=Beep.NEVER)),
        ({"start_conference_on_enter": False}, joins(starts=False)),
        ({"end_conference_on_exit": True}, joins(ends=True)),
        ({"participant_label": "customer"}, joins(label="customer")),
        ({"jitter_buffer_size": "small"}, joins()),
        ({"wait_url": ""}, joins(wait=Music(url=""))),
        ({"wait_url": "wait"}, joins(wait=Music(f"{APP}/voice/wait", "POST"))),
        ({"wait_url": "/wait", "wait_method": "GET"}, joins(wait=Music(f"{APP}/wait", "GET"))),
        ({"wait_method": "GET"}, joins()),
        ({"max_participants": 2}, wants(max_participants=2)),
        ({"region": "de1"}, wants(region="de1")),
        ({"coach": "CA1"}, joins(coaches="CA1")),
        ({"event_callback_url": "/old"}, wants(record_end_url=f"{APP}/old")),
        ({"status_callback": "/events"}, wants(callback=StatusCallback(f"{APP}/events", "POST", frozenset()))),
        (
            {"status_callback": "/events", "status_callback_method": "GET", "status_callback_event": "start mute"},
            wants(
                callback=StatusCallback(
                    f"{APP}/events",
                    "GET",
                    frozenset({"conference-start", "participant-mute", "participant-unmute"}),
                )
            ),
        ),
        (
            {"record": "record-from-start"},
            wants(recording=RecordingSpec(source=RecordingSource.CONFERENCE, trim=Trim.TRIM_SILENCE)),
        ),
        (
            {
                "record": "record-from-start",
                "trim": "do-not-trim",
                "recording_status_callback": "/recording",
                "recording_status_callback_method": "GET",
                "recording_status_callback_event": "in-progress absent",
            },
            wants(
                recording=RecordingSpec(
                    source=RecordingSource.CONFERENCE,
                    trim=Trim.DO_NOT_TRIM,
                    callback=StatusCallback(f"{APP}/recording", "GET", frozenset({"in-progress", "absent"})),
                )
            ),
        ),
        ({"record": "do-not-record", "recording_status_callback": "/recording"}, joins()),
    ],
)
def test_every_attribute_means_what_it_says(playbook, attributes, command):
    call = playbook(document(**attributes))
    call.does(command).still_waits()
    assert call.codes == []


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"muted": "maybe"}, 13230),
        ({"beep": "loud"}, 13235),
        ({"start_conference_on_enter": "no"}, 13232),
        ({"wait_method": "PUT"}, 13234),
        ({"wait_url": "ftp://app.example/"}, 13233),
        ({"max_participants": 251}, 16002),
        ({"max_participants": 1}, 16002),
        ({"record": "always"}, 16002),
        ({"region": "mars"}, 16002),
        ({"jitter_buffer_size": "huge"}, 16002),
        ({"status_callback_event": "start stop"}, 16002),
        ({"status_callback": "ftp://app.example/"}, 16002),
        ({"record": "record-from-start", "recording_status_callback": "ftp://app.example/"}, 13256),
        ({"event_callback_url": "ftp://app.example/"}, 16002),
        ({"loop": 1}, 12200),
    ],
)
def test_what_is_wrong_is_told_and_the_default_counts(playbook, attributes, code):
    call = playbook(document(**attributes))
    recording = RecordingSpec(source=RecordingSource.CONFERENCE)
    call.does(wants(recording=recording) if code == 13256 else joins()).still_waits()
    assert call.codes == [code]


@pytest.mark.parametrize(
    ("attributes", "code"), [({"end_conference_on_exit": "perhaps"}, 13231), ({"trim": "some"}, 13239)]
)
def test_what_twilio_gives_up_the_document_for_is_an_error(playbook, attributes, code):
    call = playbook(document(**attributes), fallback_url=f"{APP}/fallback")
    error = {"ErrorCode": str(code), "ErrorUrl": call.context.document_url}
    call.does(Fetch(f"{APP}/fallback", "POST", error, "fallback")).still_waits()
    assert call.codes == [code]


@pytest.mark.parametrize("label", ["a/b", "a%2Fb", "x" * 129, "CA" + "0" * 32])
def test_a_label_that_is_none_lets_nobody_in(playbook, label):
    call = playbook(document(participant_label=label))
    call.does(HangUp()).is_over()
    assert call.codes == [16023]


@pytest.mark.parametrize("name", [" ", "x" * 129])
def test_a_conference_without_a_name_that_counts_connects_nobody(playbook, name):
    call = playbook(document(name, dial={"action": "/after"}))
    call.does(Fetch(ACTION, "POST", {"DialCallStatus": "failed"}, "dial action")).still_waits()
    assert call.codes == [13237]


def test_blanks_around_a_name_and_in_it_run_together(playbook):
    playbook(document("\n  Room   1234\n")).does(joins()).still_waits()


@pytest.mark.parametrize("leaving", [Leaving.CONFERENCE_ENDED, Leaving.PUT_OUT])
def test_the_action_is_told_that_the_call_was_in_it(playbook, leaving):
    call = playbook(document(dial={"action": "/after", "method": "GET"}))
    call.does(joins()).hears(ConferenceLeft(leaving))
    call.does(Fetch(ACTION, "GET", {"DialCallStatus": "answered"}, "dial action")).still_waits()


def test_the_action_is_told_that_the_call_did_not_get_in(playbook):
    call = playbook(document(dial={"action": "/after"}))
    call.does(joins()).hears(ConferenceRefused(16020, "It is full.", "Try later."))
    call.does(Fetch(ACTION, "POST", {"DialCallStatus": "failed"}, "dial action")).still_waits()
    assert call.codes == [16020]


def test_the_action_is_told_that_the_music_could_not_be_had(playbook):
    call = playbook(document(dial={"action": "/after"}))
    call.does(joins()).hears(ConferenceLeft(Leaving.WAIT_FAILED))
    call.does(Fetch(ACTION, "POST", {"DialCallStatus": "failed"}, "dial action")).still_waits()


def test_the_action_is_asked_when_the_caller_hangs_up_too(playbook):
    call = playbook(document(dial={"action": "/after"})).does(joins())
    asked = Fetch(ACTION, "POST", {"DialCallStatus": "answered"}, "dial action")
    call.far_end_hangs_up().does(asked, Forget()).is_over()


def test_other_twiml_takes_over_without_the_action(playbook):
    call = playbook(document(dial={"action": "/after"})).does(joins())
    call.is_replaced_by(Instructions(url=f"{APP}/other")).does(Fetch(f"{APP}/other", "POST")).still_waits()


def test_a_star_leaves_where_the_dial_says_so_and_other_keys_do_not(playbook):
    call = playbook(document(dial={"hangup_on_star": True}))
    call.does(joins(), ListenForDigits()).hears(DigitPressed("1")).hears(DigitPressed("*"))
    call.does(LeaveConference(), IgnoreDigits(), HangUp()).is_over()


def test_a_time_limit_of_the_dial_leaves(playbook):
    call = playbook(document(dial={"time_limit": 30}))
    call.does(joins(), StartTimer(TIMER, 30_000)).hears(TimerFired("another")).hears(TimerFired(TIMER))
    call.does(LeaveConference(), StopTimer(TIMER), HangUp()).is_over()


def test_a_dial_that_records_takes_down_this_call_for_as_long_as_it_is_in(playbook):
    spec = RecordingSpec(source=RecordingSource.DIAL_VERB, channels=2, trim=Trim.DO_NOT_TRIM)
    call = playbook(document(dial={"record": "record-from-answer-dual", "action": "/after"}))
    call.does(joins(), StartRecording(spec, silence_ms=0)).hears(ENDED)
    call.does(StopRecording()).hears(RecordingStopped("RE1", "https://api.example.com/RE1", 3))
    told = {"DialCallStatus": "answered", "RecordingUrl": "https://api.example.com/RE1"}
    call.does(Fetch(ACTION, "POST", told, "dial action")).still_waits()


def test_a_dial_that_records_tells_of_it_when_the_caller_hangs_up_too(playbook):
    call = playbook(document(dial={"record": "record-from-answer", "action": "/after"}))
    spec = RecordingSpec(source=RecordingSource.DIAL_VERB, channels=1, trim=Trim.DO_NOT_TRIM)
    call.does(joins(), StartRecording(spec, silence_ms=0)).far_end_hangs_up()
    call.does(StopRecording()).hears(RecordingStopped("RE1", "https://api.example.com/RE1", 3))
    told = {"DialCallStatus": "answered", "RecordingUrl": "https://api.example.com/RE1"}
    call.does(Fetch(ACTION, "POST", told, "dial action"), Forget()).is_over()


def test_a_conference_shares_its_dial_with_nobody(playbook):
    response, dial = VoiceResponse(), Dial()
    dial.conference("Room 1234")
    dial.number("+15557770001")
    response.append(dial)
    call = playbook(response).does(joins())
    call.still_waits()
    assert call.codes == [13000]
