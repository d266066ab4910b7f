"""How parameters travel: as a form's body, or in the query of a GET.

Captured requests write a blank as %20 and a comma as %2C, in both places; nothing is left bare but letters,
digits and `-._~`.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlsplit, urlunsplit

FORM_TYPE = "application/x-www-form-urlencoded"


def encode_parameters(parameters: Iterable[tuple[str, str]]) -> str:
    """Write (name, value) pairs as `name=value&…`, percent-encoded UTF-8."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters)


def with_query(url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Append parameters to the query a URL has already [twilio.com/docs/voice/twiml]."""
    added = encode_parameters(parameters)
    if not added:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
