"""Sends the official SDK's requests somewhere else than to Twilio.

The SDK has no setting for it: it writes https://api.twilio.com, or a region's host, into every URL, and only
its HTTP client can be replaced. Both of the project's clients use this.
"""

from typing import Final
from urllib.parse import urlsplit

_TWILIO: Final = "twilio.com"


def rebase(url: str, base_url: str) -> str:
    """Return a Twilio URL with the scheme, host and port of base_url; path and query stay.

    A path in base_url goes in front. A URL of another host is returned as it came, so rebasing twice is
    rebasing once.

    Raises:
        ValueError: base_url is not an http or https URL.
    """
    base = urlsplit(base_url)
    if base.scheme not in {"http", "https"} or not base.netloc:
        raise ValueError(f"{base_url!r} is not a base URL: write one like http://127.0.0.1:8080.")
    target = urlsplit(url)
    host = target.hostname or ""
    if host != _TWILIO and not host.endswith(f".{_TWILIO}"):
        return url
    path = base.path.rstrip("/") + target.path
    return target._replace(scheme=base.scheme, netloc=base.netloc, path=path).geturl()
