"""The adapter's three URLs, as Twilio sees them.

One base URL is all there is to set; an http base gives a ws stream, https a wss one.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from twilio_adapter.errors import ConfigurationError, PublicUrlMissing

VOICE_PATH: Final = "/twilio/voice"
STATUS_PATH: Final = "/twilio/status"
STREAM_PATH: Final = "/twilio/stream"
_STREAM_SCHEME: Final = {"http": "ws", "https": "wss"}


@dataclass(frozen=True)
class Addresses:
    """Where Twilio reaches us."""

    base_url: str

    @property
    def voice_url(self) -> str:
        """Webhook for calls to our number."""
        return self.base_url + VOICE_PATH

    @property
    def status_url(self) -> str:
        """Status callback of calls we place."""
        return self.base_url + STATUS_PATH

    @property
    def stream_url(self) -> str:
        """The media stream's socket."""
        scheme, rest = self.base_url.split(":", 1)
        return f"{_STREAM_SCHEME[scheme]}:{rest}{STREAM_PATH}"


def is_local(api_base_url: str | None) -> bool:
    """Whether the API is on this machine, so that it can reach us without a public URL."""
    host = urlsplit(api_base_url or "").hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_twilio(api_base_url: str | None) -> bool:
    """Whether the API is Twilio's own, so that calls are real and cost money."""
    return api_base_url is None or (urlsplit(api_base_url).hostname or "").endswith(".twilio.com")


def checked_public_url(public_base_url: str, api_base_url: str | None) -> str:
    """Return the public base URL without a slash at its end.

    Raises:
        ConfigurationError: it is not an http or https URL without query, or it is http and real Twilio is to use it.
    """
    url = urlsplit(public_base_url)
    if url.scheme not in _STREAM_SCHEME or not url.netloc or url.query or url.fragment:
        raise ConfigurationError(
            f"public_base_url is {public_base_url!r}: give the address of your tunnel, like https://abc.example.com."
        )
    if url.scheme == "http" and api_base_url is None:
        raise ConfigurationError(
            f"public_base_url is {public_base_url!r}: Twilio opens streams over TLS only (error 31922), use https."
        )
    return public_base_url.rstrip("/")


def missing_public_url() -> PublicUrlMissing:
    """Say what to set."""
    return PublicUrlMissing(
        "Twilio cannot reach this machine: pass a tunnel (CloudflaredTunnel() needs no account), or start one to the "
        "adapter's http_port and pass its https address as public_base_url. TwilioHarness and harness() do it for you."
    )
