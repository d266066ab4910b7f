"""Who may use the API: the account itself, with its auth token, by HTTP Basic
[twilio.com/docs/usage/requests-to-twilio].

Credentials are compared in constant time, and never shown.
"""

from __future__ import annotations

import base64
import hmac

from twilio_emulator.rest.errors import RestError

CHALLENGE = 'Basic realm="Twilio API"'


class Credentials:
    """One account's user and password, as a client sends them."""

    def __init__(self, account_sid: str, auth_token: str) -> None:
        self._expected = base64.b64encode(f"{account_sid}:{auth_token}".encode())

    def check(self, authorization: str) -> None:
        """Accept the right Authorization header.

        Raises:
            RestError: 20003 for any other.
        """
        scheme, _, given = authorization.partition(" ")
        is_right = hmac.compare_digest(given.strip().encode(errors="replace"), self._expected)
        if scheme.lower() != "basic" or not is_right:
            raise RestError(20003)
