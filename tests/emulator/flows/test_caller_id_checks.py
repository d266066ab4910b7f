"""A number is verified by ringing there and hearing a code; then calls may come from it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from customer import Customer

from twilio_emulator import TwilioEmulator

DOC = Path(__file__).parents[3] / "docs" / "rest.md"
PHONE = "+15552220001"
OTHER = "+15552220002"


def ask(twilio: TwilioEmulator, customer: Customer, **more: object):
    return twilio.client().validation_requests.create(
        phone_number=PHONE, friendly_name="my phone", status_callback=f"{customer.url}/verified", **more
    )


async def test_whoever_answers_and_keys_the_code_has_verified_the_number(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    phone = twilio.handset(PHONE, behavior="ring")
    asked = ask(twilio, customer)
    line = await phone.next_call()
    await line.answer()
    await line.wait_for_speech()
    await line.press(asked.validation_code)
    await twilio.wait_for_call(asked.call_sid)
    await twilio.wait_until_idle()

    [caller_id] = twilio.client().outgoing_caller_ids.list()
    assert (caller_id.phone_number, caller_id.friendly_name) == (PHONE, "my phone")
    [told] = customer.forms("/verified")
    assert (told["VerificationStatus"], told["OutgoingCallerIdSid"]) == ("success", caller_id.sid)
    assert (told["CallSid"], told["To"], told["CallStatus"]) == (asked.call_sid, PHONE, "completed")

    twilio.handset(OTHER)
    call = twilio.client().calls.create(to=OTHER, from_=PHONE, twiml="<Response/>")
    await twilio.wait_for_call(call.sid)


def another(code: str) -> str:
    return code[:-1] + ("1" if code[-1] == "0" else "0")


@pytest.mark.parametrize("keys", [another, lambda code: code[:3]], ids=["a wrong code", "half of a code"])
async def test_anything_else_verifies_nothing(
    twilio: TwilioEmulator, customer: Customer, keys: Callable[[str], str]
) -> None:
    phone = twilio.handset(PHONE, behavior="ring")
    asked = ask(twilio, customer)
    line = await phone.next_call()
    await line.answer()
    await line.press(keys(asked.validation_code))
    await twilio.wait_for_call(asked.call_sid)
    await twilio.wait_until_idle()
    [told] = customer.forms("/verified")
    assert told["VerificationStatus"] == "failed"
    assert "OutgoingCallerIdSid" not in told
    assert twilio.client().outgoing_caller_ids.list() == []


async def test_a_number_where_nobody_answers_is_not_verified(twilio: TwilioEmulator, customer: Customer) -> None:
    twilio.handset(PHONE, behavior="busy")
    asked = ask(twilio, customer)
    await twilio.wait_for_call(asked.call_sid, "busy")
    await twilio.wait_until_idle()
    assert [told["VerificationStatus"] for told in customer.forms("/verified")] == ["failed"]


async def test_the_call_waits_and_dials_the_extension_first(twilio: TwilioEmulator, customer: Customer) -> None:
    phone = twilio.handset(PHONE, behavior="ring")
    asked = ask(twilio, customer, call_delay=30, extension="42")
    line = await phone.next_call()
    await line.answer()
    assert await line.wait_for_digits(2) == "42"
    await line.press(asked.validation_code)
    await twilio.wait_for_call(asked.call_sid)
    call = twilio.client().calls(asked.call_sid).fetch()
    assert int(call.queue_time) == 30_000
    assert len(twilio.client().outgoing_caller_ids.list()) == 1


async def test_the_example_of_the_documentation_verifies_a_number(twilio: TwilioEmulator) -> None:
    [example] = re.findall(r"```python\n(async def verify.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Callable[..., object]] = {}
    exec(example, names)
    await names["verify"](twilio, PHONE)  # type: ignore[misc]
    assert [found.phone_number for found in twilio.client().outgoing_caller_ids.list()] == [PHONE]
