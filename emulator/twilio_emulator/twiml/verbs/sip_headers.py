"""The headers that go along with a SIP leg: `?X-Name=value` in its URI, or `<Headers><Header name value/></Headers>`.

Sources: twilio.com/docs/voice/twiml/sip, twilio.com/docs/api/errors/32111, 32112 and 32113.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.schema import Attribute, Tag, Use
from twilio_emulator.twiml.values import TEXT

INVALID_NAME: Final = 32111
INVALID_VALUE: Final = 32112
NOT_ALLOWED: Final = 32113
TOO_LONG: Final = 13253
MAX_HEADERS_CHARS: Final = 1024

NAME: Final = Attribute("name", "", TEXT)
VALUE: Final = Attribute("value", "", TEXT)
HEADER: Final = Tag(name="Header", attributes=(NAME, VALUE))
HEADERS: Final = Tag(name="Headers", children={"Header": HEADER})

_TOKEN: Final = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
"""A header's name [RFC 3261, section 25.1]."""

_STANDARD: Final = frozenset({"user-to-user", "remote-party-id", "p-preferred-identity", "p-called-party-id"})
"""Headers that pass although they do not begin with X-."""


def sip_headers(use: Use, in_uri: Mapping[str, str], context: CallContext) -> Steps[dict[str, str]]:
    """The headers that go out; each that cannot is told, and left out."""
    nested = [header for child in use.children if child.tag is HEADERS for header in child.children]
    written = [*in_uri.items(), *((header[NAME], header[VALUE]) for header in nested)]
    headers: dict[str, str] = {}
    for name, value in written:
        fault = _fault(name, value)
        if fault is None:
            headers[name] = value
        else:
            code, why = fault
            yield context.warning(code, f"{use.place}: {why}; the header is left out.", "Use X-Name=value.")
    length = sum(len(name) + len(value) for name, value in headers.items())
    if length >= MAX_HEADERS_CHARS:
        yield context.warning(
            TOO_LONG, f"{use.place}: its headers have {length} characters; none goes out.", "Send a key in one header."
        )
        return {}
    return headers


def _fault(name: str, value: str) -> tuple[int, str] | None:
    if not _TOKEN.fullmatch(name):
        return INVALID_NAME, f"{name!r} is no name of a header"
    lower = name.lower()
    if lower.startswith("x-twilio") or not (lower.startswith("x-") or lower in _STANDARD):
        return NOT_ALLOWED, f"{name!r} is not allowed"
    if not value.isprintable():
        return INVALID_VALUE, f"the value of {name} has characters that no header may have"
    return None
