"""What befalls one request to the application: it is late, or it fails without reaching the application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from twilio_emulator.faults.fault import Fault
from twilio_emulator.webhooks import failures
from twilio_emulator.webhooks.failures import Failure
from twilio_emulator.webhooks.overrides import Policy, RetryOn

Fail = Callable[[str], Failure]
"""Makes the failure of a request to a URL (without login)."""

_PATIENCE_MS: Final = Policy().total_ms


@dataclass(frozen=True, slots=True)
class Mishap:
    """`delay_ms` of call time before a request, and what then comes instead of a reply (None: the reply)."""

    delay_ms: int = 0
    fail: Fail | None = None

    def and_then(self, other: Mishap) -> Mishap:
        """Both; the first failure counts."""
        return Mishap(self.delay_ms + other.delay_ms, self.fail or other.fail)


NONE: Final = Mishap()


def mishap_of(fault: Fault) -> Mishap:
    """What a fault does to a request that it strikes."""
    if fault.name == "slow_webhook":
        return Mishap(fault.whole("delay_ms"))
    if fault.name == "failing_webhook":
        status = fault.whole("status")
        return Mishap(fail=lambda url: failures.error_response(url, status))
    how = fault.text("how")
    return Mishap(_PATIENCE_MS if how == "timeout" else 0, _BROKEN[how])


def _refused(url: str) -> Failure:
    message = f"{url} refused the connection: no server listens on that port."
    return Failure(failures.CONNECTION_REFUSED, message, url, 0, RetryOn.CONNECT)


def _lost(url: str) -> Failure:
    return Failure(failures.CONNECTION_FAILURE, f"{url} closed the connection without an answer.", url)


def _timeout(url: str) -> Failure:
    return failures.out_of_time(url, _PATIENCE_MS, is_override=False)


_BROKEN: Final[dict[str, Fail]] = {"refused": _refused, "lost": _lost, "timeout": _timeout}
