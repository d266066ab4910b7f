from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Connect, VoiceResponse

from twilio_emulator.journal import Problem
from twilio_emulator.twiml.flow import (
    Answer,
    Fetch,
    HangUp,
    Instructions,
    OpenStream,
    StreamEnded,
    StreamEnding,
    StreamSpec,
)
from twilio_emulator.twiml.verbs.connect import REFUSED_NOUNS

CLOSED = StreamEnded(StreamEnding.CLOSED_BY_APP)
SPEC = StreamSpec(url="wss://app.example.com/media", bidirectional=True)


def a_stream(**attributes):
    response = VoiceResponse()
    connect = Connect(**attributes)
    connect.stream(url="wss://app.example.com/media")
    response.append(connect)
    return response


def test_the_call_belongs_to_the_stream_until_the_app_closes_it(playbook):
    call = playbook(a_stream(), answered=False).does(Answer(), OpenStream(SPEC)).hears(CLOSED)
    call.does(HangUp()).is_over()
    assert call.codes == []


@pytest.mark.parametrize("ending", list(StreamEnding))
def test_however_the_stream_ends_the_verb_below_runs_and_that_was_foretold(playbook, ending):
    response = a_stream()
    response.say("Goodbye.")
    response.hangup()
    call = playbook(response).does(OpenStream(SPEC)).hears(StreamEnded(ending))
    call.says("Goodbye.").does(HangUp()).is_over()
    (problem,) = call.entries(Problem)
    assert (problem.code, problem.level) == (0, "warning")
    assert "<Say> after <Connect>" in problem.message
    assert "only after the app has closed" in problem.message


@pytest.mark.parametrize("ending", list(StreamEnding))
def test_with_an_action_another_document_takes_over(playbook, ending):
    response = a_stream(action="/after", method="GET")
    response.say("never said")
    call = playbook(response).does(OpenStream(SPEC)).hears(StreamEnded(ending))
    call.does(Fetch("https://app.example.com/after", "GET", {}, "connect action")).still_waits()
    (problem,) = call.entries(Problem)
    assert "never runs" in problem.message


def test_a_hang_up_ends_it_without_a_request(playbook):
    playbook(a_stream(action="/after")).does(OpenStream(SPEC)).far_end_hangs_up().is_over()


def test_a_rest_update_takes_the_call_out_of_the_stream(playbook):
    call = playbook(a_stream(action="/after")).does(OpenStream(SPEC))
    call.is_replaced_by(Instructions(twiml="<Response><Hangup/></Response>")).does(HangUp()).is_over()


@pytest.mark.parametrize(
    "inside",
    [
        "",
        '<Stream url="wss://a.example.com"/><Stream url="wss://b.example.com"/>',
        "<Stroom/>",
    ],
)
def test_it_must_hold_exactly_one_noun(playbook, inside):
    call = playbook(f'<Response><Connect action="/never">{inside}</Connect></Response>')
    call.does(HangUp()).is_over()
    assert (12200, "error") in [(problem.code, problem.level) for problem in call.entries(Problem)]


@pytest.mark.parametrize(("noun", "refusal"), REFUSED_NOUNS.items())
def test_a_noun_that_cannot_be_here_is_told_once_and_has_ended(playbook, noun, refusal):
    call = playbook(f'<Response><Connect action="/after"><{noun} url="x">a</{noun}></Connect></Response>')
    call.does(Fetch("https://app.example.com/after", "POST", {}, "connect action")).still_waits()
    (problem,) = call.entries(Problem)
    assert (problem.code, problem.level, problem.hint) == (refusal.code, "error", refusal.why)


def test_without_an_action_the_verb_below_a_noun_that_cannot_be_here_runs(playbook):
    connect = Connect()
    connect.conversation_relay(url="wss://app.example.com/relay")
    response = VoiceResponse()
    response.append(connect)
    call = playbook(response).does(HangUp())
    call.is_over()
    assert call.codes == [13750]


def test_a_stream_that_twilio_would_not_open_ends_the_verb(playbook):
    call = playbook('<Response><Connect><Stream url="ftp://x"/></Connect><Say>Sorry.</Say></Response>')
    call.says("Sorry.").does(HangUp()).is_over()
    assert 31922 in call.codes


@pytest.mark.parametrize("track", ["outbound_track", "both_tracks", "inbound", ""])
def test_its_track_can_only_be_the_inbound_one(playbook, track):
    call = playbook(
        f'<Response><Connect action="/a"><Stream url="wss://x.example.com" track="{track}"/></Connect></Response>'
    )
    call.does(Fetch("https://app.example.com/a", "POST", {}, "connect action")).still_waits()
    assert call.codes == [31941]
    assert "not allowed in <Connect>" in call.entries(Problem)[0].message
    assert call.entries(Problem)[0].hint == "Use inbound_track."


def test_a_relative_action_in_an_inline_document_is_15004(playbook, inline):
    call = playbook(inline(a_stream(action="/after"))).does(OpenStream(SPEC)).hears(CLOSED)
    assert call.codes == [15004]
    call.says("We're sorry, an application error has occurred. Goodbye.").does(HangUp()).is_over()
