"""The main account, its sub-accounts, and the API keys that speak for them.

Sources: twilio.com/docs/iam/api/subaccounts and twilio.com/docs/iam/api-keys. Sub-accounts have none of their own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from twilio_emulator.accounts.shelf import Register, Shelf
from twilio_wire.sids import SidFactory, SidKind


class AccountStatus(StrEnum):
    """Whether an account can be used. A suspended one can be woken up, a closed one cannot."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


@dataclass(slots=True, eq=False)
class Account:
    """An account. The main one owns itself. Times are call-clock milliseconds."""

    sid: str
    auth_token: str
    friendly_name: str
    owner_sid: str
    created_ms: int
    updated_ms: int
    status: AccountStatus = AccountStatus.ACTIVE

    @property
    def is_active(self) -> bool:
        """Whether it can place and take calls."""
        return self.status is AccountStatus.ACTIVE

    def __repr__(self) -> str:
        return f"Account({self.sid}, {self.friendly_name!r}, {self.status})"


@dataclass(slots=True, eq=False)
class ApiKey:
    """A standard key: a user and a secret for one account. Its secret is shown in the reply that makes it, only."""

    sid: str
    account_sid: str
    secret: str
    friendly_name: str
    created_ms: int
    updated_ms: int

    def __repr__(self) -> str:
        return f"ApiKey({self.sid}, {self.friendly_name!r})"


class Accounts:
    """All accounts of one emulator, and all their keys."""

    def __init__(self, main_sid: str, auth_token: str, sids: SidFactory) -> None:
        self._sids = sids
        self.main = Account(main_sid, auth_token, "Emulated account", main_sid, created_ms=0, updated_ms=0)
        self.keys: Register[ApiKey] = Register()
        self._family: Shelf[Account] = Shelf()
        self._by_sid: dict[str, Account] = {}
        self.clear()

    def get(self, sid: str) -> Account | None:
        """The account with this sid."""
        return self._by_sid.get(sid)

    def family(self, owner: Account) -> Shelf[Account]:
        """An account and those that it owns, oldest first."""
        if owner is self.main:
            return self._family
        alone: Shelf[Account] = Shelf()
        alone.add(owner)
        return alone

    def open_sub_account(self, friendly_name: str, *, now_ms: int) -> Account:
        """A new account below the main one, with a token of its own."""
        sid = self._sids.new(SidKind.ACCOUNT)
        account = Account(sid, self._secret(sid), friendly_name, self.main.sid, now_ms, now_ms)
        self._keep(account)
        return account

    def issue_key(self, account_sid: str, friendly_name: str, *, now_ms: int) -> ApiKey:
        """A new key for an account."""
        sid = self._sids.new(SidKind.KEY)
        key = ApiKey(sid, account_sid, self._secret(sid), friendly_name, now_ms, now_ms)
        self.keys.add(key)
        return key

    def auth_token(self, account_sid: str) -> str:
        """What signs the requests of an account; the main one's token for an account that is not there."""
        return self._by_sid.get(account_sid, self.main).auth_token

    def clear(self) -> None:
        """Back to the main account alone."""
        self.keys.clear()
        self._family = Shelf()
        self._by_sid = {}
        self._keep(self.main)

    def _keep(self, account: Account) -> None:
        self._by_sid[account.sid] = account
        self._family.add(account)

    def _secret(self, sid: str) -> str:
        """The same for the same sid and main account, so that runs can be repeated."""
        return hashlib.sha256(f"{sid}:{self.main.auth_token}".encode()).hexdigest()[:32]
