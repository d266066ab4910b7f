"""Notifications and Events: what the Debugger shows of what an app did."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from customer import Customer

from twilio_emulator import TwilioEmulator

NUMBER = "+15550001111"
CALLER = "+15557770001"


@pytest.fixture
async def call_sid(twilio: TwilioEmulator, customer: Customer) -> str:
    """A call whose app answers 500, and whose status callback is refused."""
    customer.pages["/voice"] = (500, "Oh no.")
    customer.pages["/status"] = (404, "Where?")
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    return line.call_sid


async def test_what_went_wrong_is_a_notification_with_the_request_it_came_of(
    twilio: TwilioEmulator, customer: Customer, call_sid: str
) -> None:
    client = twilio.client()
    newest, oldest = client.notifications.list()
    assert (newest.error_code, newest.log) == ("15003", "1")
    assert (oldest.error_code, oldest.log) == ("11200", "0")
    assert (oldest.call_sid, oldest.request_method, oldest.request_url) == (call_sid, "POST", f"{customer.url}/voice")
    assert oldest.more_info == "https://www.twilio.com/docs/errors/11200"
    text = parse_qs(oldest.message_text)
    assert (text["LogLevel"], text["httpResponse"], text["ErrorCode"]) == (["ERROR"], ["500"], ["11200"])
    whole = client.notifications(oldest.sid).fetch()
    assert parse_qs(whole.request_variables)["CallSid"] == [call_sid]
    assert whole.response_body == "Oh no."
    assert client.calls(call_sid).notifications(oldest.sid).fetch().response_body == "Oh no."


async def test_notifications_are_found_by_level_date_and_call(twilio: TwilioEmulator, call_sid: str) -> None:
    client = twilio.client()
    assert [one.error_code for one in client.notifications.list(log=0)] == ["11200"]
    assert [one.error_code for one in client.calls(call_sid).notifications.list(log=1)] == ["15003"]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert client.notifications.list(message_date_after=tomorrow.date()) == []
    assert len(client.notifications.list(message_date_before=tomorrow.date())) == 2


async def test_advice_of_the_emulators_own_is_no_notification(twilio: TwilioEmulator) -> None:
    twilio.add_number(NUMBER)
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("failed")
    assert "no voice_url" in twilio.timeline()
    assert twilio.client().notifications.list() == []


async def test_a_refused_request_is_a_notification_of_no_call(twilio: TwilioEmulator) -> None:
    client = twilio.client()
    with pytest.raises(Exception, match="No to number"):
        client.calls.create(to="", from_=NUMBER, twiml="<Response/>")
    [notification] = client.notifications.list()
    assert (notification.error_code, notification.call_sid) == ("21201", None)


async def test_the_events_of_a_call_are_its_requests_the_oldest_first(
    twilio: TwilioEmulator, customer: Customer, call_sid: str
) -> None:
    voice, status = twilio.client().calls(call_sid).events.list()
    assert (voice.request["url"], status.request["url"]) == (f"{customer.url}/voice", f"{customer.url}/status")
    assert voice.request["parameters"]["CallSid"] == call_sid
    assert (voice.response["response_code"], voice.response["response_body"]) == (500, "Oh no.")


async def test_the_first_event_of_a_call_placed_by_rest_is_the_request_that_placed_it(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/voice"] = "<Response/>"
    twilio.add_number(NUMBER)
    twilio.handset(CALLER)
    calls = twilio.client().calls
    call = calls.create(to=CALLER, from_=NUMBER, url=f"{customer.url}/voice", time_limit=60)
    await twilio.wait_for_call(call.sid)
    placed, voice = calls(call.sid).events.list(page_size=1)
    assert placed.request["parameters"]["time_limit"] == "60"
    assert placed.response["response_body"] == f'{{"sid": "{call.sid}"}}'
    assert voice.request["method"] == "POST"


async def test_a_reset_forgets_it_all(twilio: TwilioEmulator, call_sid: str) -> None:
    await twilio.reset()
    assert twilio.client().notifications.list() == []
    assert twilio.client().recordings.list() == []
