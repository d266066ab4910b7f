"""Proving that a phone number is somebody's: Twilio rings there, and whoever answers keys a code.

Source: twilio.com/docs/voice/api/outgoing-caller-ids. The call is an ordinary one of the account; what becomes of it is
read off the journal. A code that is wrong, or a call that ends without one, verifies nothing. That a single wrong code
ends it, and the words that are spoken, are our reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from twilio_emulator.accounts.voice import OutgoingCallerId
from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.calls.progress import post
from twilio_emulator.calls.requests import CallRequest
from twilio_emulator.journal import CallMoved, DigitHeard, Entry
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import Instructions
from twilio_emulator.webhooks.parameters import voice_parameters
from twilio_wire.sids import SidKind

TWILIOS_NUMBER: Final = "+14157234000"
"""Whom a verification call comes from: the support line, as a caller sees it."""

_CODE_DIGITS: Final = 6
_PATIENCE_S: Final = 30

_TWIML: Final = (
    "<Response><Say>Please enter the verification code that you were shown.</Say>"
    f'<Pause length="{_PATIENCE_S}"/></Response>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """A number to be verified, once REST has checked the request.

    `phone_number` is E.164. `extension` are keys to press after the answer. The call is dialled after `delay_s`.
    """

    account_sid: str
    phone_number: str
    friendly_name: str
    extension: str = ""
    delay_s: int = 0
    callback_url: str = ""
    callback_method: str = "POST"

    def call_request(self) -> CallRequest:
        """The call that asks for the code."""
        return CallRequest(
            account_sid=self.account_sid,
            to=self.phone_number,
            from_=TWILIOS_NUMBER,
            instructions=Instructions(twiml=_TWIML),
            send_digits=self.extension,
            dial_delay_s=self.delay_s,
        )


def code_for(call_sid: str) -> str:
    """The code that a verification call wants to hear: six digits, the same for the same call."""
    digest = hashlib.sha256(f"validation:{call_sid}".encode()).digest()
    return f"{int.from_bytes(digest[:8]) % 10**_CODE_DIGITS:0{_CODE_DIGITS}}"


class CallerIdCheck:
    """One verification call, from its placing to its end."""

    def __init__(self, request: CheckRequest, call: Call, rooms: Rooms, *, hang_up: Callable[[Call], None]) -> None:
        self._request = request
        self._call = call
        self._rooms = rooms
        self._hang_up = hang_up
        self._heard = ""
        self._caller_id_sid = ""
        self._unsubscribe = rooms.journal.subscribe(self._read)

    def _read(self, entry: Entry) -> None:
        if entry.call_sid != self._call.sid:
            return
        if isinstance(entry, DigitHeard) and entry.digit.isdigit():
            self._digit(entry.digit)
        elif isinstance(entry, CallMoved) and CallStatus(entry.status).is_final:
            self._unsubscribe()
            self._report()

    def _digit(self, digit: str) -> None:
        self._heard += digit
        if len(self._heard) != _CODE_DIGITS:
            return
        if self._heard == code_for(self._call.sid):
            self._verify()
        # Not at once: the session is still handing this key around.
        self._rooms.clock.call_at(self._rooms.clock.now_ms, lambda: self._hang_up(self._call))

    def _verify(self) -> None:
        store, now_ms = self._rooms.store, self._rooms.clock.now_ms
        known = store.caller_id_sid(self._request.account_sid, self._request.phone_number)
        self._caller_id_sid = known or self._rooms.sids.new(SidKind.PHONE_NUMBER)
        if known is None:
            store.caller_ids.add(
                OutgoingCallerId(
                    sid=self._caller_id_sid,
                    account_sid=self._request.account_sid,
                    phone_number=self._request.phone_number,
                    friendly_name=self._request.friendly_name,
                    created_ms=now_ms,
                    updated_ms=now_ms,
                )
            )

    def _report(self) -> None:
        if not self._request.callback_url:
            return
        outcome = {"VerificationStatus": "failed"}
        if self._caller_id_sid:
            outcome = {"VerificationStatus": "success", "OutgoingCallerIdSid": self._caller_id_sid}
        post(
            self._rooms,
            self._call.sid,
            url=self._request.callback_url,
            method=self._request.callback_method,
            parameters=voice_parameters(self._call, extras=outcome),
            purpose="verification callback",
        )
