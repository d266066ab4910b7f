"""Which calls a list shows [twilio.com/docs/voice/api/call-resource; twilio-oai, ListCall]."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.rest.dates import Calendar, parse_moment
from twilio_emulator.rest.parameters import Form

STATUSES: Final = tuple(status.value for status in CallStatus if status is not CallStatus.INITIATED)

Criterion = Callable[[Call], bool]


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Criteria that a call has to meet, all of them, and the parameters they came from (for the page's URIs)."""

    criteria: tuple[Criterion, ...]
    parameters: tuple[tuple[str, str], ...]

    def matches(self, call: Call) -> bool:
        """Whether the list shows this call."""
        return all(criterion(call) for criterion in self.criteria)


_EXACT: Final[dict[str, Callable[[Call], str | None]]] = {
    "To": lambda call: call.to_number,
    "From": lambda call: call.from_number,
    "ParentCallSid": lambda call: call.parent_call_sid,
}
_MOMENTS: Final[dict[str, Callable[[Call], int | None]]] = {
    "StartTime": lambda call: call.started_ms,
    "EndTime": lambda call: call.ended_ms,
}
# "on this date", "before this date", "on or after this date" (twilio-oai). The SDK sends a date as its midnight, so
# that the first of the three compares days, whatever the time of day.
_RELATIONS: Final[dict[str, Callable[[datetime, datetime], bool]]] = {
    "": lambda moment, wanted: moment.date() == wanted.date(),
    "<": lambda moment, wanted: moment < wanted,
    ">": lambda moment, wanted: moment >= wanted,
}


def read_call_filter(query: Form, calendar: Calendar) -> CallFilter:
    """Read the filters of a list of calls.

    Raises:
        RestError: 20001 for a status or a date that is none.
    """
    criteria: list[Criterion] = []
    parameters: list[tuple[str, str]] = []
    status = query.choice("Status", STATUSES, code=20001)
    if status:
        criteria.append(lambda call: call.status.in_rest == status)
        parameters.append(("Status", status))
    for name, value_of in _EXACT.items():
        wanted = query.text(name)
        if wanted:
            criteria.append(_equals(value_of, wanted))
            parameters.append((name, wanted))
    for name, moment_of in _MOMENTS.items():
        for sign, holds in _RELATIONS.items():
            text = query.text(name + sign)
            if text:
                criteria.append(_when(moment_of, holds, parse_moment(name, text), calendar))
                parameters.append((name + sign, text))
    return CallFilter(tuple(criteria), tuple(parameters))


def _equals(value_of: Callable[[Call], str | None], wanted: str) -> Criterion:
    return lambda call: value_of(call) == wanted


def _when(
    moment_of: Callable[[Call], int | None],
    holds: Callable[[datetime, datetime], bool],
    wanted: datetime,
    calendar: Calendar,
) -> Criterion:
    def criterion(call: Call) -> bool:
        ms = moment_of(call)
        return ms is not None and holds(calendar.date(ms), wanted)

    return criterion
