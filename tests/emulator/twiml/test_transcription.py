from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Start, Stop, VoiceResponse

from twilio_emulator.journal import Problem
from twilio_emulator.twiml.flow import Answer, HangUp, Track
from twilio_emulator.twiml.transcription_flow import StartTranscription, StopTranscription, TranscriptionSpec


def transcribing(**attributes):
    start = Start()
    start.transcription(**attributes)
    response = VoiceResponse()
    response.append(start)
    return response


def test_by_default_both_tracks_are_transcribed_in_english(playbook):
    call = playbook(transcribing(), answered=False).does(Answer(), StartTranscription(TranscriptionSpec()), HangUp())
    call.is_over()
    assert call.codes == []


def test_every_attribute_is_understood(playbook):
    response = transcribing(
        name="notes",
        track="inbound_track",
        status_callback_url="/told",
        status_callback_method="GET",
        inbound_track_label="caller",
        outbound_track_label="agent",
        partial_results=True,
        language_code="de-DE",
        transcription_engine="deepgram",
        profanity_filter=False,
        speech_model="nova-2",
        hints="eins, zwei",
        enable_automatic_punctuation=False,
        enable_provider_data=True,
    )
    spec = TranscriptionSpec(
        name="notes",
        track=Track.INBOUND,
        language="de-DE",
        engine="deepgram",
        speech_model="nova-2",
        partial_results=True,
        profanity_filter=False,
        punctuation=False,
        provider_data=True,
        hints=("eins", "zwei"),
        inbound_label="caller",
        outbound_label="agent",
        status_callback="https://app.example.com/told",
        status_callback_method="GET",
    )
    call = playbook(response).does(StartTranscription(spec), HangUp())
    call.is_over()
    assert call.codes == []


def test_it_is_stopped_by_its_name(playbook):
    stop = Stop()
    stop.transcription(name="notes")
    response = VoiceResponse()
    response.append(stop)
    playbook(response).does(StopTranscription("notes"), HangUp()).is_over()


def test_without_a_name_nothing_is_stopped(playbook):
    call = playbook("<Response><Stop><Transcription/></Stop></Response>").does(HangUp())
    call.is_over()
    assert call.codes == [0]


def test_an_unknown_track_starts_nothing(playbook):
    call = playbook(transcribing(track="all_tracks")).does(HangUp())
    call.is_over()
    assert [(problem.code, problem.level) for problem in call.entries(Problem)] == [(32650, "error")]


def test_config_and_what_keeps_transcripts_is_told_and_skipped(playbook):
    call = playbook(
        '<Response><Start><Transcription intelligenceService="GA1"><Config name="a" value="b"/></Transcription></Start>'
        "</Response>"
    )
    call.does(StartTranscription(TranscriptionSpec()), HangUp()).is_over()
    assert call.codes == [32652, 0]


def test_a_callback_that_is_no_url_is_told_and_left_alone(playbook, inline):
    call = playbook(inline('<Response><Start><Transcription statusCallbackUrl="/told"/></Start></Response>'))
    call.does(StartTranscription(TranscriptionSpec()), HangUp()).is_over()
    assert call.codes == [11100]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, None),
        ({"language": "multi", "engine": "deepgram", "speech_model": "nova-3"}, None),
        ({"engine": "parrot"}, 32650),
        ({"language": "English"}, 32650),
        ({"speech_model": "??"}, 32651),
    ],
)
def test_what_is_wrong_with_a_configuration_has_a_code(fields, code):
    fault = TranscriptionSpec(**fields).fault()
    assert (None if fault is None else fault[0]) == code
