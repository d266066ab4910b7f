from __future__ import annotations

from twilio.twiml.voice_response import Stop, VoiceResponse

from twilio_emulator.twiml.beside_flow import StopSiprec
from twilio_emulator.twiml.flow import CloseStream, HangUp


def test_a_fork_is_closed_by_its_name_and_the_verb_below_begins_at_once(playbook):
    stop = Stop()
    stop.stream(name="spy")
    response = VoiceResponse()
    response.append(stop)
    response.hangup()
    call = playbook(response).does(CloseStream("spy"), HangUp())
    call.is_over()
    assert call.codes == []


def test_without_a_name_nothing_is_stopped(playbook):
    call = playbook('<Response><Stop><Stream url="wss://a.example.com"/></Stop></Response>').does(HangUp())
    call.is_over()
    assert call.codes == [0]


def test_a_siprec_session_is_stopped_by_its_name(playbook):
    stop = Stop()
    stop.siprec(name="ear")
    stop.siprec()
    response = VoiceResponse()
    response.append(stop)
    call = playbook(response).does(StopSiprec("ear"), HangUp())
    call.is_over()
    assert call.codes == [0]


def test_a_recording_is_stopped_by_rest_only(playbook):
    call = playbook("<Response><Stop><Recording/></Stop></Response>")
    call.says("We're sorry, an application error has occurred. Goodbye.").does(HangUp()).is_over()
    assert call.codes == [14300]
