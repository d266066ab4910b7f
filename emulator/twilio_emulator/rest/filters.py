"""What a list shows: criteria read from its query, and the parameters they came from, for the URIs of its pages.

Dates compare as twilio-oai says: "on this date", "before this date", "on or after this date".
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final, Generic, TypeVar

from twilio_emulator.calls.window import Span
from twilio_emulator.rest.dates import Calendar, parse_moment
from twilio_emulator.rest.parameters import Form

Item = TypeVar("Item")

_DAY_MS: Final = 24 * 3600 * 1000

# The SDK sends a date as its midnight, so that the first of the three compares days, whatever the time of day.
_RELATIONS: Final[dict[str, Callable[[datetime, datetime], bool]]] = {
    "": lambda moment, wanted: moment.date() == wanted.date(),
    "<": lambda moment, wanted: moment < wanted,
    ">": lambda moment, wanted: moment >= wanted,
}


class Filters(Generic[Item]):
    """The criteria of one request; an item has to meet all of them. Reading one that was not sent adds none."""

    def __init__(self, query: Form, calendar: Calendar) -> None:
        self._query = query
        self._calendar = calendar
        self._criteria: list[Callable[[Item], bool]] = []
        self.parameters: list[tuple[str, str]] = []

    def matches(self, item: Item) -> bool:
        """Whether the list shows this."""
        return all(criterion(item) for criterion in self._criteria)

    def equal(self, name: str, value_of: Callable[[Item], str | None]) -> str:
        """One value, to the letter; returns the one that is wanted, empty for any."""
        wanted = self._query.text(name)
        if wanted:
            self._add(name, wanted, lambda item: value_of(item) == wanted)
        return wanted

    def choice(self, name: str, allowed: Collection[str], value_of: Callable[[Item], str | None]) -> str:
        """One of a few words; returns the one that is wanted, empty for any.

        Raises:
            RestError: 20001 for any other.
        """
        wanted = self._query.choice(name, allowed, code=20001)
        if wanted:
            self._add(name, wanted, lambda item: value_of(item) == wanted)
        return wanted

    def moment(self, name: str, ms_of: Callable[[Item], int | None]) -> Span:
        """A date, and the two inequalities that go by the same name; returns the span in which all of it lies.

        Raises:
            RestError: 20001 for a date that is none.
        """
        span = Span()
        for sign, holds in _RELATIONS.items():
            text = self._query.text(name + sign)
            if text:
                wanted = parse_moment(name, text)
                self._add(name + sign, text, self._when(ms_of, holds, wanted))
                span = span.and_also(self._span(sign, wanted))
        return span

    def _span(self, sign: str, wanted: datetime) -> Span:
        if sign == "<":
            # Moments are whole milliseconds; a date may lie between two.
            return Span(before_ms=self._calendar.ms(wanted) + 1)
        if sign == ">":
            return Span(from_ms=self._calendar.ms(wanted))
        midnight_ms = self._calendar.ms(wanted.replace(hour=0, minute=0, second=0, microsecond=0))
        return Span(midnight_ms, midnight_ms + _DAY_MS)

    def _add(self, name: str, wanted: str, criterion: Callable[[Item], bool]) -> None:
        self._criteria.append(criterion)
        self.parameters.append((name, wanted))

    def _when(
        self, ms_of: Callable[[Item], int | None], holds: Callable[[datetime, datetime], bool], wanted: datetime
    ) -> Callable[[Item], bool]:
        def criterion(item: Item) -> bool:
            ms = ms_of(item)
            return ms is not None and holds(self._calendar.date(ms), wanted)

        return criterion
