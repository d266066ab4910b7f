"""What the account owns: phone numbers and calls, indexed by what people look them up with."""

from __future__ import annotations

from dataclasses import dataclass

from twilio_emulator.calls.call import Call


@dataclass(slots=True, eq=False)
class IncomingPhoneNumber:
    """A number that the account owns, and what answers it [twilio.com/docs/phone-numbers/api]."""

    sid: str
    account_sid: str
    phone_number: str
    friendly_name: str
    created_ms: int
    updated_ms: int
    voice_url: str | None = None
    voice_method: str = "POST"
    voice_fallback_url: str | None = None
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    voice_caller_id_lookup: bool = False
    voice_application_sid: str = ""
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    sms_application_sid: str = ""


class NumberTaken(Exception):
    """The account owns this number already."""

    def __init__(self, phone_number: str) -> None:
        super().__init__(f"{phone_number} is already one of the account's numbers; update it instead.")


class Store:
    """Numbers and calls of one account. Insertion order is creation order."""

    def __init__(self) -> None:
        self._numbers: dict[str, IncomingPhoneNumber] = {}
        self._sid_of_number: dict[str, str] = {}
        self._calls: dict[str, Call] = {}

    def add_number(self, number: IncomingPhoneNumber) -> None:
        """Keep a number.

        Raises:
            NumberTaken: when the account owns it already.
        """
        if number.phone_number in self._sid_of_number:
            raise NumberTaken(number.phone_number)
        self._numbers[number.sid] = number
        self._sid_of_number[number.phone_number] = number.sid

    def number(self, sid: str) -> IncomingPhoneNumber | None:
        """The number with this PN sid."""
        return self._numbers.get(sid)

    def owned(self, phone_number: str) -> IncomingPhoneNumber | None:
        """The number with these digits, if the account owns it."""
        sid = self._sid_of_number.get(phone_number)
        return None if sid is None else self._numbers[sid]

    def numbers(self) -> tuple[IncomingPhoneNumber, ...]:
        """All numbers, oldest first."""
        return tuple(self._numbers.values())

    def remove_number(self, sid: str) -> None:
        """Release a number."""
        number = self._numbers.pop(sid)
        del self._sid_of_number[number.phone_number]

    def add_call(self, call: Call) -> None:
        """Keep a call."""
        self._calls[call.sid] = call

    def call(self, sid: str) -> Call | None:
        """The call with this CA sid."""
        return self._calls.get(sid)

    def calls(self) -> tuple[Call, ...]:
        """All calls, oldest first."""
        return tuple(self._calls.values())

    def remove_call(self, sid: str) -> None:
        """Forget a finished call."""
        del self._calls[sid]

    def clear(self) -> None:
        """Forget everything."""
        self._numbers.clear()
        self._sid_of_number.clear()
        self._calls.clear()
