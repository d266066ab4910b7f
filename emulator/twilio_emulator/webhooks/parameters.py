"""The parameters of voice requests and of status callbacks: pure functions of a call.

Every value is text, as it goes into the form. The standard set is that of twilio.com/docs/voice/twiml,
progress events are those of twilio.com/docs/voice/api/call-resource; captured requests have shown the rest.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from twilio_emulator.calls.call import Call, CallStatus, Direction
from twilio_emulator.quirks import Quirks
from twilio_emulator.webhooks.geography import country_of
from twilio_wire.e164 import is_e164

API_VERSION: Final = "2010-04-01"

STANDARD_NAMES: Final = frozenset(
    {"CallSid", "AccountSid", "From", "To", "Caller", "Called", "CallStatus", "ApiVersion", "Direction"}
    | {"ParentCallSid", "CallToken", "StirVerstat"}
    | {
        f"{party}{field}"
        for party in ("From", "To", "Caller", "Called")
        for field in ("City", "State", "Zip", "Country")
    }
)
"""What every voice request carries; anything else belongs to the verb that asks."""

# For a call that ended without a code from the network. The 200 is unsure; the others are from
# twilio.com/docs/voice/api/call-resource.
_SIP_RESPONSE_CODES: Final[Mapping[CallStatus, int]] = {
    CallStatus.COMPLETED: 200,
    CallStatus.BUSY: 486,
    CallStatus.NO_ANSWER: 487,
    CallStatus.CANCELED: 487,
    CallStatus.FAILED: 404,
}


def voice_parameters(
    call: Call,
    *,
    status: CallStatus | None = None,
    first_request: bool = False,
    quirks: Quirks | None = None,
    extras: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The standard set for one request about a call.

    Args:
        call: the leg that the request is about.
        status: the status to tell, when it is not the call's own (a callback tells the one it is about).
        first_request: the request for an inbound call's first document; it alone has CallToken and
            StirVerstat.
        quirks: settings; defaults when left out.
        extras: the verb's own parameters (Digits, …); they win over the standard ones.
    """
    parameters = {
        "AccountSid": call.account_sid,
        "ApiVersion": API_VERSION,
        "CallSid": call.sid,
        "CallStatus": (status or call.status).value,
        "Direction": call.direction.value,
        "From": call.from_number,
        "To": call.to_number,
        "Caller": call.from_number,
        "Called": call.to_number,
        **_geography("From", call.from_number),
        **_geography("To", call.to_number),
        **_geography("Caller", call.from_number),
        **_geography("Called", call.to_number),
    }
    if call.parent_call_sid is not None:
        parameters["ParentCallSid"] = call.parent_call_sid
    if first_request and call.direction is Direction.INBOUND:
        parameters.update(_introduction(call, quirks or Quirks()))
    parameters.update(extras or {})
    return parameters


def status_parameters(
    call: Call,
    *,
    status: CallStatus,
    sequence_number: int,
    timestamp: datetime,
    quirks: Quirks | None = None,
) -> dict[str, str]:
    """The parameters of a status callback: the standard set, and what this event adds.

    Args:
        call: the leg.
        status: the status that the event is about; the call may have moved on since.
        sequence_number: this event's number among all of the call's progress events, from 0.
        timestamp: when it happened, an aware datetime.
        quirks: settings; defaults when left out.
    """
    parameters = voice_parameters(call, status=status)
    parameters["CallbackSource"] = "call-progress-events"
    parameters["SequenceNumber"] = str(sequence_number)
    parameters["Timestamp"] = format_datetime(timestamp.astimezone(UTC))
    if status.is_final:
        seconds = call.duration_s
        in_minutes = (quirks or Quirks()).duration_in_minutes
        parameters["CallDuration"] = str(seconds)
        parameters["Duration"] = str(-(-seconds // 60) if in_minutes else seconds)
        parameters["SipResponseCode"] = str(call.sip_response_code or _SIP_RESPONSE_CODES[status])
    return parameters


def stir_verstat(call: Call) -> str | None:
    """What Twilio found of the caller id's signature (SHAKEN/STIR); None where carriers do not sign, and outbound.

    Every simulated caller is who it says it is.
    """
    signed = call.direction is Direction.INBOUND and country_of(call.from_number) in {"US", "CA"}
    return "TN-Validation-Passed-A" if signed else None


def standard_only(parameters: Mapping[str, str]) -> dict[str, str]:
    """The standard ones among a request's parameters: what goes along when the application redirects it.

    A verb's own are not sent twice [twilio.com/docs/voice/twiml/gather, on Digits]; that the standard ones
    are is unsure.
    """
    return {name: value for name, value in parameters.items() if name in STANDARD_NAMES}


def _geography(party: str, number: str) -> dict[str, str]:
    """Town, state, zip, country of a phone number, empty where unknown; nothing for a client or SIP end."""
    if not is_e164(number):
        return {}
    return {
        f"{party}City": "",
        f"{party}State": "",
        f"{party}Zip": "",
        f"{party}Country": country_of(number),
    }


def _introduction(call: Call, quirks: Quirks) -> dict[str, str]:
    """What only the first request of an inbound call says about its caller."""
    said = {}
    if quirks.first_request_call_token:
        said["CallToken"] = _call_token(call)
    verdict = stir_verstat(call)
    if verdict is not None:
        said["StirVerstat"] = verdict
    return said


def _call_token(call: Call) -> str:
    """Percent-encoded JSON around a token of three parts, as captured ones are. Ours nobody has signed."""
    claims = {
        "accountSid": call.account_sid,
        "callSid": call.sid,
        "from": call.from_number,
        "to": call.to_number,
    }
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return quote(json.dumps({"parentCallInfoToken": ".".join([*encoded, ""]), "identityHeaderTokens": []}), safe="")
