import json
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote

import pytest

from twilio_emulator.calls.call import Call, CallEvent, CallStatus, Direction
from twilio_emulator.quirks import Quirks
from twilio_emulator.webhooks.parameters import standard_only, status_parameters, voice_parameters


def a_call(direction: Direction = Direction.INBOUND, *, caller: str = "+14155550100") -> Call:
    return Call(
        sid="CA" + "1" * 32,
        account_sid="AC" + "2" * 32,
        direction=direction,
        from_number=caller,
        to_number="+15551110001",
        status=CallStatus.RINGING,
        created_ms=0,
    )


def test_an_inbound_calls_first_request_has_what_captured_ones_have() -> None:
    parameters = voice_parameters(a_call(), first_request=True)
    places = [f"{party}{field}" for party in ("Called", "Caller", "From", "To") for field in ("City", "State", "Zip")]
    assert set(parameters) == {
        *(
            "AccountSid",
            "ApiVersion",
            "CallSid",
            "CallStatus",
            "CallToken",
            "Called",
            "CalledCountry",
            "Caller",
        ),
        *("CallerCountry", "Direction", "From", "FromCountry", "StirVerstat", "To", "ToCountry"),
        *places,
    }
    assert parameters["CallStatus"] == "ringing"
    assert parameters["Direction"] == "inbound"
    assert parameters["Caller"] == parameters["From"] == "+14155550100"
    assert parameters["Called"] == parameters["To"] == "+15551110001"
    assert parameters["ApiVersion"] == "2010-04-01"
    assert parameters["FromCountry"] == "US"
    assert {parameters[place] for place in places} == {""}


def test_the_call_token_is_json_that_was_percent_encoded() -> None:
    token = voice_parameters(a_call(), first_request=True)["CallToken"]
    assert token.startswith("%7B%22parentCallInfoToken%22")
    assert json.loads(unquote(token))["parentCallInfoToken"].count(".") == 2


def test_later_requests_do_not_introduce_the_caller_again() -> None:
    parameters = voice_parameters(a_call())
    assert "CallToken" not in parameters
    assert "StirVerstat" not in parameters


def test_an_outbound_calls_first_request_has_no_caller_to_introduce() -> None:
    parameters = voice_parameters(a_call(Direction.OUTBOUND_API), first_request=True)
    assert "CallToken" not in parameters
    assert "StirVerstat" not in parameters


def test_the_call_token_can_be_switched_off() -> None:
    quirks = Quirks(first_request_call_token=False)
    assert "CallToken" not in voice_parameters(a_call(), first_request=True, quirks=quirks)


def test_caller_ids_are_signed_in_north_america_only() -> None:
    assert "StirVerstat" not in voice_parameters(a_call(caller="+4930123456"), first_request=True)


def test_a_client_has_no_place() -> None:
    parameters = voice_parameters(a_call(caller="client:alice"))
    assert "FromCity" not in parameters
    assert "CallerCountry" not in parameters
    assert parameters["ToCity"] == ""


def test_a_child_leg_names_its_parent_and_verbs_add_their_own() -> None:
    call = a_call(Direction.OUTBOUND_DIAL)
    call.parent_call_sid = "CA" + "9" * 32
    parameters = voice_parameters(call, extras={"Digits": "42"})
    assert parameters["ParentCallSid"] == call.parent_call_sid
    assert parameters["Digits"] == "42"
    assert standard_only(parameters) == {k: v for k, v in parameters.items() if k != "Digits"}


def test_a_progress_event_tells_its_number_and_its_moment() -> None:
    moment = datetime(2025, 1, 1, 11, 0, 0, tzinfo=timezone(timedelta(hours=1)))
    parameters = status_parameters(
        a_call(Direction.OUTBOUND_API), status=CallStatus.INITIATED, sequence_number=0, timestamp=moment
    )
    assert parameters["CallStatus"] == "initiated"
    assert parameters["CallbackSource"] == "call-progress-events"
    assert parameters["SequenceNumber"] == "0"
    assert parameters["Timestamp"] == "Wed, 01 Jan 2025 10:00:00 +0000"
    assert not {"CallDuration", "Duration", "SipResponseCode"} & set(parameters)


def test_a_completed_call_tells_seconds_and_begun_minutes() -> None:
    call = a_call()
    call.apply(CallEvent.ANSWERED, now_ms=1000)
    call.apply(CallEvent.HUNG_UP, now_ms=62_001)
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    parameters = status_parameters(call, status=call.status, sequence_number=3, timestamp=moment)
    assert (parameters["CallDuration"], parameters["Duration"]) == ("62", "2")
    assert parameters["SipResponseCode"] == "200"
    seconds = status_parameters(
        call,
        status=call.status,
        sequence_number=3,
        timestamp=moment,
        quirks=Quirks(duration_in_minutes=False),
    )
    assert seconds["Duration"] == "62"


@pytest.mark.parametrize(
    ("event", "status", "code"),
    [
        (CallEvent.WAS_BUSY, "busy", "486"),
        (CallEvent.NOT_ANSWERED, "no-answer", "487"),
        (CallEvent.CANCELED, "canceled", "487"),
        (CallEvent.FAILED, "failed", "404"),
    ],
)
def test_an_unanswered_call_lasted_nothing_and_says_why(event: CallEvent, status: str, code: str) -> None:
    call = a_call(Direction.OUTBOUND_API)
    call.apply(event, now_ms=5000)
    parameters = status_parameters(
        call, status=call.status, sequence_number=2, timestamp=datetime(2025, 1, 1, tzinfo=UTC)
    )
    assert parameters["CallStatus"] == status
    assert (parameters["CallDuration"], parameters["Duration"]) == ("0", "0")
    assert parameters["SipResponseCode"] == code


def test_the_networks_own_response_code_wins() -> None:
    call = a_call(Direction.OUTBOUND_API)
    call.apply(CallEvent.WAS_BUSY, now_ms=5000)
    call.sip_response_code = 600
    parameters = status_parameters(
        call, status=call.status, sequence_number=2, timestamp=datetime(2025, 1, 1, tzinfo=UTC)
    )
    assert parameters["SipResponseCode"] == "600"
