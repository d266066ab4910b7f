"""A pay session of a call [twilio.com/docs/voice/api/payment-resource].

Nothing here knows a card from any other keys, and no payment is ever made: a session is taken, changed and ended, and
that is all.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Payment:
    """One session; a request that repeats its key is about the same one."""

    sid: str
    account_sid: str
    call_sid: str
    idempotency_key: str
    created_ms: int
    updated_ms: int
    is_over: bool = False
