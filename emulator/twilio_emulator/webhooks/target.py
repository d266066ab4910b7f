"""A webhook's URL, taken apart: what is requested, who logs in, and the connection overrides in its fragment.

Only http and https can be targets, whoever wrote the URL: an application's number, its TwiML, or a redirect.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

LONGEST_URL: Final = 4000
"""Characters; source twilio.com/docs/api/errors/21609."""

# RFC 3986's own characters stay as written, and so does an escape that is there already.
_PATH_SAFE: Final = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE: Final = _PATH_SAFE + "?"


class InvalidTarget(ValueError):
    """Text that is not an absolute http or https URL (Twilio's 11100, or 21205 and its like in REST)."""


@dataclass(frozen=True, slots=True)
class Login:
    """The `user:password@` of a URL, decoded."""

    username: str
    password: str = field(repr=False)

    @property
    def basic(self) -> str:
        """The value of an Authorization header."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Target:
    """`url` is what goes on the wire: legal characters only, no login, no fragment, never without a path."""

    url: str
    login: Login | None
    fragment: str

    @property
    def origin(self) -> str:
        """Scheme, host and port: whom a login or a cookie belongs to."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def parse_target(text: str) -> Target:
    """Take an absolute URL apart.

    Raises:
        InvalidTarget: it is not http or https, has no host, an impossible port, or is too long.
    """
    if len(text) > LONGEST_URL:
        raise InvalidTarget(f"A URL of {len(text)} characters is too long; the limit is {LONGEST_URL}.")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:  # an impossible port or IPv6 literal; IDNA's error is one, too
        raise InvalidTarget(f"{text!r} is not a URL: {error}.") from None
    if parts.scheme not in {"http", "https"}:
        raise InvalidTarget(f"{text!r} is not an absolute URL: begin it with http:// or https://.")
    if not host or any(character in host for character in ' "<>\\^`{|}%'):
        raise InvalidTarget(f"{text!r} names no host that can be called.")
    address = f"[{host}]" if ":" in host else host
    netloc = address if port is None else f"{address}:{port}"
    path = quote(parts.path, safe=_PATH_SAFE) or "/"
    url = urlunsplit((parts.scheme, netloc, path, quote(parts.query, safe=_QUERY_SAFE), ""))
    login = None
    if parts.username is not None:
        login = Login(unquote(parts.username), unquote(parts.password or ""))
    return Target(url, login, parts.fragment)


def is_target(text: str) -> bool:
    """Whether Twilio can send a request there."""
    try:
        parse_target(text)
    except InvalidTarget:
        return False
    return True
