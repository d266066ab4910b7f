"""Which number a dialled leg shows [twilio.com/docs/voice/twiml/dial, callerId; twilio.com/docs/api/errors/13214].

The number that the document names must be To or From of the call that dials, a number that the account owns or has
verified, or a client; otherwise Twilio warns and shows what it would have shown without it: the dialling call's From.
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
INVALID_FOR_SIP: Final = 13247

_SIP_USER: Final = re.compile(r"[A-Za-z0-9+\-_.]+")


class CallerIds:
    """Chooses, from what an account may show."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def choose(self, call: Call, order: LegOrder) -> tuple[str, Problem | None]:
        """What a leg of `call` shows, and what is wrong with what the document says."""
        wanted = order.caller_id
        if not wanted or self._may_show(call, order):
            return wanted or call.from_number, None
        is_sip = order.address.startswith("sip:") and not is_e164(wanted)
        return call.from_number, Problem(
            call_sid=call.sid,
            code=INVALID_FOR_SIP if is_sip else INVALID,
            level="warning",
            message=f"callerId {wanted!r} cannot be shown; {call.from_number} is shown instead.",
            hint="Show a number that the account owns or has verified, or To or From of this call.",
        )

    def _may_show(self, call: Call, order: LegOrder) -> bool:
        wanted = order.caller_id
        if wanted in (call.from_number, call.to_number):
            return True
        if is_e164(wanted):
            return self._store.caller_id_sid(call.account_sid, wanted) is not None
        if order.address.startswith("sip:"):
            return _SIP_USER.fullmatch(wanted) is not None
        return wanted.startswith("client:") and order.address.startswith("client:")
