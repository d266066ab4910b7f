from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Start, VoiceResponse

from twilio_emulator.journal import Problem
from twilio_emulator.twiml.flow import Answer, HangUp, OpenStream, StreamSpec, Synthesize, Track


def a_fork(**attributes):
    start = Start()
    start.stream(url="wss://app.example.com/media", **attributes)
    response = VoiceResponse()
    response.append(start)
    return response


def opens(**fields):
    return OpenStream(StreamSpec(url="wss://app.example.com/media", bidirectional=False, **fields))


@pytest.mark.parametrize("track", list(Track))
def test_the_verb_below_begins_at_once(playbook, track):
    response = a_fork(track=track.value, name="spy")
    response.say("Hello.")
    call = playbook(response, answered=False)
    call.does(Answer(), opens(track=track, name="spy"), Synthesize("Hello.", "man", "en-US"))
    call.far_end_hangs_up().is_over()


def test_with_nothing_below_the_call_ends(playbook):
    playbook(a_fork()).does(opens(), HangUp()).is_over()


def test_an_unknown_track_is_31941_and_the_call_goes_on(playbook):
    response = a_fork(track="mixed_track")
    response.hangup()
    call = playbook(response).does(HangUp())
    call.is_over()
    (problem,) = call.entries(Problem)
    assert (problem.code, problem.level) == (31941, "error")
    assert "not allowed in <Start>" in problem.message
    assert problem.hint == "Use inbound_track or outbound_track or both_tracks."


def test_several_streams_are_opened_in_order(playbook):
    start = Start()
    for name in ("one", "two"):
        start.stream(url="wss://app.example.com/media", name=name)
    response = VoiceResponse()
    response.append(start)
    playbook(response).does(opens(name="one"), opens(name="two"), HangUp()).is_over()


@pytest.mark.parametrize("verb", ["Start", "Stop"])
def test_a_noun_that_does_not_exist_is_14300_and_fails_the_document(playbook, verb):
    call = playbook(f"<Response><{verb}><Strom/></{verb}></Response>")
    assert call.codes == [14300]
    call.says("We're sorry, an application error has occurred. Goodbye.").does(HangUp()).is_over()


@pytest.mark.parametrize("noun", ["Recording", "Siprec"])
def test_a_noun_of_later_versions_is_told_and_skipped(playbook, noun):
    call = playbook(f"<Response><Start><{noun}/></Start></Response>").does(HangUp())
    call.is_over()
    assert [(problem.code, problem.level) for problem in call.entries(Problem)] == [(12200, "error")]
