"""What an examination is made of: its checks, and what they find."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from twilio_adapter.lease import LeaseBook
from twilio_adapter.limits import Limits
from twilio_adapter.tunnel import Tunnel

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Patient:
    """What is examined: what an adapter would be constructed with. Empty credentials are examined too."""

    account_sid: str
    auth_token: str
    phone_number: str
    http_port: int
    tunnel: Tunnel
    api_base_url: str | None = None
    limits: Limits = field(default_factory=Limits)
    leases: LeaseBook | None = None


class Verdict(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What a check has found.

    Attributes:
        check: its name.
        verdict: how it came out.
        found: what was seen, one sentence.
        cause: why, if something is wrong.
        fix: what to do about it.
    """

    check: str
    verdict: Verdict
    found: str
    cause: str = ""
    fix: str = ""


@dataclass(frozen=True)
class Check(Generic[T]):
    """One row of a table of checks.

    Attributes:
        name: what it is called.
        doing: what it does, for people who wait.
        method: carries it out, and says what is well or raises `Wrong`.
        needs: the checks that must have gone well before.
        cause, fix: what to say if it raises an error of its own.
    """

    name: str
    doing: str
    method: Callable[[T], Awaitable[str]]
    needs: tuple[str, ...] = ()
    cause: str = "Twilio could not be asked."
    fix: str = "Check the connection to the internet, and status.twilio.com."


class Wrong(Exception):
    """A check has found something."""

    def __init__(self, found: str, cause: str, fix: str, verdict: Verdict = Verdict.FAILED) -> None:
        super().__init__(found)
        self.found = found
        self.cause = cause
        self.fix = fix
        self.verdict = verdict
