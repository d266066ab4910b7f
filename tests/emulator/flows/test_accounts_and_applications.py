"""Sub-accounts and applications in calls: whose token signs, who answers, what sleeps."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, encode_basic_auth, web
from aiohttp.test_utils import TestServer
from customer import Customer
from twilio.request_validator import RequestValidator
from twilio.rest.api.v2010.account import AccountInstance

from twilio_emulator import TwilioEmulator
from twilio_emulator.journal import Problem

CALLER = "+15552220001"
NUMBER = "+15551110001"
HELLO = "<Response><Say>Hello.</Say></Response>"


@pytest.fixture
def sub(twilio: TwilioEmulator) -> AccountInstance:
    return twilio.client().api.v2010.accounts.create(friendly_name="sub")


@pytest.fixture
async def sub_customer(sub: AccountInstance) -> AsyncIterator[Customer]:
    """An application that knows the sub-account's token, and refuses what another one has signed."""
    app = Customer(sub.auth_token)
    await app.start()
    yield app
    await app.stop()


async def test_an_inbound_call_of_a_sub_account_is_signed_with_its_own_token(
    twilio: TwilioEmulator, sub: AccountInstance, sub_customer: Customer
) -> None:
    sub_customer.pages["/voice"] = HELLO
    numbers = twilio.client().api.v2010.accounts(sub.sid).incoming_phone_numbers
    numbers.create(
        phone_number=NUMBER, voice_url=f"{sub_customer.url}/voice", status_callback=f"{sub_customer.url}/status"
    )
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert sub_customer.unsigned == []
    [asked], [told] = sub_customer.forms("/voice"), sub_customer.forms("/status")
    assert asked["AccountSid"] == told["AccountSid"] == sub.sid
    assert [call.sid for call in twilio.client().api.v2010.accounts(sub.sid).calls.list()] == [line.call_sid]
    assert twilio.client().calls.list() == []


async def test_an_outbound_call_of_a_sub_account_is_signed_with_its_own_token(
    twilio: TwilioEmulator, sub: AccountInstance, sub_customer: Customer
) -> None:
    sub_customer.pages["/voice"] = HELLO
    twilio.handset(CALLER)
    account = twilio.client().api.v2010.accounts(sub.sid)
    account.incoming_phone_numbers.create(phone_number=NUMBER)
    call = account.calls.create(to=CALLER, from_=NUMBER, url=f"{sub_customer.url}/voice")
    await twilio.wait_for_call(call.sid)
    assert sub_customer.unsigned == []
    [form] = sub_customer.forms("/voice")
    assert (form["AccountSid"], form["CallSid"]) == (sub.sid, call.sid)


async def test_a_stream_of_a_sub_account_is_signed_with_its_own_token(
    twilio: TwilioEmulator, sub: AccountInstance, sub_customer: Customer
) -> None:
    signatures: list[str] = []

    async def accept(request: web.Request) -> web.WebSocketResponse:
        signatures.append(request.headers["X-Twilio-Signature"])
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get("/stream", accept)
    async with TestServer(app) as server:
        url = str(server.make_url("/stream")).replace("http", "ws")
        sub_customer.pages["/voice"] = f'<Response><Connect><Stream url="{url}"/></Connect></Response>'
        twilio.client().api.v2010.accounts(sub.sid).incoming_phone_numbers.create(
            phone_number=NUMBER, voice_url=f"{sub_customer.url}/voice"
        )
        line = await twilio.handset(CALLER).dial(NUMBER)
        await line.wait_until("completed")
    assert signatures == [RequestValidator(sub.auth_token).compute_signature(url, {})]


async def test_only_the_main_account_and_its_keys_control_the_emulator(
    twilio: TwilioEmulator, sub: AccountInstance
) -> None:
    key = twilio.client().new_keys.create()
    handset = {"phone_number": CALLER}
    url = f"{twilio.base_url}/emulator/v1/handsets"
    async with ClientSession() as session:
        statuses = []
        for user, secret in ((sub.sid, sub.auth_token), (key.sid, "wrong"), (key.sid, key.secret)):
            async with session.post(
                url, json=handset, headers={"Authorization": encode_basic_auth(user, secret)}
            ) as reply:
                statuses.append(reply.status)
    assert statuses == [401, 401, 201]


async def test_a_numbers_application_answers_in_its_place(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/app"] = HELLO
    app = twilio.client().applications.create(
        voice_url=f"{customer.url}/app", voice_method="GET", status_callback=f"{customer.url}/app_status"
    )
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/own", status_callback=f"{customer.url}/own_status")
    [number] = twilio.client().incoming_phone_numbers.list()
    number.update(voice_application_sid=app.sid)
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    assert [seen.path for seen in customer.seen] == ["/app", "/app_status"]
    assert customer.seen[0].method == "GET"


async def test_a_calls_application_tells_it_what_to_say(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/app"] = HELLO
    app = twilio.client().applications.create(
        voice_url=f"{customer.url}/app", status_callback=f"{customer.url}/app_status"
    )
    twilio.add_number(NUMBER)
    twilio.handset(CALLER)
    call = twilio.client().calls.create(to=CALLER, from_=NUMBER, application_sid=app.sid)
    await twilio.wait_for_call(call.sid)
    await twilio.wait_until_idle()
    assert [seen.path for seen in customer.seen] == ["/app", "/app_status"]


async def test_calls_to_an_account_that_sleeps_fail_and_the_journal_says_why(
    twilio: TwilioEmulator, sub: AccountInstance, sub_customer: Customer
) -> None:
    twilio.client().api.v2010.accounts(sub.sid).incoming_phone_numbers.create(
        phone_number=NUMBER, voice_url=f"{sub_customer.url}/voice"
    )
    sub.update(status="suspended")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("failed")
    assert sub_customer.seen == []
    assert [problem.code for problem in twilio.journal.of(Problem)] == [10001]


async def test_after_a_reset_the_main_account_is_alone(twilio: TwilioEmulator, sub: AccountInstance) -> None:
    client = twilio.client()
    client.applications.create()
    client.new_keys.create()
    await twilio.reset()
    assert [account.sid for account in client.api.v2010.accounts.list()] == [twilio.account_sid]
    assert (client.applications.list(), client.keys.list()) == ([], [])
