from __future__ import annotations

import pytest
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator.journal import Problem
from twilio_emulator.twiml.flow import (
    Answer,
    AudioReady,
    Fetch,
    HangUp,
    LoadMedia,
    MediaFailed,
    StartPlayback,
)
from twilio_emulator.twiml.verbs import play as verb
from twilio_wire import dtmf, g711


def test_a_file_is_loaded_and_played_to_the_end(playbook):
    response = VoiceResponse()
    response.play("https://cdn.example.com/hello.wav")
    call = playbook(response, answered=False)
    call.does(Answer(), LoadMedia("https://cdn.example.com/hello.wav")).hears(AudioReady(b"\x10" * 160))
    call.plays(b"\x10" * 160).does(HangUp()).is_over()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hello.wav", "https://app.example.com/voice/hello.wav"),
        ("/hello.wav", "https://app.example.com/hello.wav"),
        (" ../a.mp3?x=1&amp;y=2 ", "https://app.example.com/a.mp3?x=1&y=2"),
    ],
)
def test_a_relative_url_starts_from_the_document(playbook, written, meant):
    call = playbook(f"<Response><Play>{written}</Play></Response>")
    call.does(LoadMedia(meant)).far_end_hangs_up().is_over()


def test_loop_plays_the_file_again_without_loading_it_again(playbook):
    response = VoiceResponse()
    response.play("https://cdn.example.com/a.wav", loop=2)
    call = playbook(response).does(LoadMedia("https://cdn.example.com/a.wav")).hears(AudioReady(b"\x10" * 160))
    call.plays(b"\x10" * 160).plays(b"\x10" * 160).does(HangUp()).is_over()


def test_digits_are_played_as_tones_that_a_telephone_recognises(playbook):
    response = VoiceResponse()
    response.play(digits="1w2W#")
    call = playbook(response)
    tones = g711.encode(dtmf.synthesize("1w2W#"))
    assert dtmf.Detector().feed(tones) == "12#"
    call.plays(tones).does(HangUp()).is_over()


def test_digits_win_over_a_url(playbook):
    call = playbook('<Response><Play digits="5">https://cdn.example.com/a.wav</Play></Response>')
    call.plays(g711.encode(dtmf.synthesize("5"))).does(HangUp()).is_over()


def test_wrong_digits_warn_with_13430_and_nothing_is_played(playbook):
    call = playbook('<Response><Play digits="12x"/></Response>')
    call.does(HangUp()).is_over()
    assert call.codes == [13430]


def test_with_wrong_digits_a_url_is_played(playbook):
    call = playbook('<Response><Play digits="?" loop="x">https://cdn.example.com/a.wav</Play></Response>')
    call.does(LoadMedia("https://cdn.example.com/a.wav")).hears(AudioReady(b"\x10"))
    call.does(StartPlayback(b"\x10")).far_end_hangs_up().is_over()
    assert call.codes == [13430, 13410]


def test_a_file_that_cannot_be_had_sends_the_call_to_the_fallback(playbook, document_url):
    response = VoiceResponse()
    response.play("https://cdn.example.com/gone.wav")
    response.say("never reached")
    call = playbook(response, fallback_url="https://app.example.com/fallback")
    call.does(LoadMedia("https://cdn.example.com/gone.wav"))
    call.hears(MediaFailed(11200, "https://cdn.example.com/gone.wav answered 404."))
    call.does(
        Fetch(
            "https://app.example.com/fallback",
            "POST",
            {"ErrorCode": "11200", "ErrorUrl": "https://cdn.example.com/gone.wav"},
            "fallback",
        )
    )
    call.still_waits()
    (problem,) = call.entries(Problem)
    assert (problem.code, problem.level, problem.url) == (11200, "error", "https://cdn.example.com/gone.wav")
    assert "line 1, column 49" in problem.message


@pytest.mark.parametrize("body", ["", "ftp://host/a.wav", "http://[", "http:///a.wav"])
def test_what_is_no_http_url_is_11100(playbook, body):
    call = playbook(f"<Response><Play>{body}</Play></Response>", fallback_url="https://app.example.com/f")
    error = {"ErrorCode": "11100", "ErrorUrl": call.context.document_url}
    call.does(Fetch("https://app.example.com/f", "POST", error, "fallback")).still_waits()
    assert call.codes == [11100]


def test_a_relative_url_in_an_inline_document_is_11100(playbook, inline):
    call = playbook(inline("<Response><Play>a.wav</Play></Response>"))
    assert call.codes == [11100]
    assert "inline" in call.entries(Problem)[0].message
    call.says("We're sorry, an application error has occurred. Goodbye.").does(HangUp()).is_over()


def test_of_a_file_of_more_than_40_minutes_the_rest_is_not_played(playbook, monkeypatch):
    assert verb.LONGEST_BYTES == 40 * 60 * 8000
    monkeypatch.setattr(verb, "LONGEST_BYTES", 100)
    call = playbook("<Response><Play>/long.wav</Play></Response>").does(LoadMedia("https://app.example.com/long.wav"))
    call.hears(AudioReady(b"\x55" * 101)).plays(b"\x55" * 100).does(HangUp()).is_over()
    (problem,) = call.entries(Problem)
    assert "longer than 40 minutes" in problem.message
