"""The country of a number, by its calling code [itu.int, assigned E.164 country codes; nanpa.com for area
codes].

Twilio tells City, State, Zip and Country of both ends. The emulator knows countries; the rest goes out
empty, as Twilio sends what it does not know (captured requests).
"""

from __future__ import annotations

from typing import Final

_CANADIAN_CODES: Final = """
    204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 460 468 474
    506 514 519 537 548 568 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825
    867 873 879 902 905 942
"""
_CANADIAN_AREAS: Final = frozenset(_CANADIAN_CODES.split())
_ISLAND_AREAS: Final = {
    "242": "BS", "246": "BB", "264": "AI", "268": "AG", "284": "VG", "340": "VI", "345": "KY", "441": "BM",
    "473": "GD", "649": "TC", "658": "JM", "664": "MS", "670": "MP", "671": "GU", "684": "AS", "721": "SX",
    "758": "LC", "767": "DM", "784": "VC", "787": "PR", "809": "DO", "829": "DO", "849": "DO", "868": "TT",
    "869": "KN", "876": "JM", "939": "PR",
}  # fmt: skip
_COUNTRY_CODES: Final = {
    "7": "RU", "20": "EG", "27": "ZA", "30": "GR", "31": "NL", "32": "BE", "33": "FR", "34": "ES", "36": "HU",
    "39": "IT", "40": "RO", "41": "CH", "43": "AT", "44": "GB", "45": "DK", "46": "SE", "47": "NO",
    "48": "PL", "49": "DE", "51": "PE", "52": "MX", "54": "AR", "55": "BR", "56": "CL", "57": "CO",
    "58": "VE", "60": "MY", "61": "AU", "62": "ID", "63": "PH", "64": "NZ", "65": "SG", "66": "TH",
    "81": "JP", "82": "KR", "84": "VN", "86": "CN", "90": "TR", "91": "IN", "92": "PK", "94": "LK",
    "212": "MA", "213": "DZ", "216": "TN", "233": "GH", "234": "NG", "254": "KE", "255": "TZ", "256": "UG",
    "351": "PT", "352": "LU", "353": "IE", "354": "IS", "355": "AL", "356": "MT", "357": "CY", "358": "FI",
    "359": "BG", "370": "LT", "371": "LV", "372": "EE", "380": "UA", "381": "RS", "385": "HR", "386": "SI",
    "387": "BA", "420": "CZ", "421": "SK", "852": "HK", "855": "KH", "880": "BD", "886": "TW", "961": "LB",
    "962": "JO", "965": "KW", "966": "SA", "971": "AE", "972": "IL", "974": "QA", "977": "NP", "995": "GE",
}  # fmt: skip


def country_of(number: str) -> str:
    """The ISO 3166 code of an E.164 number's country, upper case; empty when we cannot tell."""
    digits = number.removeprefix("+")
    if digits.startswith("1"):
        area = digits[1:4]
        return "CA" if area in _CANADIAN_AREAS else _ISLAND_AREAS.get(area, "US")
    for length in (1, 2, 3):
        country = _COUNTRY_CODES.get(digits[:length])
        if country is not None:
            return country
    return ""
