from __future__ import annotations

import pytest
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator.journal import Problem
from twilio_emulator.twiml.flow import (
    DocumentArrived,
    Fetch,
    HangUp,
    Reject,
    RejectReason,
    StartTimer,
    TimerFired,
)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [(None, RejectReason.REJECTED), ("rejected", RejectReason.REJECTED), ("busy", RejectReason.BUSY)],
)
def test_a_ringing_call_is_refused_without_being_answered(playbook, reason, expected):
    response = VoiceResponse()
    response.reject(reason=reason)
    response.say("never said")
    call = playbook(response, answered=False).does(Reject(expected))
    call.is_over()
    assert call.verbs == ["Reject"]


def test_a_call_may_ring_a_while_before_it_is_refused(playbook):
    response = VoiceResponse()
    response.pause(length=10)
    response.reject(reason="busy")
    call = playbook(response, answered=False).does(StartTimer("pause", 10_000)).hears(TimerFired("pause"))
    call.does(Reject(RejectReason.BUSY)).is_over()


def test_a_call_may_be_refused_by_the_document_it_is_redirected_to(playbook):
    call = playbook("<Response><Redirect>/no</Redirect></Response>", answered=False)
    call.does(Fetch("https://app.example.com/no", "POST", {}, "redirect"))
    call.hears(DocumentArrived("https://app.example.com/no", "text/xml", b"<Response><Reject/></Response>"))
    call.does(Reject(RejectReason.REJECTED)).is_over()


def test_an_answered_call_can_only_be_hung_up(playbook):
    response = VoiceResponse()
    response.say("Hi")
    response.reject()
    call = playbook(response).says("Hi").does(HangUp())
    call.is_over()
    (problem,) = call.entries(Problem)
    assert problem.level == "warning"
    assert "first verb" in problem.hint


def test_an_unknown_reason_warns_with_13810_and_is_rejected(playbook):
    call = playbook('<Response><Reject reason="tired"/></Response>', answered=False)
    call.does(Reject(RejectReason.REJECTED)).is_over()
    assert call.codes == [13810]
