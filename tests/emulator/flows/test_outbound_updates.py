"""REST changes a call that is under way: cancels it, completes it, puts other TwiML in charge."""

import pytest
from customer import Customer
from journal_views import codes, spoken
from twilio.base.exceptions import TwilioRestException

from twilio_emulator import CallOver, Handset, Line, TwilioEmulator

NUMBER = "+15550001111"
CALLEE = "+15557770001"
ALL_EVENTS = ["initiated", "ringing", "answered", "completed"]

OLD = {
    "Say": "<Response><Say>Old words, and very many of them, one after the other.</Say><Say>Never.</Say></Response>",
    "Gather": "<Response><Gather timeout='30' numDigits='1' action='http://127.0.0.1:1/'/><Say>Never.</Say></Response>",
    "Pause": '<Response><Pause length="30"/><Say>Never.</Say></Response>',
    "Play digits": '<Response><Play digits="1W2W3W4W5"/><Say>Never.</Say></Response>',
}
NEW = "<Response><Say>New words.</Say></Response>"


@pytest.fixture
def phone(twilio: TwilioEmulator) -> Handset:
    """Rings until the test answers."""
    twilio.add_number(NUMBER)
    return twilio.handset(CALLEE, behavior="ring")


def place(twilio: TwilioEmulator, customer: Customer, *, twiml: str = OLD["Pause"], **more: object) -> str:
    call = twilio.client().calls.create(
        to=CALLEE,
        from_=NUMBER,
        twiml=twiml,
        status_callback=f"{customer.url}/status",
        status_callback_event=ALL_EVENTS,
        **more,
    )
    return call.sid


async def answered(twilio: TwilioEmulator, customer: Customer, phone: Handset, **more: object) -> Line:
    """A call that has been up for a second."""
    place(twilio, customer, **more)
    line = await phone.next_call()
    await line.answer()
    await line.silence(1.0)
    return line


def told(customer: Customer) -> list[str]:
    return [form["CallStatus"] for form in customer.forms("/status")]


@pytest.mark.parametrize("status", ["canceled", "completed"])
async def test_a_call_that_is_still_queued_is_canceled_without_a_word(
    twilio: TwilioEmulator, customer: Customer, phone: Handset, status: str
) -> None:
    sid = place(twilio, customer)
    assert twilio.client().calls(sid).update(status=status).status == "canceled"
    await twilio.wait_for_call(sid, "canceled")
    await twilio.wait_until_idle()
    assert told(customer) == []
    assert "rings" not in twilio.timeline(sid)


@pytest.mark.parametrize("status", ["canceled", "completed"])
async def test_a_call_that_rings_is_canceled_and_the_phone_stops_ringing(
    twilio: TwilioEmulator, customer: Customer, phone: Handset, status: str
) -> None:
    sid = place(twilio, customer)
    line = await phone.next_call()
    assert twilio.client().calls(sid).update(status=status).status == "canceled"
    await line.wait_until("canceled")
    assert told(customer) == ["initiated", "ringing", "canceled"]
    last = customer.forms("/status")[-1]
    assert (last["CallDuration"], last["SipResponseCode"]) == ("0", "487")


async def test_a_call_is_canceled_before_the_network_reaches_the_phone(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    sid = place(twilio, customer, status_callback_method="POST")
    customer.pages["/status"] = lambda _: twilio.client().calls(sid).update(status="canceled") and ""
    await twilio.wait_for_call(sid, "canceled")
    await twilio.wait_until_idle()
    assert told(customer) == ["initiated", "canceled"]
    assert "rings" not in twilio.timeline(sid)


async def test_a_call_in_progress_is_completed(twilio: TwilioEmulator, customer: Customer, phone: Handset) -> None:
    line = await answered(twilio, customer, phone)
    assert twilio.client().calls(line.call_sid).update(status="completed").status == "completed"
    await line.wait_until("completed")
    assert told(customer)[-1] == "completed"
    assert spoken(twilio) == []


async def test_a_call_in_progress_cannot_be_canceled(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone)
    assert twilio.client().calls(line.call_sid).update(status="canceled").status == "in-progress"
    await line.silence(1.0)
    assert line.status == "in-progress"


@pytest.mark.parametrize("verb", list(OLD))
async def test_a_url_takes_over_in_the_middle_of_a_verb(
    twilio: TwilioEmulator, customer: Customer, phone: Handset, verb: str
) -> None:
    customer.pages["/new"] = NEW
    line = await answered(twilio, customer, phone, twiml=OLD[verb])
    twilio.client().calls(line.call_sid).update(url=f"{customer.url}/new")
    await line.wait_until("completed")
    assert spoken(twilio)[-1] == "New words."
    assert "Never." not in spoken(twilio)
    (form,) = customer.forms("/new")
    assert (form["CallSid"], form["CallStatus"]) == (line.call_sid, "in-progress")
    assert told(customer) == ["initiated", "ringing", "in-progress", "completed"]


@pytest.mark.parametrize("verb", list(OLD))
async def test_twiml_takes_over_in_the_middle_of_a_verb(
    twilio: TwilioEmulator, customer: Customer, phone: Handset, verb: str
) -> None:
    line = await answered(twilio, customer, phone, twiml=OLD[verb])
    already_heard = line.heard.seconds
    twilio.client().calls(line.call_sid).update(twiml="<Response><Pause length='2'/><Say>New words.</Say></Response>")
    await line.silence(1.5)
    assert not line.heard.pcm[int(already_heard * 8000) + 320 :].any()  # what was playing plays no more
    await line.wait_until("completed")
    assert spoken(twilio)[-1] == "New words."
    assert "Never." not in spoken(twilio)


async def test_keys_for_a_gather_that_was_replaced_go_nowhere(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, twiml=OLD["Gather"])
    twilio.client().calls(line.call_sid).update(twiml=OLD["Pause"])
    await line.press("1")
    await line.silence(2.0)
    assert (line.status, codes(twilio)) == ("in-progress", [])


async def test_twiml_takes_over_while_a_document_is_being_fetched(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    def slow_page(_: dict[str, str]) -> str:
        twilio.client().calls(line.call_sid).update(twiml=NEW)
        return "<Response><Say>Never.</Say></Response>"

    customer.pages["/slow"] = slow_page
    line = await answered(twilio, customer, phone)
    twilio.client().calls(line.call_sid).update(url=f"{customer.url}/slow")
    await line.wait_until("completed")
    assert spoken(twilio) == ["New words."]


async def test_digits_that_are_still_being_sent_are_cut_short_by_new_twiml(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone, send_digits="1WWWW2")
    twilio.client().calls(line.call_sid).update(twiml=NEW)
    await line.wait_until("completed")
    assert (line.digits_heard, spoken(twilio)) == ("1", ["New words."])


async def test_the_calls_fallback_stays_when_new_twiml_takes_over(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    customer.pages = {"/new": (500, ""), "/fallback": NEW}
    line = await answered(twilio, customer, phone, fallback_url=f"{customer.url}/fallback")
    twilio.client().calls(line.call_sid).update(url=f"{customer.url}/new")
    await line.wait_until("completed")
    assert customer.forms("/fallback")[0]["ErrorUrl"] == f"{customer.url}/new"
    assert spoken(twilio) == ["New words."]


async def test_a_ringing_call_cannot_be_redirected(twilio: TwilioEmulator, customer: Customer, phone: Handset) -> None:
    sid = place(twilio, customer)
    line = await phone.next_call()
    with pytest.raises(TwilioRestException, match="not in-progress") as refused:
        twilio.client().calls(sid).update(twiml=NEW)
    assert refused.value.code == 21220
    assert line.status == "ringing"


async def test_a_call_that_is_over_takes_no_new_twiml_but_may_be_completed_again(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone)
    await line.hang_up()
    with pytest.raises(TwilioRestException) as refused:
        twilio.client().calls(line.call_sid).update(twiml=NEW)
    assert refused.value.code == 21220
    assert twilio.client().calls(line.call_sid).update(status="completed").status == "completed"
    assert told(customer).count("completed") == 1


async def test_a_shorter_time_limit_holds_for_a_call_in_progress(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    line = await answered(twilio, customer, phone)
    twilio.client().calls(line.call_sid).update(time_limit=2)
    await line.wait_until("completed")
    assert customer.forms("/status")[-1]["CallDuration"] == "2"
    assert codes(twilio) == [32015]


async def test_an_inbound_call_is_ended_by_rest_at_the_moment_it_is_dialled(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    twilio.client().incoming_phone_numbers.list()[0].update(voice_url=f"{customer.url}/voice")
    line = await phone.dial(NUMBER)
    twilio.client().calls(line.call_sid).update(status="completed")
    with pytest.raises(CallOver, match="no-answer"):
        await line.wait_until("in-progress")
    assert customer.seen == []


async def test_a_caller_is_told_when_rest_ends_the_call_before_the_answer(
    twilio: TwilioEmulator, customer: Customer, phone: Handset
) -> None:
    customer.pages["/voice"] = '<Response><Pause length="9"/><Say>Too late.</Say></Response>'
    twilio.client().incoming_phone_numbers.list()[0].update(voice_url=f"{customer.url}/voice")
    line = await phone.dial(NUMBER)
    await twilio.wait_for_call(line.call_sid, "ringing")
    twilio.client().calls(line.call_sid).update(status="canceled")
    await line.wait_until("no-answer")
    assert twilio.client().calls(line.call_sid).fetch().status == "canceled"
