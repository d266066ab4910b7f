"""`<Refer>` through the whole emulator: SIP users who dial, are dialled, and are called by REST."""

import pytest
from customer import Customer
from journal_views import codes
from twilio.twiml.voice_response import Refer, VoiceResponse

from twilio_emulator import TwilioEmulator

NUMBER = "+15550001111"
CALLER = "+15557770001"
BOB = "sip:bob@example.com"
ALICE = "sip:alice@example.com"


def referring() -> str:
    refer = Refer(action="/referred")
    refer.sip(ALICE)
    response = VoiceResponse()
    response.append(refer)
    return str(response)


def result(customer: Customer) -> tuple[str | None, ...]:
    [form] = customer.forms("/referred")
    names = ("CallStatus", "ReferCallStatus", "ReferSipResponseCode", "NotifySipResponseCode")
    return tuple(form.get(name) for name in names)


async def test_a_sip_user_who_accepts_leaves_the_call(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_number(NUMBER)
    twilio.handset(BOB)
    customer.pages = {"/voice": referring(), "/referred": "<Response><Play digits='5'/></Response>"}
    call = twilio.client().calls.create(to=BOB, from_=NUMBER, url=f"{customer.url}/voice")
    await twilio.wait_for_call(call.sid)
    await twilio.wait_until_idle()
    assert result(customer) == ("in-progress", "in-progress", "202", "200")
    assert call.fetch().duration == "1"


@pytest.mark.parametrize(
    ("on_refer", "told"),
    [("busy", ("in-progress", "busy", "202", "486")), ("reject", ("in-progress", "failed", "405", None))],
)
async def test_one_who_stays_hears_what_the_action_answers(
    twilio: TwilioEmulator, customer: Customer, on_refer: str, told: tuple[str | None, ...]
) -> None:
    application = twilio.client().applications.create(voice_url=f"{customer.url}/voice")
    customer.pages = {"/voice": referring(), "/referred": "<Response><Play digits='5'/></Response>"}
    phone = twilio.handset(BOB, on_refer=on_refer, application=application.sid)
    line = await phone.dial("sip:pbx@acme.sip.twilio.com")
    assert await line.wait_for_digits(1) == "5"
    await line.wait_until("completed")
    assert result(customer) == told


async def test_one_who_hangs_up_before_the_new_call_is_answered_has_canceled_it(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    twilio.add_number(NUMBER)
    bob = twilio.handset(BOB)
    customer.pages = {"/voice": referring(), "/referred": "<Response/>"}
    call = twilio.client().calls.create(to=BOB, from_=NUMBER, url=f"{customer.url}/voice")
    line = await bob.next_call()
    await line.wait_until("in-progress")
    await line.silence(0.5)
    await line.hang_up()
    await twilio.wait_for_call(call.sid)
    await twilio.wait_until_idle()
    assert result(customer) == ("completed", "canceled", "202", "180")


async def test_the_sip_leg_of_a_dial_is_referred_by_rest(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    dial = VoiceResponse()
    dial.dial().sip(BOB)
    dial.play(digits="7")
    customer.pages = {"/voice": str(dial), "/refer": referring(), "/referred": "<Response/>"}
    bob = twilio.handset(BOB)
    line = await twilio.handset(CALLER).dial(NUMBER)
    leg = await bob.next_call()
    await leg.wait_until("in-progress")
    twilio.client().calls(leg.call_sid).update(url=f"{customer.url}/refer")
    await leg.wait_until("completed")
    assert await line.wait_for_digits(1) == "7", "the other leg goes on with its document"
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert result(customer) == ("in-progress", "in-progress", "202", "200")


async def test_a_telephone_cannot_be_referred(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    customer.pages = {"/voice": referring()}
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    assert codes(twilio) == [13801]


async def test_what_comes_of_a_refer_is_one_of_three(twilio: TwilioEmulator) -> None:
    with pytest.raises(ValueError, match="on_refer is 'maybe'; give one of: accept, reject, busy"):
        twilio.handset(BOB, on_refer="maybe")
