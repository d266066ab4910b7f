"""Answering machine detection: when the TwiML starts, and who is told what."""

import pytest
from customer import Customer
from journal_views import codes

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import AnswerJudged, CallMoved, Spoke, WebhookSent

NUMBER = "+15550001111"
CALLEE = "+15557770001"


async def call(twilio: TwilioEmulator, customer: Customer, *, answered_by: str = "human", **more: object) -> str:
    """A call to somebody who stays on the line for ten seconds, from beginning to end."""
    customer.pages["/voice"] = "<Response><Say>Hello.</Say><Pause length='30'/></Response>"
    twilio.add_number(NUMBER)
    script = [{"silence": more.pop("stays", 10)}, {"hang_up": True}]
    twilio.handset(CALLEE, answered_by=answered_by, script=script)
    placed = twilio.client().calls.create(
        to=CALLEE,
        from_=NUMBER,
        url=f"{customer.url}/voice",
        status_callback=f"{customer.url}/status",
        **more,
    )
    await twilio.wait_for_call(placed.sid)
    await twilio.wait_until_idle()
    return placed.sid


def after_answer(twilio: TwilioEmulator, kind: type) -> list[int]:
    """When entries of a kind were written, in milliseconds after the answer."""
    [answer] = [entry.at_ms for entry in twilio.journal.of(CallMoved) if entry.status == "in-progress"]
    return [entry.at_ms - answer for entry in twilio.journal.of(kind) if entry.at_ms >= answer]


@pytest.mark.parametrize(
    ("answered_by", "mode", "verdict", "after_ms"),
    [
        ("human", "Enable", "human", 2200),
        ("machine_start", "Enable", "machine_start", 2400),
        ("machine_end_beep", "DetectMessageEnd", "machine_end_beep", 6500),
        ("fax", "Enable", "fax", 3000),
        ("unknown", "Enable", "unknown", 5000),
    ],
)
async def test_the_url_is_not_asked_for_before_the_verdict_and_is_told_it(
    twilio: TwilioEmulator, customer: Customer, answered_by: str, mode: str, verdict: str, after_ms: int
) -> None:
    sid = await call(twilio, customer, answered_by=answered_by, machine_detection=mode)
    [voice] = customer.forms("/voice")
    assert voice["AnsweredBy"] == verdict
    assert after_answer(twilio, WebhookSent)[0] == after_ms
    assert customer.forms("/status")[0]["AnsweredBy"] == verdict
    assert twilio.client().calls(sid).fetch().answered_by == verdict
    [judged] = twilio.journal.of(AnswerJudged, call_sid=sid)
    assert (judged.answered_by, judged.duration_ms) == (verdict, after_ms)


async def test_thresholds_move_the_verdict(twilio: TwilioEmulator, customer: Customer) -> None:
    await call(
        twilio,
        customer,
        answered_by="machine_start",
        machine_detection="Enable",
        machine_detection_speech_threshold=1500,
    )
    assert after_answer(twilio, AnswerJudged) == [1500]


async def test_asynchronous_detection_does_not_hold_the_twiml_up(twilio: TwilioEmulator, customer: Customer) -> None:
    sid = await call(
        twilio,
        customer,
        answered_by="machine_end_silence",
        machine_detection="DetectMessageEnd",
        async_amd="true",
        async_amd_status_callback=f"{customer.url}/amd",
    )
    assert after_answer(twilio, Spoke) == [0]
    assert "AnsweredBy" not in customer.forms("/voice")[0]
    assert customer.forms("/amd") == [
        {
            "AccountSid": twilio.account_sid,
            "CallSid": sid,
            "AnsweredBy": "machine_end_silence",
            "MachineDetectionDuration": "7200",
        }
    ]
    assert len(customer.forms("/voice")) == 1
    assert customer.forms("/status")[0]["AnsweredBy"] == "machine_end_silence"


async def test_whoever_hangs_up_before_the_verdict_stays_unknown(twilio: TwilioEmulator, customer: Customer) -> None:
    sid = await call(twilio, customer, machine_detection="Enable", stays=1)
    assert customer.forms("/voice") == []
    assert customer.forms("/status")[0]["AnsweredBy"] == "unknown"
    assert twilio.journal.of(AnswerJudged, call_sid=sid) == []


async def test_asynchronous_detection_that_tells_nobody_is_a_warning(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    await call(twilio, customer, machine_detection="Enable", async_amd="true")
    assert codes(twilio) == [21262]


async def test_nobody_is_judged_unless_somebody_asks_or_when_digits_are_sent(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    sid = await call(twilio, customer, machine_detection="Enable", send_digits="1")
    assert twilio.client().calls(sid).fetch().answered_by is None
    assert "AnsweredBy" not in customer.forms("/voice")[0] | customer.forms("/status")[0]
    assert "SendDigits disables" in twilio.timeline(sid)


async def test_a_call_that_is_redirected_while_it_waits_for_the_verdict_runs_the_new_twiml_once(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/voice"] = "<Response><Say>Old.</Say></Response>"
    twilio.add_number(NUMBER)
    phone = twilio.handset(CALLEE)
    calls = twilio.client().calls
    calls.create(to=CALLEE, from_=NUMBER, url=f"{customer.url}/voice", machine_detection="Enable")
    line = await phone.next_call()
    await line.wait_until("in-progress")
    calls(line.call_sid).update(twiml="<Response><Say>New.</Say><Pause length='5'/></Response>")
    await line.wait_until("completed")
    assert [spoken.text for spoken in twilio.journal.of(Spoke)] == ["New."]
    assert customer.forms("/voice") == []
    assert "the emulator failed" not in twilio.timeline()
    assert twilio.journal.of(CallMoved)[-1].cause == "TwiML ended the call"


async def test_an_answerer_that_does_not_exist_is_refused(twilio: TwilioEmulator) -> None:
    with pytest.raises(ValueError, match="answered_by is 'dog'"):
        twilio.handset(CALLEE, answered_by="dog")
