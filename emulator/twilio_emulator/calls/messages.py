"""User-defined messages and who subscribed to them [twilio.com/docs/voice/api/userdefinedmessage-resource].

They travel between an application and a Voice SDK client. There are no such clients here: messages are kept, no one
hears them, and no subscription is ever called.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class UserDefinedMessage:
    """A message to the client of a call: JSON, as text."""

    sid: str
    account_sid: str
    call_sid: str
    content: str
    created_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class MessageSubscription:
    """Where messages of the client of a call would go."""

    sid: str
    account_sid: str
    call_sid: str
    callback: str
    method: str
    created_ms: int
