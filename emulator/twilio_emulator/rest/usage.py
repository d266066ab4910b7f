"""Usage records: what has been used, which is nothing that costs money [twilio.com/docs/usage/api/usage-record].

Every category has a record with zeros. Daily, Monthly and Yearly have one for the current day, month or year: an
emulator has no past.
"""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from twilio_emulator.rest.dates import parse_moment
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.listing import list_reply
from twilio_emulator.rest.parameters import Form
from twilio_emulator.webhooks.parameters import API_VERSION

_FIRST_DAY: Final = date(2008, 1, 1)

# The categories that have to do with voice, and the sum of all [twilio.com/docs/usage/api/usage-record].
_CATEGORIES: Final = {
    "answering-machine-detection": ("Answering Machine Detection", "calls", "calls"),
    "calls": ("Voice Minutes", "calls", "minutes"),
    "calls-client": ("Client Voice Minutes", "calls", "minutes"),
    "calls-inbound": ("Inbound Voice Minutes", "calls", "minutes"),
    "calls-inbound-local": ("Inbound Local Voice Minutes", "calls", "minutes"),
    "calls-inbound-mobile": ("Inbound Mobile Voice Minutes", "calls", "minutes"),
    "calls-inbound-tollfree": ("Inbound Toll Free Voice Minutes", "calls", "minutes"),
    "calls-media-stream-minutes": ("Media Stream Minutes", "streams", "minutes"),
    "calls-outbound": ("Outbound Voice Minutes", "calls", "minutes"),
    "calls-recordings": ("Call Recordings", "recordings", "minutes"),
    "calls-sip": ("SIP Minutes", "calls", "minutes"),
    "calls-transfers": ("Call Transfers", "calls", "calls"),
    "phonenumbers": ("Phone Numbers", "numbers", "numbers"),
    "phonenumbers-local": ("Local PhoneNumbers", "numbers", "numbers"),
    "phonenumbers-mobile": ("Mobile PhoneNumbers", "numbers", "numbers"),
    "phonenumbers-tollfree": ("Toll Free PhoneNumbers", "numbers", "numbers"),
    "recordings": ("Recordings", "recordings", "minutes"),
    "recordingstorage": ("Recording Storage", "recordings", "minutes"),
    "totalprice": ("Total Price", "", "usd"),
    "transcriptions": ("Transcriptions", "transcriptions", "minutes"),
}
_SUBRESOURCES: Final = {
    "all_time": "AllTime",
    "daily": "Daily",
    "last_month": "LastMonth",
    "monthly": "Monthly",
    "this_month": "ThisMonth",
    "today": "Today",
    "yearly": "Yearly",
    "yesterday": "Yesterday",
}
PERIODS: Final = tuple(_SUBRESOURCES.values())


@dataclass(frozen=True, slots=True)
class _Category:
    """A category, with an identifier for the page tokens that real records have not."""

    name: str

    @property
    def sid(self) -> str:
        return "UR" + hashlib.sha256(self.name.encode()).hexdigest()[:32]


# Lists show the newest first; these are to be read from A to Z.
_RECORDS: Final = tuple(_Category(name) for name in sorted(_CATEGORIES, reverse=True))


def records_of(period: str) -> Mapping[str, Handler]:
    """Usage/Records.json (an empty period), or Usage/Records/{period}.json."""

    def answer(desk: Desk, request: Request, _: str) -> Reply:
        query = Form(request.query)
        now = desk.calendar.date(desk.world.clock.now_ms)
        category = query.choice("Category", tuple(_CATEGORIES), code=20001)
        starts, ends = _span(period, now.date())
        starts, ends = _day(query, "StartDate", now) or starts, _day(query, "EndDate", now) or ends
        query.flag("IncludeSubaccounts", default=True)
        return list_reply(
            desk,
            query,
            _RECORDS,
            lambda record: _resource(desk, record.name, starts, ends, now, period),
            key="usage_records",
            path=f"{desk.account_path}/Usage/Records{period and f'/{period}'}",
            filters=("Category", "StartDate", "EndDate", "IncludeSubaccounts"),
            matches=lambda record: category in {"", record.name},
        )

    return {"GET": answer}


ROUTES: Final[Mapping[str, Mapping[str, Handler]]] = {
    "Usage/Records": records_of(""),
    **{f"Usage/Records/{period}": records_of(period) for period in PERIODS},
}


def _day(query: Form, name: str, now: datetime) -> date | None:
    """A date, or so many days before or after today (`-30days`)."""
    text = query.text(name)
    if not text:
        return None
    days = text.removesuffix("s").removesuffix("day")
    if days != text and days.lstrip("+-").isdigit() and len(days) < 6:
        return date.fromordinal(now.toordinal() + int(days))
    return parse_moment(name, text).astimezone(UTC).date()


def _span(period: str, today: date) -> tuple[date, date]:
    """The first and the last day of a period."""
    if period in {"Today", "Daily"}:
        return today, today
    if period == "Yesterday":
        yesterday = date.fromordinal(today.toordinal() - 1)
        return yesterday, yesterday
    if period in {"ThisMonth", "Monthly"}:
        return _month(today)
    if period == "LastMonth":
        return _month(date.fromordinal(today.replace(day=1).toordinal() - 1))
    if period == "Yearly":
        return today.replace(month=1, day=1), today.replace(month=12, day=31)
    return _FIRST_DAY, today


def _month(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _resource(desk: Desk, name: str, starts: date, ends: date, now: datetime, period: str) -> dict[str, object]:
    description, count_unit, usage_unit = _CATEGORIES[name]
    path = f"{desk.account_path}/Usage/Records"
    return {
        "account_sid": desk.account.sid,
        "api_version": API_VERSION,
        "as_of": now.isoformat(timespec="seconds"),
        "category": name,
        "count": "0",
        "count_unit": count_unit,
        "description": description,
        "end_date": ends.isoformat(),
        "price": "0",
        "price_unit": "usd",
        "start_date": starts.isoformat(),
        "subresource_uris": {key: f"{path}/{sub}.json?Category={name}" for key, sub in _SUBRESOURCES.items()},
        "uri": f"{path}{period and f'/{period}'}.json?Category={name}&StartDate={starts}&EndDate={ends}",
        "usage": "0",
        "usage_unit": usage_unit,
    }
