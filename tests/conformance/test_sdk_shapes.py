"""The JSON of each resource has the keys that the official SDK reads, and types that it understands."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sdk_shapes import MOMENT_OR_NULL, TEXT, TEXT_OR_NULL, check, json_of
from twilio.rest import Client
from twilio.rest.api.v2010.account import AccountInstance
from twilio.rest.api.v2010.account.call import CallInstance, CallList
from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberInstance, IncomingPhoneNumberList

from twilio_emulator.journal import Problem
from twilio_emulator.sync import TwilioEmulator

CALL_TYPES = {
    **dict.fromkeys(("sid", "account_sid", "to", "to_formatted", "_from", "from_formatted", "status"), TEXT),
    **dict.fromkeys(("price_unit", "direction", "api_version", "queue_time", "uri"), TEXT),
    **dict.fromkeys(("parent_call_sid", "phone_number_sid", "duration", "price", "answered_by"), TEXT_OR_NULL),
    **dict.fromkeys(("forwarded_from", "group_sid", "caller_name", "trunk_sid", "stir_verstat"), TEXT_OR_NULL),
    **dict.fromkeys(("date_created", "date_updated", "start_time", "end_time"), MOMENT_OR_NULL),
    "subresource_uris": (dict,),
}
NUMBER_TYPES = {
    **dict.fromkeys(("account_sid", "address_requirements", "api_version", "friendly_name", "phone_number"), TEXT),
    **dict.fromkeys(("origin", "sid", "sms_method", "sms_fallback_method", "status_callback_method", "uri"), TEXT),
    **dict.fromkeys(("voice_method", "voice_fallback_method", "voice_receive_mode", "emergency_status"), TEXT),
    **dict.fromkeys(("emergency_address_status", "status", "sms_url", "sms_fallback_url", "type"), TEXT),
    **dict.fromkeys(("sms_application_sid", "status_callback", "voice_application_sid"), TEXT),
    **dict.fromkeys(("address_sid", "identity_sid", "trunk_sid", "voice_url", "voice_fallback_url"), TEXT_OR_NULL),
    **dict.fromkeys(("emergency_address_sid", "bundle_sid"), TEXT_OR_NULL),
    **dict.fromkeys(("date_created", "date_updated"), (datetime,)),
    **dict.fromkeys(("beta", "voice_caller_id_lookup"), (bool,)),
    "capabilities": (dict,),
}
ACCOUNT_TYPES = {
    **dict.fromkeys(("auth_token", "friendly_name", "owner_account_sid", "sid", "status", "type", "uri"), TEXT),
    **dict.fromkeys(("date_created", "date_updated"), (datetime,)),
    "subresource_uris": (dict,),
}


@pytest.mark.sdk
def test_calls_have_the_keys_and_types_that_the_sdk_reads(client: Client) -> None:
    calls = json_of(client, "/Calls.json?PageSize=20")["calls"]
    for listed in calls:
        alone = json_of(client, f"/Calls/{listed['sid']}.json")
        for payload in (listed, alone):
            check(payload, lambda noting: CallInstance(client.api.v2010, noting, client.account_sid), CALL_TYPES)


@pytest.mark.sdk
def test_the_emulators_calls_cover_every_kind_of_reply(emulator: TwilioEmulator) -> None:
    statuses = [call.status for call in emulator.client().calls.list()]
    assert statuses == ["queued", "busy", "completed"], "newest first"


@pytest.mark.sdk
def test_numbers_have_the_keys_and_types_that_the_sdk_reads(client: Client) -> None:
    numbers = json_of(client, "/IncomingPhoneNumbers.json?PageSize=20")["incoming_phone_numbers"]
    for payload in numbers:
        check(
            payload,
            lambda noting: IncomingPhoneNumberInstance(client.api.v2010, noting, client.account_sid),
            NUMBER_TYPES,
        )


@pytest.mark.sdk
def test_the_account_has_the_keys_and_types_that_the_sdk_reads(client: Client) -> None:
    check(json_of(client, ".json"), lambda noting: AccountInstance(client.api.v2010, noting), ACCOUNT_TYPES)


@pytest.mark.openapi
@pytest.mark.parametrize("path", ["/Calls.json", "/IncomingPhoneNumbers.json"])
def test_a_list_has_the_paging_keys_and_one_more(client: Client, path: str) -> None:
    payload = json_of(client, path)
    paging = {"end", "first_page_uri", "next_page_uri", "page", "page_size", "previous_page_uri", "start", "uri"}
    assert paging <= set(payload)
    assert len(set(payload) - paging) == 1


@pytest.mark.openapi
def test_a_call_names_its_subresources_as_the_specification_does(client: Client) -> None:
    [call] = client.calls.list(limit=1)
    path = call.uri.removesuffix(".json")
    named = {
        "notifications": "Notifications",
        "recordings": "Recordings",
        "payments": "Payments",
        "events": "Events",
        "siprec": "Siprec",
        "streams": "Streams",
        "transcriptions": "Transcriptions",
        "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
        "user_defined_messages": "UserDefinedMessages",
    }
    expected = {key: f"{path}/{name}.json" for key, name in named.items()}
    assert expected.items() <= call.subresource_uris.items()


# --- what the SDK can send --------------------------------------------------------------------------------------------

# Values that pass the checks; anything not named here is sent as some text.
VALUES: dict[str, Any] = {
    "to": "+15552220002",
    "from_": "+15551110001",
    "phone_number": "+15551110009",
    "area_code": "415",
    "status": "completed",
    "send_digits": "1",
    "machine_detection": "Enable",
    "machine_detection_timeout": 30,
    "machine_detection_speech_threshold": 2400,
    "machine_detection_speech_end_threshold": 1200,
    "machine_detection_silence_timeout": 5000,
    "timeout": 60,
    "time_limit": 60,
    "status_callback_event": ["completed"],
    "origin": "twilio",
    "recording_channels": "dual",
    "recording_track": "both",
    "recording_status_callback_event": ["completed"],
    "trim": "trim-silence",
    "page_size": 5,
    "limit": 5,
    "application_sid": "",
    "account_sid": "",
    "voice_application_sid": "",
    "byoc": "",
    **{f"{which}_time{when}": datetime(2024, 1, 1) for which in ("start", "end") for when in ("", "_before", "_after")},
}


def value_for(name: str) -> Any:
    if name in VALUES:
        return VALUES[name]
    if name.endswith("_method") or name == "method":
        return "GET"
    if name.endswith(("_url", "callback")) or name == "url":
        return "http://127.0.0.1:1/"
    return "x"


def everything(method: Callable[..., object]) -> dict[str, Any]:
    """A value for every parameter of an SDK method."""
    return {name: value_for(name) for name in inspect.signature(method).parameters if name != "self"}


@pytest.mark.sdk
def test_every_parameter_of_the_sdk_is_known() -> None:
    with TwilioEmulator(speed="max", speech="murmur") as twilio:
        twilio.add_number("+15551110001")
        client = twilio.client()
        call = client.calls.create(**everything(CallList.create))
        client.calls(call.sid).update(**everything(CallInstance.update))
        client.calls.list(**everything(CallList.list))
        number = client.incoming_phone_numbers.create(**everything(IncomingPhoneNumberList.create))
        number.update(**everything(IncomingPhoneNumberInstance.update))
        client.incoming_phone_numbers.list(**everything(IncomingPhoneNumberList.list))
        assert [problem.message for problem in twilio.journal.of(Problem) if problem.code == 20001] == []
