"""What the Debugger and the Events of a call show: the journal's problems and requests, filed by account and by call.

Problems without a code of Twilio's are advice of the emulator's own, and no notification.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from twilio_emulator.journal import Problem


class HttpExchange(msgspec.Struct, frozen=True, gc=False):
    """A request about a call, with its reply: the one that created it, or one to the application."""

    sid: str
    account_sid: str
    call_sid: str
    at_ms: int
    method: str
    url: str
    parameters: dict[str, str]
    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True, eq=False)
class Notification:
    """A problem that Twilio would list, and the request that it came of, if there was one."""

    sid: str
    account_sid: str
    call_sid: str
    problem: Problem
    exchange: HttpExchange | None
