"""Which number a dialled leg shows [twilio.com/docs/voice/twiml/dial, callerId; twilio.com/docs/api/errors/13214].

The number that the document names must be To or From of the call that dials, or a number that the account owns or has
verified; between clients and SIP users it may be a name. Otherwise Twilio warns, and shows what it would have shown
without it: the dialling call's From. A telephone is never shown a name: the leg of a client that names no number fails.
"""

from __future__ import annotations

import re
from typing import Final

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.store import Store
from twilio_emulator.journal import Problem
from twilio_emulator.twiml.dial_flow import LegOrder
from twilio_wire.e164 import is_e164

INVALID: Final = 13214

_SIP_USER: Final = re.compile(r"[A-Za-z0-9+\-_.]+")


class CallerIds:
    """Chooses, from what an account may show."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def choose(self, call: Call, order: LegOrder) -> tuple[str, Problem | None]:
        """What a leg of `call` shows, empty for a leg that cannot be; and what is wrong with what the document says."""
        if order.caller_id and self._may_show(call, order):
            return order.caller_id, None
        shown = call.from_number if not _is_telephone(order) or is_e164(call.from_number) else ""
        if shown and not order.caller_id:
            return shown, None
        instead = f"{shown} is shown instead" if shown else f"{order.route} is not rung"
        named = f"callerId {order.caller_id!r} cannot be shown" if order.caller_id else "There is no callerId to show"
        return shown, Problem(
            call_sid=call.sid,
            code=INVALID,
            level="warning",
            message=f"{named}; {instead}.",
            hint="Show a number that the account owns or has verified, or To or From of this call.",
        )

    def _may_show(self, call: Call, order: LegOrder) -> bool:
        wanted = order.caller_id
        if is_e164(wanted):
            is_own = self._store.caller_id_sid(call.account_sid, wanted) is not None
            return is_own or wanted in (call.from_number, call.to_number)
        if _is_telephone(order):
            return False
        return wanted.startswith("client:") or _SIP_USER.fullmatch(wanted) is not None


def _is_telephone(order: LegOrder) -> bool:
    return is_e164(order.route)
