from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Start, VoiceResponse

from twilio_emulator.calls.call import StatusCallback
from twilio_emulator.calls.recordings import RecordingSource, RecordingSpec
from twilio_emulator.journal import Problem
from twilio_emulator.media.recorder import RecordingTrack, Trim
from twilio_emulator.twiml.beside_flow import RecordCall, StartSiprec
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


def starting(build) -> VoiceResponse:
    start = Start()
    build(start)
    response = VoiceResponse()
    response.append(start)
    return response


def records(callback=None, **how):
    spec = RecordingSpec(source=RecordingSource.START_API, callback=callback, **{"channels": 2, **how})
    return RecordCall(spec)


def test_the_call_is_recorded_on_two_channels_and_trimmed(playbook):
    call = playbook(starting(lambda start: start.recording())).does(records(), HangUp())
    call.is_over()
    assert call.codes == []


def test_how_the_call_is_recorded_and_who_is_told(playbook):
    response = starting(
        lambda start: start.recording(
            channels="mono",
            track="outbound",
            trim="do-not-trim",
            recording_status_callback="https://a.example.com/rec",
            recording_status_callback_method="GET",
            recording_status_callback_event="in-progress completed",
        )
    )
    callback = StatusCallback("https://a.example.com/rec", "GET", frozenset({"in-progress", "completed"}))
    expected = records(callback, channels=1, track=RecordingTrack.OUTBOUND, trim=Trim.DO_NOT_TRIM)
    playbook(response).does(expected, HangUp()).is_over()


def test_a_recordings_callback_that_is_relative_is_told_to_nobody(playbook):
    response = starting(lambda start: start.recording(recording_status_callback="/rec"))
    call = playbook(response).does(records(), HangUp())
    call.is_over()
    [problem] = call.entries(Problem)
    assert (problem.code, problem.level) == (11200, "error")
    assert "'/rec' is not absolute" in problem.message


@pytest.mark.parametrize(
    ("attribute", "value", "code"), [("channels", "stereo", 12200), ("track", "left", 12200), ("trim", "a bit", 13699)]
)
def test_a_recordings_wrong_value_gives_way_to_the_default(playbook, attribute, value, code):
    call = playbook(starting(lambda start: start.recording(**{attribute: value}))).does(records(), HangUp())
    call.is_over()
    assert call.codes == [code]


def test_a_siprec_session_takes_both_tracks_and_tells_the_app(playbook):
    def build(start):
        siprec = start.siprec(
            name="ear", connector_name="Recorder", status_callback="/siprec", status_callback_method="GET"
        )
        siprec.parameter(name="tier", value="gold")

    call = playbook(starting(build))
    callback = StatusCallback("https://app.example.com/siprec", "GET")
    call.does(StartSiprec("ear", Track.BOTH, callback), HangUp()).is_over()
    [problem] = call.entries(Problem)
    assert "no audio is sent" in problem.message


def test_a_siprec_callback_that_is_no_url_is_told_to_nobody(playbook):
    response = starting(lambda start: start.siprec(track="inbound_track", status_callback="ftp://a.example.com"))
    call = playbook(response).does(StartSiprec("", Track.INBOUND, None), HangUp())
    call.is_over()
    assert call.codes == [0, 21609]
