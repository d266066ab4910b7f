"""An application that takes its time with a callback keeps nobody else waiting."""

import asyncio

from customer import Customer

from twilio_emulator import TwilioEmulator

NUMBER, CALLEE, OTHER = "+15550001111", "+15557770001", "+15557770002"


async def test_no_reply_of_the_api_waits_for_a_callback_endpoint(twilio: TwilioEmulator, customer: Customer) -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slow_page(_: dict[str, str]) -> str:
        asked.set()
        await may_answer.wait()
        return ""

    customer.pages["/status"] = slow_page
    twilio.add_number(NUMBER)
    for number in (CALLEE, OTHER):
        twilio.handset(number)
    calls = twilio.client().calls
    told = calls.create(
        to=CALLEE,
        from_=NUMBER,
        twiml="<Response><Hangup/></Response>",
        status_callback=f"{customer.url}/status",
        status_callback_event=["initiated"],
    )
    over = asyncio.create_task(twilio.wait_for_call(told.sid))
    await asked.wait()

    # The SDK is synchronous: while it asks, the application, which lives on this loop, cannot answer the callback.
    other = calls.create(to=OTHER, from_=NUMBER, twiml="<Response/>")
    assert {call.sid for call in calls.list()} == {told.sid, other.sid}
    assert calls(told.sid).fetch().status == "queued"
    assert calls(other.sid).update(status="canceled").status == "canceled"

    may_answer.set()
    await over
