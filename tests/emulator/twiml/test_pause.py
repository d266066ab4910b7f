from __future__ import annotations

import pytest
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator.twiml.flow import Answer, HangUp, StartTimer, TimerFired


@pytest.mark.parametrize(("length", "ms"), [(None, 1000), (7, 7000), (3600, 3_600_000)])
def test_silence_lasts_length_seconds_of_call_time(playbook, length, ms):
    response = VoiceResponse()
    response.pause(length=length)
    call = playbook(response).does(StartTimer("pause", ms)).hears(TimerFired("pause"))
    call.does(HangUp()).is_over()


def test_a_call_that_only_pauses_is_never_answered(playbook):
    response = VoiceResponse()
    response.pause(length=5)
    call = playbook(response, answered=False).does(StartTimer("pause", 5000)).hears(TimerFired("pause"))
    call.does(HangUp()).is_over()
    assert not call.context.answered


def test_a_call_rings_through_the_pause_until_a_verb_answers(playbook):
    response = VoiceResponse()
    response.pause(length=2)
    response.hangup()
    call = playbook(response, answered=False).does(StartTimer("pause", 2000)).hears(TimerFired("pause"))
    call.does(Answer(), HangUp()).is_over()


def test_another_timer_does_not_end_the_pause(playbook):
    call = playbook("<Response><Pause/></Response>").does(StartTimer("pause", 1000))
    call.hears(TimerFired("gather timeout")).does().hears(TimerFired("pause")).does(HangUp()).is_over()


@pytest.mark.parametrize("length", ["-1", "1.5", "soon", "", "٣", "9999999999"])
def test_a_length_that_is_no_whole_number_warns_with_13910_and_is_one_second(playbook, length):
    call = playbook(f'<Response><Pause length="{length}"/></Response>')
    call.does(StartTimer("pause", 1000)).far_end_hangs_up().is_over()
    assert call.codes == [13910]


def test_a_pause_of_no_length_takes_no_time(playbook):
    playbook('<Response><Pause length="0"/></Response>').does(HangUp()).is_over()
