"""AvailablePhoneNumbers: what can be bought, by country and kind [twilio.com/docs/phone-numbers/api].

These lists have the array and a URI, and no paging keys [twilio-oai].
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from twilio_emulator.accounts.number_pool import COUNTRIES, NumberKind, kinds_in
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.number_search import Offer, read_search
from twilio_emulator.rest.paging import read_page_request
from twilio_emulator.rest.parameters import Form
from twilio_wire.e164 import national_format

_PATHS: Final = {NumberKind.LOCAL: "Local", NumberKind.MOBILE: "Mobile", NumberKind.TOLL_FREE: "TollFree"}
_KEYS: Final = {NumberKind.LOCAL: "local", NumberKind.MOBILE: "mobile", NumberKind.TOLL_FREE: "toll_free"}


def read_countries(desk: Desk, request: Request, _: str) -> Reply:
    """GET AvailablePhoneNumbers.json."""
    query = Form(request.query)
    wanted = read_page_request(query)
    beta = query.flag("Beta", default=False)
    desk.warn(query.leftovers({}))
    start = wanted.number * wanted.size
    shown = [] if beta else [_country(desk, code) for code in COUNTRIES][start : start + wanted.size]
    return Reply(200, {"countries": shown, "uri": f"{desk.account_path}/AvailablePhoneNumbers.json"})


def read_country(desk: Desk, request: Request, code: str) -> Reply:
    """GET AvailablePhoneNumbers/{country}.json."""
    if code.upper() not in COUNTRIES:
        raise RestError(20404, path=request.path, hint=f"There are numbers in {', '.join(COUNTRIES)}.")
    return Reply(200, _country(desk, code.upper()))


def search(kind: NumberKind | None) -> Handler:
    """GET AvailablePhoneNumbers/{country}/Local.json, and its like. None is a kind that there is nowhere."""

    def answer(desk: Desk, request: Request, code: str) -> Reply:
        country = code.upper()
        if kind is None or kind not in kinds_in(country):
            raise RestError(20404, path=request.path, hint="There are no numbers of this kind in that country.")
        query = Form(request.query)
        wanted = read_page_request(query)
        found = read_search(query, country, kind)
        desk.warn(query.leftovers({}))
        free = (offer for offer in found.offers() if desk.world.store.owned(offer.phone_number) is None)
        start = wanted.number * wanted.size
        shown = [_offer(offer) for offer in islice(free, start, start + wanted.size)]
        uri = f"{desk.account_path}/AvailablePhoneNumbers/{country}/{_PATHS[kind]}.json"
        return Reply(200, {"available_phone_numbers": shown, "uri": uri})

    return answer


COUNTRY_LIST: Final[Mapping[str, Handler]] = {"GET": read_countries}
COUNTRY: Final[Mapping[str, Handler]] = {"GET": read_country}
LOCAL: Final[Mapping[str, Handler]] = {"GET": search(NumberKind.LOCAL)}
MOBILE: Final[Mapping[str, Handler]] = {"GET": search(NumberKind.MOBILE)}
TOLL_FREE: Final[Mapping[str, Handler]] = {"GET": search(NumberKind.TOLL_FREE)}
OTHER: Final[Mapping[str, Handler]] = {"GET": search(None)}
"""National, SharedCost, Voip and MachineToMachine numbers: none of our countries has any."""


def _country(desk: Desk, code: str) -> dict[str, object]:
    path = f"{desk.account_path}/AvailablePhoneNumbers/{code}"
    return {
        "beta": False,
        "country": COUNTRIES[code],
        "country_code": code,
        "subresource_uris": {_KEYS[kind]: f"{path}/{_PATHS[kind]}.json" for kind in kinds_in(code)},
        "uri": f"{path}.json",
    }


def _offer(offer: Offer) -> dict[str, object]:
    place = offer.range.place
    return {
        "address_requirements": "none",
        "beta": False,
        "capabilities": {"voice": True, "sms": False, "mms": False, "fax": False},
        "friendly_name": national_format(offer.phone_number),
        "iso_country": offer.range.country,
        "lata": place and place.lata,
        "latitude": place and _degrees(place.latitude),
        "locality": place and place.locality,
        "longitude": place and _degrees(place.longitude),
        "phone_number": offer.phone_number,
        "postal_code": place and place.postal_code,
        "rate_center": place and place.rate_center,
        "region": place and place.region,
    }


def _degrees(angle: float | None) -> str | None:
    """Text with six decimals [twilio-oai, examples]."""
    return None if angle is None else f"{angle:.6f}"
