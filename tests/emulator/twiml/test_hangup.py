from __future__ import annotations

from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator.twiml.flow import Answer, HangUp


def test_it_ends_the_call_and_nothing_after_it_runs(playbook):
    response = VoiceResponse()
    response.hangup()
    response.say("never said")
    call = playbook(response).does(HangUp())
    call.is_over()
    assert call.verbs == ["Hangup"]


def test_a_ringing_call_is_answered_and_then_hung_up(playbook):
    response = VoiceResponse()
    response.hangup()
    playbook(response, answered=False).does(Answer(), HangUp()).is_over()


def test_it_takes_parameters_and_no_attributes(playbook):
    call = playbook('<Response><Hangup reason="x"><Parameter name="a" value="b"/></Hangup></Response>')
    call.does(HangUp()).is_over()
    assert call.codes == [12200]
