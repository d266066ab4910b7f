"""A call as REST shows it: every key of the Call resource, null where there is nothing to say.

Keys and types: twilio.com/docs/voice/api/call-resource and the twilio-oai specification; `annotation` is in real
replies only, `stir_verstat` in what the SDK reads since 9.13. Reading a call is what applications do most, so this is
a Struct, not a dict: it is made and encoded in half the time.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Final

import msgspec

from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.webhooks.parameters import API_VERSION, stir_verstat
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
_PATH: Final = "{path}"
_SUBRESOURCES_JSON: Final = json.dumps({key: f"{_PATH}/{name}.json" for key, name in _SUBRESOURCES.items()})
_formatted = lru_cache(maxsize=1024)(national_format)


class CallResource(msgspec.Struct, gc=False):
    """The JSON of a call; what has a value here never has another in the emulator. Nothing is billed."""

    sid: str
    date_created: str | None
    date_updated: str | None
    parent_call_sid: str | None
    account_sid: str
    to: str
    to_formatted: str
    from_: str = msgspec.field(name="from")
    from_formatted: str
    phone_number_sid: str | None
    stir_verstat: str | None
    status: str
    start_time: str | None
    end_time: str | None
    duration: str | None
    """Whole seconds, as text."""
    direction: str
    queue_time: str
    """Milliseconds, as text."""
    uri: str
    subresource_uris: msgspec.Raw
    price: None = None
    price_unit: str = "USD"
    answered_by: str | None = None
    annotation: None = None
    api_version: str = API_VERSION
    forwarded_from: None = None
    group_sid: None = None
    caller_name: None = None
    trunk_sid: None = None


def call_resource(call: Call, calendar: Calendar) -> CallResource:
    """A call as it is now."""
    return _resource(
        call,
        created=calendar.rfc2822(call.created_ms),
        updated=calendar.rfc2822(call.created_ms if call.updated_ms is None else call.updated_ms),
        started=calendar.rfc2822(call.started_ms),
        ended=calendar.rfc2822(call.ended_ms),
        queued_ms=_queued_until_ms(call, calendar) - call.created_ms,
    )


def new_call_resource(call: Call) -> CallResource:
    """A call in the reply that creates it: its dates are not known yet [published replies]."""
    return _resource(call, created=None, updated=None, started=None, ended=None, queued_ms=0)


def _resource(
    call: Call,
    *,
    created: str | None,
    updated: str | None,
    started: str | None,
    ended: str | None,
    queued_ms: int,
) -> CallResource:
    uri = call.uri
    return CallResource(
        sid=call.sid,
        date_created=created,
        date_updated=updated,
        parent_call_sid=call.parent_call_sid,
        account_sid=call.account_sid,
        to=call.to_number,
        to_formatted=_formatted(call.to_number),
        from_=call.from_number,
        from_formatted=_formatted(call.from_number),
        phone_number_sid=call.phone_number_sid,
        stir_verstat=stir_verstat(call),
        status=call.status_in_rest,
        start_time=started,
        end_time=ended,
        duration=str(call.duration_s) if call.status is CallStatus.COMPLETED else None,
        direction=str(call.direction),
        queue_time=str(queued_ms),
        uri=uri,
        answered_by=call.answered_by,
        subresource_uris=msgspec.Raw(_SUBRESOURCES_JSON.replace(_PATH, uri.removesuffix(".json"))),
    )


def _queued_until_ms(call: Call, calendar: Calendar) -> int:
    """When the call was dialled, or given up before that; a call that still waits has waited until now."""
    if call.started_ms is not None:
        return call.started_ms
    return calendar.now_ms if call.ended_ms is None else call.ended_ms
