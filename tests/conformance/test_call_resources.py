"""What calls leave behind: the keys, the types and the verbs of the official SDK, resource by resource."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_bench import refusal
from sdk_shapes import MAP, MOMENT, TEXT, TEXT_OR_NULL, Noting, Types, check, json_of
from twilio.rest import Client
from twilio.rest.api.v2010.account import notification, recording
from twilio.rest.api.v2010.account.call import (
    event,
    payment,
    siprec,
    stream,
    transcription,
    user_defined_message,
    user_defined_message_subscription,
)
from twilio.rest.api.v2010.account.call import notification as call_notification
from twilio.rest.api.v2010.account.call import recording as call_recording

from twilio_emulator.journal import Problem
from twilio_emulator.sync import TwilioEmulator

OWNED, CALLEE, LISTENER = "+15551110001", "+15552220001", "+15552220002"
LIVE_TWIML = "<Response><Say>Hello.</Say><Pause length='600'/></Response>"

INT_OR_NULL, NOTHING = (int, type(None)), (type(None),)
RECORDING = {
    **dict.fromkeys(("account_sid", "api_version", "call_sid", "sid", "source", "status", "uri"), TEXT),
    **dict.fromkeys(("duration", "price_unit"), TEXT_OR_NULL),
    **dict.fromkeys(("date_created", "date_updated", "start_time"), MOMENT),
    **dict.fromkeys(("conference_sid", "encryption_details", "price"), NOTHING),
    "channels": (int,),
    "error_code": INT_OR_NULL,
}
NOTIFICATION = {
    **dict.fromkeys(("account_sid", "api_version", "error_code", "log", "message_text", "more_info", "sid"), TEXT),
    **dict.fromkeys(("request_url", "uri"), TEXT),
    **dict.fromkeys(("call_sid", "request_method"), TEXT_OR_NULL),
    **dict.fromkeys(("date_created", "date_updated", "message_date"), MOMENT),
}
ONE_NOTIFICATION = NOTIFICATION | dict.fromkeys(("request_variables", "response_body", "response_headers"), TEXT)
SIDECAR = {
    **dict.fromkeys(("sid", "account_sid", "call_sid", "status", "uri"), TEXT),
    "name": TEXT_OR_NULL,
    "date_updated": MOMENT,
}
PAYMENT = {
    **dict.fromkeys(("sid", "account_sid", "call_sid", "uri"), TEXT),
    **dict.fromkeys(("date_created", "date_updated"), MOMENT),
}
MESSAGE = dict.fromkeys(("sid", "account_sid", "call_sid"), TEXT) | {"date_created": MOMENT}

# (path, the array's name, the SDK's class, its types, those of one alone). "{call}" is a call with a recording.
READ: list[tuple[str, str, Callable[..., object], Types, Types | None]] = [
    ("/Recordings", "recordings", recording.RecordingInstance, RECORDING | {"media_url": TEXT}, RECORDING),
    (
        "/Calls/{call}/Recordings",
        "recordings",
        call_recording.RecordingInstance,
        RECORDING | {"track": TEXT},
        RECORDING,
    ),
    ("/Notifications", "notifications", notification.NotificationInstance, NOTIFICATION, ONE_NOTIFICATION),
    (
        "/Calls/{call}/Notifications",
        "notifications",
        call_notification.NotificationInstance,
        NOTIFICATION,
        ONE_NOTIFICATION,
    ),
    ("/Calls/{call}/Events", "events", event.EventInstance, {"request": MAP, "response": MAP}, None),
]
LIST_HAS_NOT = ("request_variables", "response_body", "response_headers")

# What can only be made: (path, form, the SDK's class, types, the status of the reply). "{live}" is a call in progress.
MADE: list[tuple[str, dict[str, object], Callable[..., object], Types, int]] = [
    ("/Calls/{live}/Recordings.json", {}, call_recording.RecordingInstance, RECORDING, 201),
    ("/Calls/{live}/Siprec.json", {}, siprec.SiprecInstance, SIDECAR, 200),
    ("/Calls/{live}/Streams.json", {"Url": "ws://127.0.0.1:1/"}, stream.StreamInstance, SIDECAR, 200),
    (
        "/Calls/{live}/Transcriptions.json",
        {"Track": "inbound_track"},
        transcription.TranscriptionInstance,
        SIDECAR,
        200,
    ),
    (
        "/Calls/{live}/Payments.json",
        {"IdempotencyKey": "once", "StatusCallback": "/paid"},
        payment.PaymentInstance,
        PAYMENT,
        201,
    ),
    (
        "/Calls/{live}/UserDefinedMessages.json",
        {"Content": "{}"},
        user_defined_message.UserDefinedMessageInstance,
        MESSAGE,
        201,
    ),
    (
        "/Calls/{live}/UserDefinedMessageSubscriptions.json",
        {"Callback": "http://127.0.0.1:1/"},
        user_defined_message_subscription.UserDefinedMessageSubscriptionInstance,
        MESSAGE | {"uri": TEXT},
        201,
    ),
]


@pytest.fixture(scope="module")
def furnished() -> Iterator[TwilioEmulator]:
    """An emulator with a finished call, its recordings (one absent) and notifications, and with a call in progress."""
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        twilio.add_number(OWNED)
        twilio.handset(CALLEE, script=[{"press": "1"}, {"hang_up": True}])
        twilio.handset(LISTENER, script=[{"silence": 1}, {"hang_up": True}])
        calls = twilio.client().calls
        for to in (LISTENER, CALLEE):
            done = calls.create(
                to=to, from_=OWNED, url="http://127.0.0.1:1/", record=True, status_callback="http://127.0.0.1:1/"
            )
            twilio.wait_for_call(done.sid)
            twilio.wait_until_idle()
        twilio.handset(LISTENER)
        live = calls.create(to=LISTENER, from_=OWNED, twiml=LIVE_TWIML)
        twilio.wait_for_call(live.sid, "in-progress")
        yield twilio


def sid_of(client: Client, to: str, status: str) -> str:
    return client.calls.list(to=to, status=status, limit=1)[0].sid


def path_of(client: Client, path: str) -> tuple[str, str]:
    """The path with sids in it, and the call's."""
    if "{live}" in path:
        sid = sid_of(client, LISTENER, "in-progress")
        return path.replace("{live}", sid), sid
    sid = sid_of(client, CALLEE, "completed")
    return path.replace("{call}", sid), sid


def maker(client: Client, made: Callable[..., Any], call_sid: str) -> Callable[[Noting], object]:
    wanted = inspect.signature(made).parameters
    sids = {"account_sid": client.account_sid, "call_sid": call_sid}
    mine = {name: sid for name, sid in sids.items() if name in wanted}
    return lambda payload: made(client.api.v2010, payload, **mine)


@pytest.mark.sdk
@pytest.mark.parametrize(("path", "array", "made", "in_list", "alone"), READ, ids=[row[0] for row in READ])
def test_what_is_read_has_the_keys_and_types_that_the_sdk_reads(
    furnished: TwilioEmulator,
    path: str,
    array: str,
    made: Callable[..., object],
    in_list: Types,
    alone: Types | None,
) -> None:
    client = furnished.client()
    path, call_sid = path_of(client, path)
    make = maker(client, made, call_sid)
    records = json_of(client, f"{path}.json")[array]
    assert records
    for listed in records:
        padding = dict.fromkeys(LIST_HAS_NOT) if array == "notifications" else {}
        assert not set(padding) & set(listed)
        check(listed | padding, make, in_list)
        if alone is not None:
            check(json_of(client, f"{path}/{listed['sid']}.json"), make, alone)


@pytest.mark.sdk
@pytest.mark.parametrize(("path", "form", "made", "fields", "status"), MADE, ids=[row[0] for row in MADE])
def test_what_is_made_has_the_keys_and_types_that_the_sdk_reads(
    furnished: TwilioEmulator,
    path: str,
    form: dict[str, object],
    made: Callable[..., object],
    fields: Types,
    status: int,
) -> None:
    client = furnished.client()
    path, call_sid = path_of(client, path)
    response = client.request(
        "POST", f"https://api.twilio.com/2010-04-01/Accounts/{client.account_sid}{path}", data=form
    )
    assert response.status_code == status, "the status is that of the specification"
    check(json.loads(response.text), maker(client, made, call_sid), fields)


@pytest.mark.sdk
def test_every_parameter_of_the_sdk_is_known(furnished: TwilioEmulator) -> None:
    values = {
        "recording_channels": "dual", "recording_track": "both", "trim": "trim-silence", "status": "stopped",
        "track": "inbound_track", "content": "{}", "log": 1, "page_size": 5, "limit": 5, "url": "ws://127.0.0.1:1/",
        "recording_status_callback_event": ["completed"],
    }  # fmt: skip

    def everything(method: Callable[..., object]) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        for name in inspect.signature(method).parameters:
            if name == "self" or "date" in name:
                continue
            is_url = name.endswith(("callback", "callback_url"))
            usual = "http://127.0.0.1:1/" if is_url else "POST" if name.endswith("method") else "x"
            chosen[name] = values.get(name, usual)
        return chosen

    client = furnished.client()
    furnished.handset("+15552220003")
    live = client.calls(client.calls.create(to="+15552220003", from_=OWNED, twiml=LIVE_TWIML).sid)
    furnished.wait_for_call(live._solution["sid"], "in-progress")
    before = len(furnished.journal.of(Problem))
    for name in ("recordings", "siprec", "streams", "transcriptions"):
        resources = getattr(live, name)
        made = resources.create(**everything(resources.create))
        made.update(**everything(made.update) | ({"pause_behavior": "skip"} if name == "recordings" else {}))
    for name in ("user_defined_messages", "user_defined_message_subscriptions"):
        resources = getattr(live, name)
        resources.create(**everything(resources.create))
    for resources in (client.recordings, client.notifications, live.recordings, live.notifications, live.events):
        resources.list(**everything(resources.list))
    session = {"payment_method": "credit-card", "bank_account_type": "consumer-savings", "token_type": "reusable"}
    paying = live.payments.create(**everything(live.payments.create) | session | {"timeout": 5})
    paying.update("again", "/paid", capture="security-code")
    paying.update("and again", "/paid", status="complete")
    assert [problem.message for problem in furnished.journal.of(Problem)[before:] if problem.code == 20001] == []


@pytest.mark.sdk
def test_of_what_there_is_none_lists_are_empty_and_nothing_is_found(furnished: TwilioEmulator) -> None:
    client = furnished.client()
    recording_sid = client.recordings.list(limit=1)[0].sid
    of_recording = client.recordings(recording_sid)
    for resources in (client.transcriptions, of_recording.transcriptions, of_recording.add_on_results):
        assert resources.list() == list(resources.stream()) == list(resources.page()) == []
        one = resources.get("XX" + "0" * 32)
        for ask in (one.fetch, one.delete):
            assert refusal(ask) == (404, 20404)
    payloads = of_recording.add_on_results("XR" + "0" * 32).payloads
    assert refusal(payloads.list) == (404, 20404)
    assert refusal(client.recordings("RE" + "0" * 32).transcriptions.list) == (404, 20404)
