from __future__ import annotations

from twilio.twiml.voice_response import Refer, VoiceResponse

from twilio_emulator.journal import Problem
from twilio_emulator.twiml.flow import HangUp


def test_a_leg_that_is_not_sip_fails_the_document(playbook):
    refer = Refer(action="/referred", method="GET")
    refer.sip("sip:alice@example.com")
    response = VoiceResponse()
    response.append(refer)
    response.say("Never said.")
    call = playbook(response)
    call.says("We're sorry, an application error has occurred. Goodbye.").does(HangUp()).is_over()
    [problem] = call.entries(Problem)
    assert (problem.code, problem.level) == (13801, "error")
    assert "line 1, column" in problem.message
