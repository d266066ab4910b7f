"""The official SDK places a call to a phone: every way it can end, and what the app is told on the way.

`client().calls.create` blocks, and is called from inside the test's own event loop: that must not deadlock.
"""

from email.utils import parsedate_to_datetime
from itertools import pairwise

import pytest
from customer import Customer
from journal_views import codes, spoken
from twilio.base.exceptions import TwilioRestException

from twilio_emulator import TwilioEmulator

NUMBER = "+15550001111"
CALLEE = "+15557770001"
ALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
GREETING = "<Response><Say>Hello.</Say></Response>"


@pytest.fixture(autouse=True)
def owned_number(twilio: TwilioEmulator) -> None:
    twilio.add_number(NUMBER)


def place(twilio: TwilioEmulator, customer: Customer, **more: object) -> str:
    """Place a call; returns its sid."""
    wishes = {
        "twiml": GREETING,
        "status_callback": f"{customer.url}/status",
        "status_callback_event": ALL_EVENTS,
        **more,
    }
    if "url" in more:
        del wishes["twiml"]
    call = twilio.client().calls.create(to=CALLEE, from_=NUMBER, **wishes)
    assert call.status == "queued"
    return call.sid


def told(customer: Customer) -> list[str]:
    return [form["CallStatus"] for form in customer.forms("/status")]


async def test_an_answered_call_from_queue_to_completion(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/voice"] = GREETING
    twilio.handset(CALLEE, answer_after=2.0)
    sid = place(twilio, customer, url=f"{customer.url}/voice")
    await twilio.wait_for_call(sid)

    (voice,) = customer.forms("/voice")
    assert voice["CallSid"] == sid
    assert (voice["CallStatus"], voice["Direction"]) == ("in-progress", "outbound-api")
    assert (voice["From"], voice["To"]) == (NUMBER, CALLEE)
    forms = customer.forms("/status")
    assert told(customer) == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in forms] == ["0", "1", "2", "3"]
    assert {form["Direction"] for form in forms} == {"outbound-api"}
    assert {form["CallbackSource"] for form in forms} == {"call-progress-events"}
    times = [parsedate_to_datetime(form["Timestamp"]) for form in forms]
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert [("CallDuration" in form, "Duration" in form) for form in forms] == [(False, False)] * 3 + [(True, True)]
    call = twilio.client().calls(sid).fetch()
    assert (call.status, call.duration) == ("completed", forms[-1]["CallDuration"])
    assert (call.end_time - call.start_time).total_seconds() >= int(call.duration)
    assert forms[-1]["Duration"] == "1"  # minutes, begun
    assert spoken(twilio) == ["Hello."]


@pytest.mark.parametrize(
    ("behavior", "statuses", "sip_code"),
    [
        ("answer", ["initiated", "ringing", "in-progress", "completed"], "200"),
        ("busy", ["initiated", "busy"], "486"),
        ("no-answer", ["initiated", "ringing", "no-answer"], "487"),
        ("reject", ["initiated", "ringing", "no-answer"], "487"),
        ("unreachable", ["initiated", "failed"], "404"),
        ("nobody there", ["initiated", "failed"], "404"),
    ],
)
async def test_every_behaviour_of_a_phone_has_its_own_ending(
    twilio: TwilioEmulator, customer: Customer, behavior: str, statuses: list[str], sip_code: str
) -> None:
    if behavior != "nobody there":
        twilio.handset(CALLEE, behavior=behavior)
    sid = place(twilio, customer, timeout=5)
    await twilio.wait_for_call(sid, statuses[-1])

    assert told(customer) == statuses
    last = customer.forms("/status")[-1]
    assert last["SipResponseCode"] == sip_code
    assert last["SequenceNumber"] == str(len(statuses) - 1)
    assert (last["CallDuration"] == "0") == (behavior != "answer")
    fetched = twilio.client().calls(sid).fetch()
    assert fetched.status == statuses[-1]
    assert (fetched.duration is None) == (behavior != "answer")


async def test_a_number_where_nobody_is_gets_a_hint_in_the_journal(twilio: TwilioEmulator, customer: Customer) -> None:
    sid = place(twilio, customer)
    await twilio.wait_for_call(sid, "failed")
    assert f'twilio.handset("{CALLEE}")' in twilio.timeline(sid)


async def test_a_phone_rings_for_as_long_as_timeout_says(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.handset(CALLEE, behavior="no-answer")
    sid = place(twilio, customer, timeout=7)
    await twilio.wait_for_call(sid, "no-answer")
    call = twilio.client().calls(sid).fetch()
    assert (call.end_time - call.start_time).total_seconds() == 7


@pytest.mark.parametrize(
    ("events", "heard_of"),
    [
        (None, [("completed", "3")]),
        (["answered"], [("in-progress", "2")]),
        (["ringing", "completed"], [("ringing", "1"), ("completed", "3")]),
    ],
)
async def test_only_the_events_subscribed_to_are_told_and_all_are_counted(
    twilio: TwilioEmulator, customer: Customer, events: list[str] | None, heard_of: list[tuple[str, str]]
) -> None:
    twilio.handset(CALLEE)
    more = {} if events is None else {"status_callback_event": events}
    call = twilio.client().calls.create(
        to=CALLEE, from_=NUMBER, twiml=GREETING, status_callback=f"{customer.url}/status", **more
    )
    await twilio.wait_for_call(call.sid)
    assert [(form["CallStatus"], form["SequenceNumber"]) for form in customer.forms("/status")] == heard_of


async def test_status_callbacks_can_be_asked_for_by_get(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.handset(CALLEE)
    sid = place(twilio, customer, status_callback_method="GET")
    await twilio.wait_for_call(sid)
    assert {seen.method for seen in customer.seen} == {"GET"}
    assert told(customer) == ["initiated", "ringing", "in-progress", "completed"]


async def test_a_callback_that_fails_does_not_disturb_the_call(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/status"] = (500, "boom")
    twilio.handset(CALLEE)
    sid = place(twilio, customer)
    await twilio.wait_for_call(sid)
    assert spoken(twilio) == ["Hello."]
    assert codes(twilio) == [15003] * 4


async def test_send_digits_are_heard_before_the_document_is_asked_for(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    heard_when_asked = []

    def page(_: dict[str, str]) -> str:
        heard_when_asked.append(line.digits_heard)
        return GREETING

    customer.pages["/voice"] = page
    phone = twilio.handset(CALLEE)
    place(twilio, customer, url=f"{customer.url}/voice", send_digits="ww12#*")
    line = await phone.next_call()
    assert await line.wait_for_digits(2) == "12"
    await line.wait_until("completed")
    assert heard_when_asked == ["12#*"]
    assert line.heard.seconds > 1.0  # two pauses of half a second, then tones


async def test_a_call_is_cut_at_its_time_limit(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.handset(CALLEE)
    sid = place(twilio, customer, twiml='<Response><Pause length="60"/></Response>', time_limit=3)
    await twilio.wait_for_call(sid)
    assert customer.forms("/status")[-1]["CallDuration"] == "3"
    assert codes(twilio) == [32015]


async def test_a_document_that_fails_is_replaced_by_the_calls_fallback(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages = {"/voice": (500, ""), "/fallback": GREETING}
    twilio.handset(CALLEE)
    sid = place(twilio, customer, url=f"{customer.url}/voice", fallback_url=f"{customer.url}/fallback")
    await twilio.wait_for_call(sid)
    (form,) = customer.forms("/fallback")
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11200", f"{customer.url}/voice")
    assert spoken(twilio) == ["Hello."]


async def test_a_phone_is_busy_while_it_is_in_a_call(twilio: TwilioEmulator, customer: Customer) -> None:
    phone = twilio.handset(CALLEE)
    place(twilio, customer, twiml='<Response><Pause length="20"/></Response>')
    line = await phone.next_call()
    await line.wait_until("in-progress")
    second = place(twilio, customer)
    await twilio.wait_for_call(second, "busy")
    assert line.status == "in-progress"


async def test_a_call_to_a_phone_that_the_test_answers_itself(twilio: TwilioEmulator, customer: Customer) -> None:
    phone = twilio.handset(CALLEE, behavior="ring")
    sid = place(twilio, customer)
    line = await phone.next_call()
    assert (line.call_sid, line.status) == (sid, "ringing")
    await line.answer()
    await line.wait_for_speech()
    await line.wait_until("completed")
    assert told(customer) == ["initiated", "ringing", "in-progress", "completed"]


@pytest.mark.parametrize("verb", ["reject", "hang_up"])
async def test_a_call_that_the_test_refuses_was_not_answered(
    twilio: TwilioEmulator, customer: Customer, verb: str
) -> None:
    phone = twilio.handset(CALLEE, behavior="ring")
    sid = place(twilio, customer)
    line = await phone.next_call()
    await getattr(line, verb)()
    await twilio.wait_for_call(sid, "no-answer")
    assert line.status == "no-answer"
    assert told(customer) == ["initiated", "ringing", "no-answer"]


async def test_the_callee_hangs_up_in_the_middle_of_a_word(twilio: TwilioEmulator, customer: Customer) -> None:
    phone = twilio.handset(CALLEE)
    sid = place(twilio, customer)
    line = await phone.next_call()
    await line.wait_for_speech()
    await line.hang_up()
    await twilio.wait_for_call(sid)
    assert told(customer)[-1] == "completed"


async def test_an_application_sid_is_refused_with_its_code(twilio: TwilioEmulator) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.client().calls.create(to=CALLEE, from_=NUMBER, application_sid="AP" + "0" * 32)
    assert (refused.value.status, refused.value.code) == (400, 21218)
    assert twilio.client().calls.list() == []
