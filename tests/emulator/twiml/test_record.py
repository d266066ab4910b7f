from __future__ import annotations

import pytest
from msgspec.structs import replace
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.journal import Problem, RecordEnded
from twilio_emulator.media.recorder import Trim
from twilio_emulator.twiml.flow import (
    Answer,
    DigitPressed,
    Fetch,
    Forget,
    HangUp,
    IgnoreDigits,
    Instructions,
    ListenForDigits,
    PlaybackEnded,
    Report,
    StartPlayback,
    StartTimer,
    StopTimer,
    Synthesize,
    TimerFired,
)
from twilio_emulator.twiml.record_flow import RecordingStopped, SilenceHeard, StartRecording, StopRecording, Transcribe
from twilio_emulator.twiml.sounds import BEEP

TIMER = "record length"
DOCUMENT_URL = "https://app.example.com/voice/menu?step=1"
FILE = "https://twilio.test/Recordings/RE1"
TAKEN = RecordingStopped("RE1", FILE, 7)
NOTHING = RecordingStopped("RE1", FILE, 0)


def a_message(**attributes: object) -> VoiceResponse:
    response = VoiceResponse()
    response.record(**{"play_beep": False, **attributes})
    response.say("Nothing recorded.")
    return response


def starts(*, silence_ms: int = 5000, length_ms: int = 3_600_000, **spec: object) -> tuple:
    recording = RecordingSpec(source=RecordingSource.RECORD_VERB, **spec)
    return StartRecording(recording, silence_ms), StartTimer(TIMER, length_ms), ListenForDigits()


def to_action(digits: str, url: str = DOCUMENT_URL, method: str = "POST") -> Fetch:
    parameters = {"RecordingUrl": FILE, "RecordingSid": "RE1", "RecordingDuration": "7", "Digits": digits}
    return Fetch(url, method, parameters, "record action")


def ended(reason: str, seconds: int = 7) -> Report:
    return Report(RecordEnded(reason=reason, recording_sid="RE1", duration_s=seconds))


def test_a_beep_comes_first_and_answers_the_call(playbook):
    call = playbook(a_message(play_beep=True), answered=False)
    call.does(Answer(), StartPlayback(BEEP)).hears(PlaybackEnded()).does(*starts()).still_waits()


def test_silence_ends_it_and_the_document_itself_is_asked(playbook):
    call = playbook(a_message(timeout=8)).does(*starts(silence_ms=8000))
    call.hears(SilenceHeard()).does(IgnoreDigits(), StopTimer(TIMER), StopRecording())
    call.hears(TAKEN).does(ended("silence"), to_action("")).still_waits()


def test_a_timeout_of_zero_waits_for_ever(playbook):
    playbook(a_message(timeout=0)).does(*starts(silence_ms=0)).still_waits()


def test_the_longest_message_ends_by_itself(playbook):
    call = playbook(a_message(max_length=30, action="/done", method="GET")).does(*starts(length_ms=30_000))
    call.hears(TimerFired(TIMER)).does(IgnoreDigits(), StopRecording()).hears(TAKEN)
    call.does(ended("maximum length"), to_action("", "https://app.example.com/done", "GET")).still_waits()


@pytest.mark.parametrize(
    ("keys", "heard", "ends"),
    [(None, "5", True), ("#*", "5#", True), ("123", "*456783", True), ("", "0123456789*#", False), ("1", "A", False)],
)
def test_the_keys_that_finish_it_are_any_that_are_named(playbook, keys, heard, ends):
    attributes = {} if keys is None else {"finish_on_key": keys}
    call = playbook(a_message(**attributes)).does(*starts())
    for key in heard[:-1]:
        call.hears(DigitPressed(key)).does()
    call.hears(DigitPressed(heard[-1]))
    if not ends:
        call.still_waits()
        return
    call.does(IgnoreDigits(), StopTimer(TIMER), StopRecording(on_key=True))
    call.hears(TAKEN).does(ended("finish key"), to_action(heard[-1])).still_waits()


def test_a_recording_with_nothing_in_it_is_not_told_and_the_next_verb_runs(playbook):
    call = playbook(a_message(action="/done")).does(*starts())
    call.hears(SilenceHeard()).does(IgnoreDigits(), StopTimer(TIMER), StopRecording())
    call.hears(NOTHING).does(ended("silence", 0), Synthesize("Nothing recorded.", "man", "en-US")).still_waits()


def test_after_a_hang_up_the_app_is_told_and_its_reply_is_not_carried_out(playbook):
    call = playbook(a_message()).does(*starts())
    call.far_end_hangs_up().does(StopRecording())
    call.hears(TAKEN).does(ended("hang-up"), to_action("hangup"), Forget()).is_over()


def test_after_a_hang_up_without_a_word_nobody_is_told(playbook):
    call = playbook(a_message()).does(*starts())
    call.far_end_hangs_up().does(StopRecording())
    call.hears(NOTHING).does(ended("hang-up", 0)).is_over()


def test_a_hang_up_during_the_beep_leaves_nothing(playbook):
    playbook(a_message(play_beep=True)).does(StartPlayback(BEEP)).far_end_hangs_up().is_over()


def test_other_twiml_takes_over_and_no_action_is_asked(playbook, inline):
    call = playbook(a_message()).does(*starts())
    call.is_replaced_by(inline("<Response><Hangup/></Response>")).does(HangUp()).is_over()


@pytest.mark.parametrize(("action", "code"), [(None, 11100), ("/done", 15004), ("ftp://example.com", 11100)])
def test_an_action_that_cannot_be_asked_fails_before_anybody_speaks(playbook, inline, action, code):
    call = playbook(Instructions(twiml=str(a_message(action=action))))
    call.says("We're sorry, an application error has occurred. Goodbye.").does(HangUp()).is_over()
    assert call.codes == [code]


def test_how_to_record_and_whom_to_tell(playbook):
    callback = StatusCallback("https://app.example.com/rec", "GET", frozenset({"in-progress", "absent"}))
    call = playbook(
        a_message(
            trim="do-not-trim",
            recording_status_callback="/rec",
            recording_status_callback_method="GET",
            recording_status_callback_event="in-progress absent",
        )
    )
    call.does(*starts(trim=Trim.DO_NOT_TRIM, callback=callback)).still_waits()
    assert call.codes == []


def test_a_callback_that_is_no_url_costs_the_callback(playbook):
    call = playbook(a_message(recording_status_callback="ftp://example.com/rec"))
    call.does(*starts()).still_waits()
    [problem] = call.entries(Problem)
    assert (problem.code, problem.level) == (13256, "error")


def test_an_event_that_there_is_not_costs_that_event(playbook):
    callback = StatusCallback("https://app.example.com/rec", "POST", frozenset({"absent"}))
    call = playbook(a_message(recording_status_callback="/rec", recording_status_callback_event="started absent"))
    call.does(*starts(callback=callback)).still_waits()
    assert call.codes == [13621]


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("method", "PUT", 13610),
        ("timeout", "soon", 13611),
        ("maxLength", "0", 13612),
        ("maxLength", "86401", 13612),
        ("finishOnKey", "A", 13613),
        ("transcribe", "maybe", 13614),
        ("playBeep", "perhaps", 13616),
    ],
)
def test_a_wrong_value_gives_way_to_the_default(playbook, attribute, value, code):
    call = playbook(
        f'<Response><Record playBeep="false" {attribute}="{value}"/></Response>'.replace(
            'playBeep="false" playBeep', "playBeep"
        )
    )
    if attribute == "playBeep":
        call.does(StartPlayback(BEEP)).hears(PlaybackEnded())
    call.does(*starts()).still_waits()
    assert call.codes == [code]


@pytest.mark.parametrize(
    ("attributes", "transcribe", "codes"),
    [
        ({}, None, []),
        ({"transcribe_callback": "/text"}, None, []),
        ({"transcribe": True}, Transcribe(None), []),
        (
            {"transcribe": True, "transcribe_callback": "/text", "max_length": 120},
            Transcribe(StatusCallback("https://app.example.com/text")),
            [],
        ),
        ({"transcribe": True, "transcribe_callback": "ftp://example.com"}, Transcribe(None), [13257]),
        ({"transcribe": True, "max_length": 121}, None, [13615]),
    ],
)
def test_what_is_written_down_and_who_is_told(playbook, attributes, transcribe, codes):
    length_ms = attributes.get("max_length", 3600) * 1000
    start, *others = starts(length_ms=length_ms)
    call = playbook(a_message(**attributes))
    call.does(replace(start, transcribe=transcribe), *others).still_waits()
    assert call.codes == codes


def test_a_wrong_trim_means_none(playbook):
    call = playbook(a_message(trim="a bit"))
    call.does(*starts(trim=Trim.DO_NOT_TRIM)).still_waits()
    assert call.codes == [13699]
