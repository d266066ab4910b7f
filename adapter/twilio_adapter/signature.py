"""Whether a request comes from Twilio: X-Twilio-Signature, checked by the official SDK's validator.

Laws: what Twilio signs is the URL it was given, so it is rebuilt from the public base URL and never from what a tunnel
or proxy made of the request (github.com/twilio/twilio-node/issues/321). A stream is signed as ws:// or wss://
(twilio.com/docs/usage/security), with a slash at its end or without.
"""

import itertools
import logging
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from twilio.request_validator import RequestValidator

from twilio_wire.redaction import redact

logger = logging.getLogger(__name__)
HEADER: Final = "X-Twilio-Signature"
_HOST_HEADERS: Final = ("X-Forwarded-Host", "X-Original-Host", "Host")


class Signatures:
    """Checks requests against one account's auth token."""

    def __init__(self, auth_token: str, *, validate: bool) -> None:
        self._validator = RequestValidator(auth_token)
        self._validate = validate

    def webhook_is_genuine(self, url: str, form: Mapping[str, object], headers: Mapping[str, str]) -> bool:
        """Check a form POST that was sent to this public URL; why not is logged."""
        return self._is_genuine((url,), form, headers)

    def stream_is_genuine(self, url: str, headers: Mapping[str, str]) -> bool:
        """Check a WebSocket upgrade to this public ws:// or wss:// URL; why not is logged."""
        return self._is_genuine((url, url + "/"), {}, headers)

    def _is_genuine(self, urls: tuple[str, ...], form: Mapping[str, object], headers: Mapping[str, str]) -> bool:
        if not self._validate:
            return True
        signature = headers.get(HEADER, "")
        if signature and any(self._validator.validate(url, form, signature) for url in urls):
            return True
        logger.warning("%s", redact(" ".join(self._reasons(urls[0], signature, form, headers))))
        return False

    def _reasons(
        self, expected: str, signature: str, form: Mapping[str, object], headers: Mapping[str, str]
    ) -> Iterator[str]:
        if not signature:
            yield f"Refused a request for {expected} without an {HEADER} header: it does not come from Twilio."
            return
        yield f"Refused a request whose {HEADER} header does not fit {expected}, the URL expected here."
        signed = next((url for url in _likely(expected, headers) if self._validator.validate(url, form, signature)), "")
        if signed:
            yield f"It was signed for {signed}: make public_base_url the address that Twilio was given."
        else:
            yield (
                "It was signed for another URL, with another account's auth token, or was changed on its way: check "
                "public_base_url first."
            )


def _likely(expected: str, headers: Mapping[str, str]) -> Iterator[str]:
    """The URLs that a request may have been signed for, if not for the expected one: other schemes, other hosts."""
    parts = urlsplit(expected)
    hosts = [parts.netloc, *(headers[name] for name in _HOST_HEADERS if name in headers)]
    for host, scheme in itertools.product(hosts, ("https", "http", "wss", "ws")):
        yield urlunsplit((scheme, host, parts.path, parts.query, ""))
