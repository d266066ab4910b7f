"""The control API: what a test suite in another language does, over plain HTTP with JSON."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from customer import Customer
from stream_app import StreamApp

from twilio_emulator import TwilioEmulator
from twilio_wire.audio import read_audio

NUMBER = "+15550001111"
CALLER = "+15557770001"
SPEECH = str(Path(__file__).parents[3] / "fixtures_audio" / "speech" / "yes_please.wav")
Control = Callable[..., Awaitable[tuple[int, Any]]]


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
async def control(twilio: TwilioEmulator) -> AsyncIterator[Control]:
    """Sends a request with the account's credentials; returns the status and the JSON of the reply."""
    headers = basic(twilio.account_sid, twilio.auth_token)
    async with aiohttp.ClientSession(f"{twilio.base_url}/emulator/v1/", headers=headers) as session:

        async def send(method: str, path: str, body: object = None, *, raw: bytes | None = None) -> tuple[int, Any]:
            content = {"data": raw} if raw is not None else {"json": body}
            async with session.request(method, path, **content) as reply:
                return reply.status, await reply.json() if reply.content_length else None

        yield send


async def test_a_number_and_a_scripted_caller(twilio: TwilioEmulator, customer: Customer, control: Control) -> None:
    customer.pages = {
        "/voice": "<Response><Gather numDigits='2' action='/choice'><Say>Hello.</Say></Gather></Response>",
        "/choice": "<Response><Pause length='60'/></Response>",
    }
    status, number = await control("POST", "numbers", {"phone_number": NUMBER, "voice_url": f"{customer.url}/voice"})
    assert (status, number["phone_number"], number["sid"][:2]) == (201, NUMBER, "PN")

    script = [
        {"wait_for_speech": True},
        {"wait_for_silence": 0.3},
        {"play": SPEECH},
        {"silence": 0.2},
        {"press": "42"},
        {"silence": 1},
        {"hang_up": True},
    ]
    status, call = await control("POST", "dial", {"from": CALLER, "to": NUMBER, "script": script})
    assert status == 201
    await twilio.wait_for_call(call["call_sid"])
    assert customer.forms("/choice")[0]["Digits"] == "42"

    status, timeline = await control("GET", f"calls/{call['call_sid']}/timeline")
    assert status == 200
    assert {entry["call_sid"] for entry in timeline["entries"]} == {call["call_sid"]}
    actions = [entry["action"] for entry in timeline["entries"] if entry["kind"] == "phone"]
    assert actions == ["hears the answer", "says", "presses", "hangs up"]
    assert timeline["text"] == twilio.timeline(call["call_sid"])
    ended = timeline["entries"][-1]["at_ms"]
    assert ended >= 300 + read_audio(SPEECH).seconds * 1000 + 200 + 400 + 1000


async def test_a_handset_that_answers_with_a_script(twilio: TwilioEmulator, control: Control) -> None:
    await control("POST", "numbers", {"phone_number": NUMBER})
    script = [{"wait_for_digits": 2}, {"press": "5"}, {"hang_up": True}]
    status, phone = await control(
        "POST", "handsets", {"phone_number": "+1 555 777 0001", "answer_after": 2.5, "script": script}
    )
    assert (status, phone) == (
        201,
        {"phone_number": CALLER, "behavior": "answer", "answer_after": 2.5, "script": script},
    )
    twiml = "<Response><Play digits='98'/><Gather numDigits='1'/><Pause length='60'/></Response>"
    call = twilio.client().calls.create(to=CALLER, from_=NUMBER, twiml=twiml)
    await twilio.wait_for_call(call.sid)
    assert "key heard    5" in twilio.timeline(call.sid)
    assert f"{CALLER} hangs up" in twilio.timeline(call.sid)


async def test_a_handset_that_a_machine_answers(twilio: TwilioEmulator, control: Control) -> None:
    await control("POST", "numbers", {"phone_number": NUMBER})
    await control("POST", "handsets", {"phone_number": CALLER, "answered_by": "machine_start"})
    twiml = "<Response><Hangup/></Response>"
    call = twilio.client().calls.create(to=CALLER, from_=NUMBER, twiml=twiml, machine_detection="Enable")
    await twilio.wait_for_call(call.sid)
    assert call.fetch().answered_by == "machine_start"
    status, reply = await control("POST", "handsets", {"phone_number": CALLER, "answered_by": "dog"})
    assert (status, "give one of: human" in reply["message"]) == (400, True)


async def test_a_handset_that_is_busy(twilio: TwilioEmulator, control: Control) -> None:
    await control("POST", "numbers", {"phone_number": NUMBER})
    await control("POST", "handsets", {"phone_number": CALLER, "behavior": "busy"})
    call = twilio.client().calls.create(to=CALLER, from_=NUMBER, twiml="<Response/>")
    await twilio.wait_for_call(call.sid, "busy")


async def test_a_phone_dials_with_the_script_of_the_call_and_keeps_its_own(
    twilio: TwilioEmulator, customer: Customer, control: Control
) -> None:
    customer.pages["/voice"] = "<Response><Pause/><Say>Hello.</Say><Pause length='5'/></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    await control("POST", "handsets", {"phone_number": CALLER, "script": [{"press": "1"}]})
    _, call = await control("POST", "dial", {"from": CALLER, "to": NUMBER, "script": [{"press": "2"}]})
    await twilio.wait_for_call(call["call_sid"])
    timeline = twilio.timeline(call["call_sid"])
    assert "presses 2" in timeline
    assert "presses 1" not in timeline


async def test_a_phone_of_the_test_dials_and_stays_what_it_was(
    twilio: TwilioEmulator, customer: Customer, control: Control
) -> None:
    customer.pages["/voice"] = "<Response><Hangup/></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    twilio.handset(CALLER, behavior="busy")
    _, dialled = await control("POST", "dial", {"from": CALLER, "to": NUMBER})
    await twilio.wait_for_call(dialled["call_sid"])
    call = twilio.client().calls.create(to=CALLER, from_=NUMBER, twiml="<Response/>")
    await twilio.wait_for_call(call.sid, "busy")


async def test_a_reset_leaves_an_empty_world(twilio: TwilioEmulator, customer: Customer, control: Control) -> None:
    customer.pages["/voice"] = "<Response><Say>Hello.</Say><Pause length='60'/></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    assert await control("POST", "reset") == (204, None)
    assert line.status == "completed"
    assert twilio.client().calls.list() == twilio.client().incoming_phone_numbers.list() == []
    assert (await control("GET", f"calls/{line.call_sid}/timeline"))[0] == 404
    twilio.add_number(NUMBER)
    call = twilio.client().calls.create(to=CALLER, from_=NUMBER, twiml="<Response/>")
    await twilio.wait_for_call(call.sid, "failed")  # the phone is gone


@pytest.mark.parametrize("path", ["numbers", "handsets", "dial", "reset", "calls/CA1/timeline"])
@pytest.mark.parametrize("login", [None, ("nobody", "wrong"), ("", "")])
async def test_wrong_credentials_are_refused(twilio: TwilioEmulator, path: str, login: tuple[str, str] | None) -> None:
    twilio.add_number(NUMBER)
    headers = basic(*login) if login else {}
    method = "GET" if path.endswith("timeline") else "POST"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, f"{twilio.base_url}/emulator/v1/{path}", json={}) as reply,
    ):
        assert reply.status == 401
        assert (await reply.json())["message"] == "Authenticate"
        assert reply.headers["WWW-Authenticate"].startswith("Basic")
    assert len(twilio.client().incoming_phone_numbers.list()) == 1


async def test_a_path_or_a_method_that_is_not_there_is_said_to_be_none(control: Control) -> None:
    status, reply = await control("GET", "nothing")
    assert (status, reply["message"]) == (404, "The control API has no /emulator/v1/nothing.")
    status, reply = await control("GET", "numbers")
    assert (status, reply["message"]) == (405, "/emulator/v1/numbers takes POST.")


BAD_REQUESTS: list[tuple[str, object, str]] = [
    ("dial", {"from": CALLER, "to": "12345", "script": []}, "E.164"),
    ("dial", {"from": "nobody", "to": NUMBER}, "E.164"),
    ("dial", {"from": CALLER, "to": "+15550009999"}, "the account owns no such number"),
    ("dial", {"from": CALLER}, "to"),
    ("dial", {"from": CALLER, "to": NUMBER, "scrip": []}, "scrip"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": [{"play": "no/such/file.wav"}]}, "no/such/file.wav"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": [{"play": __file__}]}, "as audio"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": [{"play": 7}]}, "path"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": [{"press": "1"}, {"shout": True}]}, "Step 1"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": [{"press": "x"}]}, "x"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": [{"silence": -1}]}, "seconds"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": [{"wait_for_digits": 0}]}, "1 or more"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": [{"hang_up": False}]}, "true"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": [{}]}, "one key"),
    ("dial", {"from": CALLER, "to": NUMBER, "script": ["hang_up"]}, "script"),
    ("handsets", {"phone_number": "555"}, "E.164"),
    ("handsets", {"phone_number": CALLER, "behavior": "asleep"}, "no-answer"),
    ("handsets", {"phone_number": CALLER, "answer_after": -1}, "0 to 600"),
    ("handsets", {"phone_number": CALLER, "answer_after": "soon"}, "answer_after"),
    ("handsets", {"phone_number": CALLER, "script": [{"play": "no/such/file.wav"}]}, "no/such/file.wav"),
    ("handsets", [], "object"),
    ("numbers", {"phone_number": NUMBER}, "already"),
    ("numbers", {"phone_number": "+0"}, "E.164"),
    ("numbers", {"phone_number": "+15550002222", "voice_url": "voice"}, "voice_url"),
    ("numbers", {"phone_number": "+15550002222", "voice_method": "PUT"}, "voice_method"),
    ("numbers", {"phone_number": "+15550002222", "status_callback": "ftp://x"}, "status_callback"),
]


@pytest.mark.parametrize(("path", "body", "about"), BAD_REQUESTS)
async def test_a_mistake_is_answered_with_a_sentence_before_anything_happens(
    twilio: TwilioEmulator, control: Control, path: str, body: object, about: str
) -> None:
    twilio.add_number(NUMBER, voice_url="http://127.0.0.1:1/voice")
    status, reply = await control("POST", path, body)
    assert status == 400
    assert about in reply["message"]
    assert set(reply) == {"message"}
    assert twilio.client().calls.list() == []
    assert [number.phone_number for number in twilio.client().incoming_phone_numbers.list()] == [NUMBER]


async def test_what_is_no_json_is_answered_with_a_sentence(control: Control) -> None:
    status, reply = await control("POST", "dial", raw=b"from=me")
    assert status == 400
    assert "JSON" in reply["message"]


async def test_a_timeline_of_no_call_is_not_found(control: Control) -> None:
    status, reply = await control("GET", "calls/CA0/timeline")
    assert (status, "There is no call CA0" in reply["message"]) == (404, True)


async def test_a_recording_is_played_to_its_end(twilio: TwilioEmulator, customer: Customer, control: Control) -> None:
    customer.pages["/voice"] = "<Response><Play digits='1'/><Pause length='60'/></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    script = [{"play": SPEECH}, {"hang_up": True}]
    _, call = await control("POST", "dial", {"from": CALLER, "to": NUMBER, "script": script})
    await twilio.wait_for_call(call["call_sid"])
    duration = int(twilio.client().calls(call["call_sid"]).fetch().duration)
    assert duration == -(-read_audio(SPEECH).seconds // 1)


async def test_the_measures_of_a_call(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp, control: Control
) -> None:
    customer.pages["/voice"] = f"<Response><Connect><Stream url='{streams.url}'/></Connect></Response>"
    await control("POST", "numbers", {"phone_number": NUMBER, "voice_url": f"{customer.url}/voice"})
    script = [{"silence": 0.5}, {"play": SPEECH}, {"silence": 1}, {"hang_up": True}]
    _, call = await control("POST", "dial", {"from": CALLER, "to": NUMBER, "script": script})
    await twilio.wait_for_call(call["call_sid"])
    status, measured = await control("GET", f"calls/{call['call_sid']}/measures")
    assert (status, measured["summary"]) == (200, "answers 0 of 1")
    (turn,) = measured["measures"]["turns"]
    assert (turn["app_began_ms"], turn["latency_ms"]) == (None, None)
    assert turn["caller_stopped_ms"] > 500

    status, problem = await control("GET", "calls/CA0/measures")
    assert (status, "There is no call CA0" in problem["message"]) == (404, True)


async def test_faults_are_put_in_force_and_ended(twilio: TwilioEmulator, customer: Customer, control: Control) -> None:
    customer.pages["/voice"] = "<Response><Say>Hello.</Say></Response>"
    await control("POST", "numbers", {"phone_number": NUMBER, "voice_url": f"{customer.url}/voice"})
    rule = {"name": "failing_webhook", "status": 503, "number": NUMBER}
    status, reply = await control("POST", "faults", {"seed": 7, "faults": [rule]})
    assert (status, len(reply["faults"])) == (201, 1)
    for seen in (0, 1):
        _, call = await control("POST", "dial", {"from": CALLER, "to": NUMBER})
        await twilio.wait_for_call(call["call_sid"])
        assert len(customer.seen) == seen
        assert (await control("DELETE", "faults"))[0] == 204


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (
            {"faults": [{"name": "loss", "percent": 101}]},
            "Fault 'loss': percent is 101; give a number from 0 to 100 (%).",
        ),
        ({"faults": [{"name": "rain"}]}, "Fault 'rain': there is no such fault"),
        ({"seed": 7}, "list one fault or more"),
        ([], "Expected `object`"),
    ],
)
async def test_faults_that_cannot_be_are_refused(control: Control, body: object, complaint: str) -> None:
    status, problem = await control("POST", "faults", body)
    assert status == 400
    assert complaint in problem["message"]
