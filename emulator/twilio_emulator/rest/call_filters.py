"""Which calls a list shows [twilio.com/docs/voice/api/call-resource; twilio-oai, ListCall]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.calls.store import Store
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.rest.filters import Filters
from twilio_emulator.rest.parameters import Form

STATUSES: Final = tuple(status.value for status in CallStatus if status is not CallStatus.INITIATED)


@dataclass(frozen=True, slots=True)
class CallSearch:
    """The calls among which those that are wanted are found, oldest first, and how to tell them."""

    candidates: Sequence[Call]
    filters: Filters[Call]


def search_calls(query: Form, calendar: Calendar, store: Store, account_sid: str) -> CallSearch:
    """Read the filters of a list of calls, and find the shortest list that has all of them.

    Raises:
        RestError: 20001 for a status or a date that is none.
    """
    filters: Filters[Call] = Filters(query, calendar)
    status = filters.choice("Status", STATUSES, lambda call: call.status_in_rest)
    to_number = filters.equal("To", lambda call: call.to_number)
    from_number = filters.equal("From", lambda call: call.from_number)
    parent = filters.equal("ParentCallSid", lambda call: call.parent_call_sid)
    started = filters.moment("StartTime", lambda call: call.started_ms)
    ended = filters.moment("EndTime", lambda call: call.ended_ms)
    candidates = store.find_calls(
        account_sid,
        status=status,
        to_number=to_number,
        from_number=from_number,
        parent_call_sid=parent,
        started=started,
        ended=ended,
    )
    return CallSearch(candidates, filters)
