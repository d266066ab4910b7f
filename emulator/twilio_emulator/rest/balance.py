"""The account's balance. Nothing is billed here, so it is always the same [twilio.com/docs/usage/api]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.http import Reply, Request


def read(desk: Desk, _: Request, __: str) -> Reply:
    """GET Balance.json."""
    return Reply(200, {"account_sid": desk.account.sid, "balance": "100.00", "currency": "USD"})


INSTANCE: Final[Mapping[str, Handler]] = {"GET": read}
