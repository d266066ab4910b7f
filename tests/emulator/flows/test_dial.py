"""`<Dial>` on the telephone: a caller, the customer's documents, and the phones that ring."""

from __future__ import annotations

import numpy as np
import pytest
from customer import Customer
from journal_views import codes, spoken
from sounds import seconds_of, tone_line
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator import Handset, Line, TwilioEmulator

NUMBER = "+15550001111"
CALLER = "+15557770001"
CALLEE = "+15557770002"
OTHER = "+15557770003"
EVENTS = "initiated ringing answered completed"


@pytest.fixture
def caller(twilio: TwilioEmulator, customer: Customer) -> Handset:
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    customer.pages["/done"] = "<Response/>"
    return twilio.handset(CALLER)


def dialling(number: str = CALLEE, **attributes: object) -> str:
    """A document that dials one number, and asks /done what is next."""
    response = VoiceResponse()
    response.dial(number, **{"action": "/done", **attributes})
    return str(response)


def child_of(twilio: TwilioEmulator, line: Line) -> CallInstance:
    [child] = twilio.client().calls.list(parent_call_sid=line.call_sid)
    return child


def outcome(customer: Customer) -> dict[str, str]:
    """What the action was told of the Dial."""
    [form] = customer.forms("/done")
    return {name: value for name, value in form.items() if name.startswith("Dial")} | {"CallStatus": form["CallStatus"]}


async def test_each_hears_the_other_to_the_sample(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = dialling()
    callee = twilio.handset(CALLEE, behavior="ring")
    line = await caller.dial(NUMBER)
    answered = await callee.next_call()
    await answered.answer()
    hello, hi = tone_line(440, 1.0), tone_line(620, 1.0)
    await line.play(hello)
    await answered.play(hi)
    await line.silence(0.1)
    assert hello in answered.heard.ulaw()
    assert hi in line.heard.ulaw()
    assert line.status == answered.status == "in-progress"
    await answered.hang_up()
    await line.wait_until("completed")


async def test_a_dialled_leg_is_a_call_of_its_own(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = dialling()
    twilio.handset(CALLEE, script=[{"silence": 2}, {"hang_up": True}])
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    child = child_of(twilio, line)
    assert child.sid != line.call_sid
    assert (child.parent_call_sid, child.direction, child.status) == (line.call_sid, "outbound-dial", "completed")
    assert (child._from, child.to, child.duration) == (CALLER, CALLEE, "2")
    assert outcome(customer) == {
        "DialCallStatus": "completed",
        "DialCallSid": child.sid,
        "DialCallDuration": "2",
        "DialBridged": "true",
        "CallStatus": "in-progress",
    }


async def test_the_leg_has_callbacks_of_its_own(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    dial = Dial(caller_id=NUMBER)
    dial.number(CALLEE, status_callback="/leg", status_callback_event=EVENTS, status_callback_method="GET")
    response = VoiceResponse()
    response.append(dial)
    customer.pages["/voice"] = str(response)
    twilio.handset(CALLEE, script=[{"hang_up": True}])
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    forms = customer.forms("/leg")
    assert [form["CallStatus"] for form in forms] == ["initiated", "ringing", "in-progress", "completed"]
    assert {form["ParentCallSid"] for form in forms} == {line.call_sid}
    assert {form["Direction"] for form in forms} == {"outbound-dial"}
    assert {(form["From"], form["To"]) for form in forms} == {(NUMBER, CALLEE)}
    assert {form["CallSid"] for form in forms} == {child_of(twilio, line).sid}
    assert {seen.method for seen in customer.seen if seen.path == "/leg"} == {"GET"}


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("busy", "busy"), ("no-answer", "no-answer"), ("reject", "no-answer"), ("unreachable", "failed")],
)
async def test_a_leg_that_is_not_answered_is_told_to_the_action(
    twilio: TwilioEmulator, customer: Customer, caller: Handset, behavior: str, status: str
) -> None:
    customer.pages["/voice"] = dialling(timeout=5)
    customer.pages["/done"] = "<Response><Say>Sorry.</Say></Response>"
    twilio.handset(CALLEE, behavior=behavior)
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    child = child_of(twilio, line)
    told = {"DialCallStatus": status, "DialCallSid": child.sid, "DialBridged": "false", "CallStatus": "in-progress"}
    assert outcome(customer) == told
    assert child.status == status
    assert spoken(twilio) == ["Sorry."]


async def test_a_number_where_nobody_is_fails(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = dialling()
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    assert outcome(customer)["DialCallStatus"] == "failed"


async def test_without_an_action_the_verb_below_runs(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    response = VoiceResponse()
    response.dial(CALLEE)
    response.say("Goodbye.")
    customer.pages["/voice"] = str(response)
    twilio.handset(CALLEE, script=[{"hang_up": True}])
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    assert spoken(twilio, line.call_sid) == ["Goodbye."]


async def test_the_caller_who_hangs_up_ends_both_and_the_action_is_still_asked(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling()
    callee = twilio.handset(CALLEE)
    line = await caller.dial(NUMBER)
    answered = await callee.next_call()
    await answered.wait_until("in-progress")
    await line.silence(3.0)
    await line.hang_up()
    await twilio.wait_until_idle()
    assert answered.status == "completed"
    told = outcome(customer)
    assert (told["CallStatus"], told["DialCallStatus"], told["DialBridged"]) == ("completed", "completed", "true")
    assert told["DialCallDuration"] == child_of(twilio, line).duration == "3"


async def test_the_caller_who_hangs_up_stops_the_ringing(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling()
    callee = twilio.handset(CALLEE, behavior="ring")
    line = await caller.dial(NUMBER)
    ringing = await callee.next_call()
    await line.silence(2.0)
    await line.hang_up()
    await twilio.wait_until_idle()
    assert ringing.status == child_of(twilio, line).status == "canceled"
    told = outcome(customer)
    assert (told["CallStatus"], told["DialCallStatus"], told["DialBridged"]) == ("completed", "no-answer", "false")


async def test_the_caller_hears_ringing_until_the_answer(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling()
    callee = twilio.handset(CALLEE, answer_after=14.0, script=[{"silence": 2}, {"hang_up": True}])
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    heard = line.heard.pcm
    ringback = [second for second in range(1, 16) if np.abs(heard[second * 8000 : (second + 1) * 8000]).max() > 500]
    assert ringback == [1, 2, 6, 7, 8, 12, 13, 14][: len(ringback)]
    assert callee.phone_number == CALLEE


async def test_with_answer_on_bridge_the_caller_goes_on_ringing(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling(answer_on_bridge=True)
    callee = twilio.handset(CALLEE, behavior="ring")
    line = await caller.dial(NUMBER)
    answered = await callee.next_call()
    assert line.status == "ringing"
    assert twilio.client().calls(line.call_sid).fetch().status == "ringing"
    await answered.answer()
    await line.wait_until("in-progress")
    hello = tone_line(440, 0.5)
    await line.play(hello)
    await line.silence(0.1)
    assert hello in answered.heard.ulaw()
    assert seconds_of(440, line.heard.pcm) == 0.0, "nothing rings in the ear of somebody who is bridged at once"
    await answered.hang_up()
    await line.wait_until("completed")


async def test_keys_cross_the_bridge(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = dialling()
    callee = twilio.handset(CALLEE)
    line = await caller.dial(NUMBER)
    answered = await callee.next_call()
    await answered.wait_until("in-progress")
    await line.press("12*")
    assert await answered.wait_for_digits(3) == "12*"
    await answered.press("9")
    assert await line.wait_for_digits(1) == "9"
    assert (line.status, answered.status) == ("in-progress", "in-progress")
    await line.hang_up()


async def test_star_ends_the_leg_and_the_call_goes_on(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling(hangup_on_star=True)
    customer.pages["/done"] = "<Response><Say>You left.</Say></Response>"
    callee = twilio.handset(CALLEE)
    line = await caller.dial(NUMBER)
    answered = await callee.next_call()
    await answered.wait_until("in-progress")
    await line.press("1*")
    await answered.wait_until("completed")
    await line.wait_until("completed")
    assert outcome(customer)["DialCallStatus"] == "completed"
    assert spoken(twilio) == ["You left."]


async def test_a_time_limit_ends_the_leg(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = dialling(time_limit=7)
    twilio.handset(CALLEE)
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    assert outcome(customer)["DialCallDuration"] == "7"
    assert child_of(twilio, line).duration == "7"


async def test_keys_are_sent_and_the_screening_is_heard_before_the_bridge(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = Dial(action="/done")
    dial.number(CALLEE, send_digits="wW42", url="/screen")
    response = VoiceResponse()
    response.append(dial)
    customer.pages |= {"/voice": str(response), "/screen": "<Response><Say>A call for you.</Say></Response>"}
    callee = twilio.handset(CALLEE)
    line = await caller.dial(NUMBER)
    answered = await callee.next_call()
    assert await answered.wait_for_digits(2) == "42"
    await answered.silence(10.0)
    hello = tone_line(440, 0.5)
    await line.play(hello)
    await line.silence(0.1)
    assert hello in answered.heard.ulaw()
    child = child_of(twilio, line)
    [form] = customer.forms("/screen")
    assert (form["CallSid"], form["ParentCallSid"], form["CallStatus"]) == (child.sid, line.call_sid, "in-progress")
    assert spoken(twilio, child.sid) == ["A call for you."]
    await answered.hang_up()
    await line.wait_until("completed")


async def test_a_screening_that_hangs_up_is_no_bridge(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    dial = Dial(action="/done")
    dial.number(CALLEE, url="/screen")
    response = VoiceResponse()
    response.append(dial)
    gather = "<Response><Gather numDigits='1' action='/key'/><Hangup/></Response>"
    customer.pages |= {"/voice": str(response), "/screen": gather, "/key": "<Response><Hangup/></Response>"}
    twilio.handset(CALLEE, script=[{"press": "2"}])
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    told = outcome(customer)
    assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "false")


def two(first: dict[str, str] | None = None, second: dict[str, str] | None = None, **attributes: object) -> str:
    dial = Dial(**{"action": "/done", **attributes})
    dial.number(CALLEE, **(first or {}))
    dial.number(OTHER, **(second or {}))
    response = VoiceResponse()
    response.append(dial)
    return str(response)


async def test_of_two_that_ring_the_first_to_answer_wins(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = two()
    twilio.handset(CALLEE, answer_after=9.0)
    winner = twilio.handset(OTHER, answer_after=4.0, script=[{"silence": 2}, {"hang_up": True}])
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    children = {child.to: child for child in twilio.client().calls.list(parent_call_sid=line.call_sid)}
    assert {to: child.status for to, child in children.items()} == {CALLEE: "canceled", OTHER: "completed"}
    assert outcome(customer)["DialCallSid"] == children[winner.phone_number].sid


async def test_in_sequence_the_second_rings_when_the_first_has_given_up(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = two(sequential=True)
    twilio.handset(CALLEE, behavior="busy")
    twilio.handset(OTHER, script=[{"hang_up": True}])
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    second, first = twilio.client().calls.list(parent_call_sid=line.call_sid)
    assert [(first.to, first.status), (second.to, second.status)] == [(CALLEE, "busy"), (OTHER, "completed")]
    assert outcome(customer)["DialCallSid"] == second.sid


async def test_the_first_who_passes_the_screening_wins(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = two({"url": "/long"}, {"url": "/short"})
    customer.pages |= {"/long": "<Response><Pause length='9'/></Response>", "/short": "<Response><Pause/></Response>"}
    slow = twilio.handset(CALLEE, answer_after=1.0)
    twilio.handset(OTHER, answer_after=4.0, script=[{"silence": 5}, {"hang_up": True}])
    line = await caller.dial(NUMBER)
    loser = await slow.next_call()
    await line.wait_until("completed")
    assert loser.status == "completed"
    children = {child.to: child for child in twilio.client().calls.list(parent_call_sid=line.call_sid)}
    assert outcome(customer)["DialCallSid"] == children[OTHER].sid


async def test_another_of_the_accounts_numbers_is_dialled_like_any(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    twilio.add_number(OTHER, voice_url=f"{customer.url}/other")
    customer.pages |= {"/voice": dialling(OTHER), "/other": "<Response><Play digits='5'/><Pause/></Response>"}
    line = await caller.dial(NUMBER)
    assert await line.wait_for_digits(1) == "5"
    await line.wait_until("completed")
    directions = sorted(call.direction for call in twilio.client().calls.list())
    assert directions == ["inbound", "inbound", "outbound-dial"]
    assert outcome(customer)["DialCallStatus"] == "completed"


@pytest.mark.parametrize("change", ["redirect", "complete"])
async def test_rest_takes_the_caller_out_of_the_bridge(
    twilio: TwilioEmulator, customer: Customer, caller: Handset, change: str
) -> None:
    customer.pages["/voice"] = dialling()
    callee = twilio.handset(CALLEE)
    line = await caller.dial(NUMBER)
    answered = await callee.next_call()
    await answered.wait_until("in-progress")
    call = twilio.client().calls(line.call_sid)
    if change == "redirect":
        call.update(twiml="<Response><Say>Elsewhere.</Say></Response>")
    else:
        call.update(status="completed")
    await answered.wait_until("completed")
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert spoken(twilio) == (["Elsewhere."] if change == "redirect" else [])
    assert len(customer.forms("/done")) == (0 if change == "redirect" else 1)


async def test_a_leg_that_rest_redirects_goes_its_own_way(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling()
    customer.pages["/done"] = "<Response><Pause length='2'/></Response>"
    callee = twilio.handset(CALLEE)
    line = await caller.dial(NUMBER)
    answered = await callee.next_call()
    await answered.wait_until("in-progress")
    child = child_of(twilio, line)
    child.update(twiml="<Response><Pause length='9'/><Say>Alone.</Say></Response>")
    await line.wait_until("completed")
    assert answered.status == "in-progress"
    assert outcome(customer)["DialCallStatus"] == "completed"
    await answered.wait_until("completed")
    assert spoken(twilio, child.sid) == ["Alone."]


async def test_rest_cancels_a_leg_that_rings(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = dialling()
    callee = twilio.handset(CALLEE, behavior="ring")
    line = await caller.dial(NUMBER)
    await callee.next_call()
    child_of(twilio, line).update(status="canceled")
    await line.wait_until("completed")
    assert outcome(customer)["DialCallStatus"] == "canceled"


async def test_what_may_not_be_shown_gives_way_to_the_callers_number(
    twilio: TwilioEmulator, customer: Customer, caller: Handset
) -> None:
    customer.pages["/voice"] = dialling(caller_id=OTHER)
    twilio.handset(CALLEE, script=[{"hang_up": True}])
    line = await caller.dial(NUMBER)
    await line.wait_until("completed")
    assert child_of(twilio, line)._from == CALLER
    assert codes(twilio) == [13214]


async def test_nothing_outlives_the_call(twilio: TwilioEmulator, customer: Customer, caller: Handset) -> None:
    customer.pages["/voice"] = two()
    twilio.handset(CALLEE)
    twilio.handset(OTHER, answer_after=3.0)
    line = await caller.dial(NUMBER)
    await line.silence(5.0)
    await line.hang_up()
    await twilio.wait_until_idle()
    core = twilio._core
    assert core.exchange.live_calls == ()
    assert len(core.rooms.pump) == 0
    assert core.rooms.clock.agenda.happenings <= 1, "the heartbeat turns once more, and finds nobody"
