"""Who may use the API, by HTTP Basic [twilio.com/docs/usage/requests-to-twilio].

Laws
----
* An account speaks with its SID and auth token, or with one of its API keys and the key's secret.
* The main account may act for its sub-accounts; they neither for it nor for each other.
* A standard key reaches neither accounts nor keys [twilio.com/docs/iam/api-keys].
* An account that is not active can do nothing; its owner may look at it, and wake it up.
* Secrets are compared in constant time, and never shown.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from functools import lru_cache

import msgspec

from twilio_emulator.accounts.account import Account, Accounts
from twilio_emulator.rest.errors import RestError

CHALLENGE = 'Basic realm="Twilio API"'


class Principal(msgspec.Struct, frozen=True):
    """Who asks: an account, by its token or by a key."""

    account: Account
    key_sid: str = ""

    def may_act_for(self, account: Account) -> bool:
        """Whether this is the account itself, or its owner."""
        return self.account is account or self.account.sid == account.owner_sid


class Credentials:
    """Users and passwords, as clients send them."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def check(self, authorization: str) -> Principal:
        """Tell who sends this Authorization header.

        Raises:
            RestError: 20003 for one that nobody here may send.
        """
        scheme, user, password = _parsed(authorization)
        principal, secret = self._known(user)
        is_right = hmac.compare_digest(password, secret.encode())
        if principal is None or not is_right or scheme != "basic":
            raise RestError(20003)
        return principal

    def check_main(self, authorization: str) -> None:
        """Let the main account and its keys pass, and nobody else: for what concerns the whole emulator.

        Raises:
            RestError: 20003.
        """
        if self.check(authorization).account is not self._accounts.main:
            raise RestError(20003)

    def _known(self, user: str) -> tuple[Principal | None, str]:
        """Who bears this name, and the secret that goes with it."""
        account = self._accounts.get(user)
        if account is not None:
            return Principal(account), account.auth_token
        key = self._accounts.keys.get(user)
        owner = None if key is None else self._accounts.get(key.account_sid)
        if key is None or owner is None:
            return None, ""
        return Principal(owner, key.sid), key.secret


@lru_cache(maxsize=64)
def _parsed(authorization: str) -> tuple[str, str, bytes]:
    """The scheme in lower case, the user and the password that a header gives; a client's is always the same one."""
    scheme, _, given = authorization.partition(" ")
    user, _, password = _decoded(given).partition(b":")
    return scheme.lower(), user.decode(errors="replace"), password


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip().encode(), validate=True)
    except (binascii.Error, ValueError):
        return b""
