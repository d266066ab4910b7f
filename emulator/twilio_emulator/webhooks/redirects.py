"""Where a redirect leads [twilio.com/docs/voice/twiml; twilio.com/docs/api/errors/11215 and 11216]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from twilio_emulator.webhooks.failures import INVALID_REDIRECT, Failure
from twilio_emulator.webhooks.parameters import standard_only
from twilio_emulator.webhooks.target import InvalidTarget, parse_target

MAX_REDIRECTS: Final = 10
FOLLOWED: Final = frozenset({301, 302, 303, 307})
_KEEPS_METHOD: Final = 307
"""The other three become GET. Unsure: no source tells whether Twilio repeats the POST."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way to a reply. `url` is as somebody wrote it, login and fragment included."""

    method: str
    url: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def next_hop(hop: Hop, status: int, location: str) -> Hop | Failure:
    """The request that follows a 3xx reply; `location` is its header, empty when there is none."""
    here = parse_target(hop.url).url
    if status not in FOLLOWED:
        return _invalid(here, status, "that kind is not followed; use 301, 302, 303 or 307")
    if not location:
        return _invalid(here, status, "it has no Location header")
    there = urljoin(hop.url, location)
    try:
        parse_target(there)
    except InvalidTarget as error:
        return _invalid(here, status, f"it leads nowhere: {error}")
    if status == _KEEPS_METHOD:
        return Hop(hop.method, there, hop.parameters)
    return Hop("GET", there, standard_only(hop.parameters))


def _invalid(url: str, status: int, reason: str) -> Failure:
    reason = reason.rstrip(".")
    return Failure(INVALID_REDIRECT, f"{url} answered with a redirect ({status}), but {reason}.", url, status)
