"""Tokens that let a media stream in: one a TwiML document, good for one call and one use.

The upgrade request cannot be told from any other by its URL, since Twilio drops the query string
(github.com/openclaw/openclaw/issues/8814), so the token travels as a `<Parameter>` and arrives in `start`.

Laws: a call has at most one token that works; a call that is over has none, so a late socket of it cannot get in.
"""

import hmac
import secrets
from typing import Generic, TypeVar

T = TypeVar("T")
_TOKEN_BYTES = 24


class Tickets(Generic[T]):
    """The tokens that would be accepted now, each with the call it belongs to."""

    def __init__(self) -> None:
        self._current: dict[str, T] = {}

    def issue(self, call: T) -> str:
        """Make a new token for a call; the one it had before is void."""
        self.revoke(call)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._current[token] = call
        return token

    def redeem(self, token: str) -> T | None:
        """Return the call a token belongs to, once; None if it is unknown, used or void."""
        found = None
        for known in self._current:
            if hmac.compare_digest(known.encode(), token.encode()):
                found = known
        return None if found is None else self._current.pop(found)

    def revoke(self, call: T) -> None:
        """Void the token of a call."""
        for token in [token for token, owner in self._current.items() if owner is call]:
            del self._current[token]
