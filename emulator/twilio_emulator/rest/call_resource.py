"""A call as REST shows it: every key of the Call resource, null where there is nothing to say.

Keys and types: twilio.com/docs/voice/api/call-resource and the twilio-oai specification. `annotation` is in neither,
but in real replies; nothing here is billed, so `price` stays null.
"""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.webhooks.parameters import API_VERSION
from twilio_wire.e164 import national_format

_SUBRESOURCES: Final = {
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


def call_resource(call: Call, calendar: Calendar) -> dict[str, object]:
    """The JSON of a call."""
    path = call.uri.removesuffix(".json")
    updated_ms = call.created_ms if call.updated_ms is None else call.updated_ms
    return {
        "sid": call.sid,
        "date_created": calendar.rfc2822(call.created_ms),
        "date_updated": calendar.rfc2822(updated_ms),
        "parent_call_sid": call.parent_call_sid,
        "account_sid": call.account_sid,
        "to": call.to_number,
        "to_formatted": national_format(call.to_number),
        "from": call.from_number,
        "from_formatted": national_format(call.from_number),
        "phone_number_sid": call.phone_number_sid,
        "status": call.status.in_rest,
        "start_time": calendar.rfc2822(call.started_ms),
        "end_time": calendar.rfc2822(call.ended_ms),
        "duration": str(call.duration_s) if call.status is CallStatus.COMPLETED else None,
        "price": None,
        "price_unit": "USD",
        "direction": call.direction.value,
        "answered_by": None,
        "annotation": None,
        "api_version": API_VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0" if call.started_ms is None else str(call.started_ms - call.created_ms),
        "trunk_sid": None,
        "uri": call.uri,
        "subresource_uris": {key: f"{path}/{name}.json" for key, name in _SUBRESOURCES.items()},
    }


def new_call_resource(call: Call, calendar: Calendar) -> dict[str, object]:
    """The JSON of a call in the reply that creates it: its dates are not known yet [published replies]."""
    return call_resource(call, calendar) | {"date_created": None, "date_updated": None}
