from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Refer, VoiceResponse

from twilio_emulator.journal import Problem
from twilio_emulator.twiml.flow import DocumentArrived, Fetch, Forget, HangUp, Instructions
from twilio_emulator.twiml.refer_flow import NotReferable, ReferFarEnd, ReferProgressed

ALICE = "sip:alice@example.com?X-AcctNumber=1"
ACTION = "https://app.example.com/referred"
SORRY = "We're sorry, an application error has occurred. Goodbye."


def referring(target: str = ALICE, **attributes: str) -> VoiceResponse:
    refer = Refer(**attributes)
    refer.sip(target)
    response = VoiceResponse()
    response.append(refer)
    response.say("Not transferred.")
    return response


def asked(status: str, answer: int, notify: int | None = None) -> dict[str, str]:
    codes = {"ReferSipResponseCode": str(answer)} | ({"NotifySipResponseCode": str(notify)} if notify else {})
    return {"ReferCallStatus": status, **codes}


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ((202, 200), "in-progress"),
        ((202, 486), "busy"),
        ((202, 600), "busy"),
        ((202, 404), "failed"),
        ((405, None), "failed"),
    ],
)
def test_the_action_learns_what_became_of_the_new_call(playbook, told, status):
    call = playbook(referring(action="/referred", method="GET")).does(ReferFarEnd(ALICE))
    if told[1]:
        call.hears(ReferProgressed(202)).does().hears(ReferProgressed(202, 180)).does()
    call.hears(ReferProgressed(*told)).does(Fetch(ACTION, "GET", asked(status, *told), "refer action"))
    call.hears(DocumentArrived(url=ACTION, content_type="text/xml", body=b"<Response/>")).does(HangUp()).is_over()


@pytest.mark.parametrize("told", [(202, 200), (202, 486), (405, None)])
def test_without_an_action_the_next_verb_follows(playbook, told):
    call = playbook(referring()).does(ReferFarEnd(ALICE)).hears(ReferProgressed(*told))
    call.says("Not transferred.").does(HangUp()).is_over()


def test_a_far_end_that_hangs_up_before_has_canceled_it(playbook):
    call = playbook(referring(action="/referred")).does(ReferFarEnd(ALICE))
    call.hears(ReferProgressed(202)).hears(ReferProgressed(202, 180)).far_end_hangs_up()
    call.does(Fetch(ACTION, "POST", asked("canceled", 202, 180), "refer action"), Forget()).is_over()


def test_nobody_is_told_when_other_twiml_takes_over(playbook, inline):
    call = playbook(referring(action="/referred")).does(ReferFarEnd(ALICE)).hears(ReferProgressed(202, 180))
    call.is_replaced_by(inline("<Response><Hangup/></Response>")).does(HangUp()).is_over()


def test_a_leg_that_is_not_sip_fails_the_document(playbook):
    call = playbook(referring(action="/referred")).does(ReferFarEnd(ALICE)).hears(NotReferable())
    call.says(SORRY).does(HangUp()).is_over()
    [problem] = call.entries(Problem)
    assert (problem.code, problem.level) == (13801, "error")
    assert "line 1, column" in problem.message


@pytest.mark.parametrize("target", ["", "+15550001111", "client:alice", "sip:", "sip:alice@"])
def test_whom_to_call_must_be_a_sip_uri(playbook, target):
    call = playbook(referring(target))
    call.says(SORRY).does(HangUp()).is_over()
    assert call.codes == [13243]


def test_an_action_that_is_no_url_fails_before_anything_is_sent(playbook):
    call = playbook(Instructions(twiml=str(referring(action="/referred"))))
    call.says(SORRY).does(HangUp()).is_over()
    assert call.codes == [15004]
