from __future__ import annotations

from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator.twiml.echo_flow import StartEcho
from twilio_emulator.twiml.flow import Answer, DigitPressed, HangUp


def an_echo() -> VoiceResponse:
    response = VoiceResponse()
    response.echo()
    response.say("Never said.")
    return response


def test_it_answers_and_lasts_until_the_far_end_hangs_up(playbook):
    call = playbook(an_echo(), answered=False).does(Answer(), StartEcho())
    call.hears(DigitPressed("1")).does().far_end_hangs_up().is_over()


def test_other_twiml_takes_over(playbook, inline):
    call = playbook(an_echo()).does(StartEcho())
    call.is_replaced_by(inline("<Response><Hangup/></Response>")).does(HangUp()).is_over()
