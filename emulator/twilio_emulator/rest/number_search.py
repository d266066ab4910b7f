"""What a search for numbers asks for [twilio.com/docs/phone-numbers/api/availablephonenumberlocal-resource]."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from twilio_emulator.accounts.number_pool import NumberKind, NumberRange, Place, area_range, place_of, ranges_in
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.parameters import Form

_EARTH_MILES: Final = 3958.8
_DEFAULT_DISTANCE: Final = 25
_MAX_DISTANCE: Final = 500

_CONTAINS: Final = re.compile(r"[+]?[0-9A-Za-z*%]{1,15}[$]?")
_KEYPAD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")

_PLACE_FILTERS: Final[dict[str, Callable[[Place], str | None]]] = {
    "InRegion": lambda place: place.region,
    "InLocality": lambda place: place.locality,
    "InPostalCode": lambda place: place.postal_code,
    "InRateCenter": lambda place: place.rate_center,
    "InLata": lambda place: place.lata,
}
# A number that is not emulated cannot be had, so a search for these finds nothing.
_CANNOT: Final = ("SmsEnabled", "MmsEnabled", "FaxEnabled")
# Nothing here is new to the platform, and nothing asks for an address: these exclude nothing.
_WITHOUT_CONSEQUENCE: Final = (
    "Beta",
    "VoiceEnabled",
    "ExcludeAllAddressRequired",
    "ExcludeLocalAddressRequired",
    "ExcludeForeignAddressRequired",
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A number that can be bought, and the range that it is from."""

    phone_number: str
    range: NumberRange


@dataclass(frozen=True, slots=True)
class Search:
    """Which numbers are wanted: ranges first, then the digits."""

    ranges: tuple[NumberRange, ...]
    digits: re.Pattern[str]

    def offers(self) -> Iterator[Offer]:
        """What there is, in order, whoever owns it."""
        for found in self.ranges:
            for number in found.numbers():
                if self.digits.search(number):
                    yield Offer(number, found)


def read_search(query: Form, country: str, kind: NumberKind) -> Search:
    """Read what a search asks for.

    Raises:
        RestError: 20001, 21451 for a filter that cannot be.
    """
    ranges = ranges_in(country, kind)
    area = query.text("AreaCode")
    if area:
        ranges = _in_area(area, ranges)
    for name, value_of in _PLACE_FILTERS.items():
        wanted = query.text(name).casefold()
        if wanted:
            ranges = tuple(
                found for found in ranges if found.place and (value_of(found.place) or "").casefold() == wanted
            )
    centre, miles = _centre(query)
    if centre is not None:
        ranges = tuple(found for found in ranges if _distance(centre, found.place) <= miles)
    cannot = [query.flag(name, default=False) for name in _CANNOT]
    if any(cannot):
        ranges = ()
    for name in _WITHOUT_CONSEQUENCE:
        query.text(name)
    return Search(ranges, _digits(query))


def _in_area(area: str, ranges: tuple[NumberRange, ...]) -> tuple[NumberRange, ...]:
    found = area_range(area)
    if found is None:
        raise RestError(21451, value=area)
    return tuple(known for known in ranges if known.prefix == found.prefix)


def _digits(query: Form) -> re.Pattern[str]:
    """`*` is any digit, `%` any digits, letters are those of a keypad; `+` begins and `$` ends the number."""
    text = query.text("Contains")
    if not text:
        return re.compile("")
    if _CONTAINS.fullmatch(text) is None or len(text) < 2:
        problem = f"{text} is not 2 to 16 digits, letters, *, % or a leading + and a final $"
        raise RestError(20001, parameter="Contains", problem=problem)
    body = text.removeprefix("+").removesuffix("$").upper().translate(_KEYPAD)
    pattern = body.replace("*", "[0-9]").replace("%", "[0-9]*")
    return re.compile((r"^\+" if text.startswith("+") else "") + pattern + ("$" if text.endswith("$") else ""))


def _centre(query: Form) -> tuple[tuple[float, float] | None, int]:
    """Where to look, as latitude and longitude, and how many miles around it."""
    miles = query.whole_number("Distance", default=_DEFAULT_DISTANCE, lowest=0, highest=_MAX_DISTANCE, code=20001)
    number, point = query.text("NearNumber"), query.text("NearLatLong")
    if number:
        place = place_of(number)
        if place is None or place.latitude is None or place.longitude is None:
            raise RestError(20001, parameter="NearNumber", problem=f"nobody knows where {number} is")
        return (place.latitude, place.longitude), miles
    if not point:
        return None, miles
    try:
        latitude, longitude = (float(part) for part in point.split(","))
    except ValueError:
        problem = f"{point} is not a latitude, a comma and a longitude"
        raise RestError(20001, parameter="NearLatLong", problem=problem) from None
    return (latitude, longitude), miles


def _distance(centre: tuple[float, float], place: Place | None) -> float:
    """Miles along the ground, infinite to nowhere."""
    if place is None or place.latitude is None or place.longitude is None:
        return math.inf
    north, south = math.radians(centre[0]), math.radians(place.latitude)
    east = math.radians(place.longitude - centre[1])
    bulge = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return 2 * _EARTH_MILES * math.asin(math.sqrt(min(1.0, bulge)))
