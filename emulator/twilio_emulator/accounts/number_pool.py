"""Numbers that can be bought: invented, and the same in every run.

All are from ranges set aside for fiction, so that none is anybody's: 555-0100 to 555-0199 in North America
(ATIS-0300115), Ofcom's, the Bundesnetzagentur's and ARCEP's lists of numbers for drama. Places are real, what lies in
them is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class NumberKind(StrEnum):
    """What sort of number it is, by the name that REST gives it."""

    LOCAL = "local"
    MOBILE = "mobile"
    TOLL_FREE = "toll-free"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a local number is at home; texts as REST shows them, None where a country has no such thing."""

    locality: str
    region: str
    rate_center: str | None = None
    lata: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Consecutive numbers: `prefix`, then the digits from `first`, `count` of them, as wide as `width`."""

    country: str
    kind: NumberKind
    prefix: str
    first: int
    count: int
    width: int
    place: Place | None = None

    def numbers(self) -> Iterator[str]:
        """Every number, E.164, in order."""
        return (f"{self.prefix}{line:0{self.width}}" for line in range(self.first, self.first + self.count))

    def has(self, phone_number: str) -> bool:
        """Whether a number is one of these."""
        line = phone_number.removeprefix(self.prefix)
        is_line = line != phone_number and len(line) == self.width and line.isdigit()
        return is_line and self.first <= int(line) < self.first + self.count


COUNTRIES: Final = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "DE": "Germany",
    "FR": "France",
}

_CITIES: Final = {
    ("US", "415"): Place("San Francisco", "CA", "SNFC CNTRL", "722", "94102", 37.7793, -122.4193),
    ("US", "510"): Place("Oakland", "CA", "OKLD MN-PD", "722", "94612", 37.8044, -122.2711),
    ("US", "213"): Place("Los Angeles", "CA", "LSAN DA 01", "730", "90012", 34.0537, -118.2428),
    ("US", "206"): Place("Seattle", "WA", "SEATTLE", "674", "98104", 47.6038, -122.3301),
    ("US", "303"): Place("Denver", "CO", "DENVER", "656", "80202", 39.7392, -104.9849),
    ("US", "512"): Place("Austin", "TX", "AUSTIN", "558", "78701", 30.2711, -97.7437),
    ("US", "312"): Place("Chicago", "IL", "CHICAGO", "358", "60602", 41.8756, -87.6244),
    ("US", "212"): Place("New York", "NY", "NWYRCYZN01", "132", "10007", 40.7127, -74.0060),
    ("US", "617"): Place("Boston", "MA", "BOSTON", "128", "02201", 42.3555, -71.0566),
    ("US", "305"): Place("Miami", "FL", "MIAMI", "460", "33130", 25.7742, -80.1936),
    ("US", "808"): Place("Honolulu", "HI", "HONOLULU", "834", "96813", 21.3045, -157.8557),
    ("CA", "416"): Place("Toronto", "ON", "TORONTO", "888", "M5H 2N2", 43.6535, -79.3839),
    ("CA", "604"): Place("Vancouver", "BC", "VANCOUVER", "888", "V5Y 1V4", 49.2609, -123.1139),
    ("CA", "514"): Place("Montreal", "QC", "MONTREAL", "888", "H2Y 1C6", 45.5032, -73.5698),
}
_TOLL_FREE_CODES: Final = ("800", "888", "877", "866", "855", "844", "833")

_RANGES: Final = (
    *(
        NumberRange(country, NumberKind.LOCAL, f"+1{area}5550", 100, 100, 3, place)
        for (country, area), place in _CITIES.items()
    ),
    *(
        NumberRange(country, NumberKind.TOLL_FREE, f"+1{code}5550", first, 50, 3)
        for country, first in (("US", 100), ("CA", 150))
        for code in _TOLL_FREE_CODES
    ),
    NumberRange("GB", NumberKind.LOCAL, "+44207946", 0, 1000, 4, Place("London", "England")),
    NumberRange("GB", NumberKind.LOCAL, "+44161496", 0, 1000, 4, Place("Manchester", "England")),
    NumberRange("GB", NumberKind.LOCAL, "+44131496", 0, 1000, 4, Place("Edinburgh", "Scotland")),
    NumberRange("GB", NumberKind.MOBILE, "+447700900", 0, 1000, 3),
    NumberRange("GB", NumberKind.TOLL_FREE, "+448081570", 0, 1000, 3),
    NumberRange("DE", NumberKind.LOCAL, "+493023125", 0, 1000, 3, Place("Berlin", "Berlin")),
    NumberRange("DE", NumberKind.LOCAL, "+494066969", 0, 1000, 3, Place("Hamburg", "Hamburg")),
    NumberRange("DE", NumberKind.MOBILE, "+4917139200", 0, 100, 2),
    NumberRange("FR", NumberKind.LOCAL, "+3319900", 0, 10_000, 4, Place("Paris", "Île-de-France")),
    NumberRange("FR", NumberKind.MOBILE, "+3363998", 0, 10_000, 4),
)

# What kind a number is, whoever invented it. Mobile numbers look like local ones in North America.
_KIND_PATTERNS: Final = (
    (re.compile(rf"\+1(?:{'|'.join(_TOLL_FREE_CODES)})[0-9]{{7}}|\+44800[0-9]+|\+44808[0-9]+"), NumberKind.TOLL_FREE),
    (re.compile(r"\+447[0-9]+|\+491[567][0-9]+|\+33[67][0-9]+"), NumberKind.MOBILE),
)

_AREA: Final = re.compile("[2-9][0-9]{2}")


def kind_of(phone_number: str) -> NumberKind:
    """The kind of a number in E.164; local where nothing says otherwise."""
    return next((kind for pattern, kind in _KIND_PATTERNS if pattern.fullmatch(phone_number)), NumberKind.LOCAL)


def kinds_in(country: str) -> tuple[NumberKind, ...]:
    """The kinds that can be had in a country."""
    return tuple(dict.fromkeys(found.kind for found in _RANGES if found.country == country))


def ranges_in(country: str, kind: NumberKind) -> tuple[NumberRange, ...]:
    """The ranges of a country, in the order in which they are offered."""
    return tuple(found for found in _RANGES if found.country == country and found.kind is kind)


def area_range(area: str) -> NumberRange | None:
    """The numbers of a North American area code, be it in the table or not; None when it cannot be one."""
    if _AREA.fullmatch(area) is None:
        return None
    prefix = f"+1{area}5550"
    known = (found for found in _RANGES if found.prefix == prefix)
    return next(known, NumberRange("US", NumberKind.LOCAL, prefix, 100, 100, 3))


def place_of(phone_number: str) -> Place | None:
    """Where one of these numbers is at home."""
    return next((found.place for found in _RANGES if found.has(phone_number)), None)
