"""Whether a request comes from Twilio: X-Twilio-Signature, checked by the official SDK's validator.

Laws: what Twilio signs is the URL it was given, so it is rebuilt from the public base URL and never from what a tunnel
or proxy made of the request (github.com/twilio/twilio-node/issues/321). A stream is signed as ws:// or wss://
(twilio.com/docs/usage/security), with a slash at its end or without.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Final

from twilio.request_validator import RequestValidator

from twilio_wire.redaction import redact

logger = logging.getLogger(__name__)
HEADER: Final = "X-Twilio-Signature"


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
        logger.warning("%s", redact(" ".join(_reasons(urls[0], signature))))
        return False


def _reasons(url: str, signature: str) -> Iterator[str]:
    if signature:
        yield f"Refused a request whose {HEADER} header does not fit the URL {url}."
        yield "Check that public_base_url is the address Twilio was given, and that the auth token is this account's."
    else:
        yield f"Refused a request for {url} without an {HEADER} header: it does not come from Twilio."
