"""Dates of resources and of filters. REST writes RFC 2822, always GMT [twilio.com/docs/usage/twilios-response]."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from twilio_emulator.clock import Clock
from twilio_emulator.rest.errors import RestError

_SECOND: Final = timedelta(seconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)
_MOST_REMEMBERED: Final = 10_000


class Calendar:
    """Turns call time into dates. A moment has the same date however often it is asked for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        epoch = clock.utc() - timedelta(milliseconds=clock.now_ms)
        # The clock may tick between its two answers; its epoch is a whole second.
        self._epoch = (epoch + _SECOND / 2).replace(microsecond=0)
        self._texts: dict[int, str] = {}

    @property
    def now_ms(self) -> int:
        """The present moment of call time."""
        return self._clock.now_ms

    def date(self, ms: int) -> datetime:
        """The date of a moment of call time."""
        return self._epoch + timedelta(milliseconds=ms)

    def ms(self, date: datetime) -> int:
        """The moment of call time that goes with a date, which may lie before the emulator began."""
        return (date - self._epoch) // _MILLISECOND

    def rfc2822(self, ms: int | None) -> str | None:
        """The date as REST writes it, `Fri, 18 Oct 2019 17:00:00 +0000`; None stays None."""
        return None if ms is None else self._text(ms)

    def http_date(self, ms: int) -> str:
        """The same date as HTTP writes it, `Fri, 18 Oct 2019 17:00:00 GMT`."""
        return self._text(ms).replace("+0000", "GMT")

    def _text(self, ms: int) -> str:
        seconds = ms // 1000
        text = self._texts.get(seconds)
        if text is None:
            if len(self._texts) >= _MOST_REMEMBERED:
                self._texts.clear()
            text = self._texts[seconds] = format_datetime(self.date(seconds * 1000))
        return text


def parse_moment(name: str, text: str) -> datetime:
    """Read `2009-07-06`, or an ISO 8601 date-time; a date means its first moment, and without an offset it is UTC.

    Raises:
        RestError: 20001 for anything else.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        problem = f"{text} is not a date like 2009-07-06 or 2009-07-06T12:00:00Z"
        raise RestError(20001, parameter=name, problem=problem) from None
