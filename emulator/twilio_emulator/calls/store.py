"""What accounts own: phone numbers, calls, applications, caller ids, queues; indexed by what they are looked up by."""

from __future__ import annotations

from collections.abc import Sequence

from twilio_emulator.accounts.shelf import Register
from twilio_emulator.accounts.voice import Application, IncomingPhoneNumber, OutgoingCallerId, Voice
from twilio_emulator.calls.call import Call
from twilio_emulator.calls.call_index import CallIndex
from twilio_emulator.calls.records import Records
from twilio_emulator.calls.window import ANY_TIME, Span
from twilio_emulator.conferences.conference import Conferences
from twilio_emulator.queues.queue import Queues

__all__ = ["IncomingPhoneNumber", "NumberTaken", "Store"]


class NumberTaken(Exception):
    """The account owns this number already."""

    def __init__(self, phone_number: str) -> None:
        super().__init__(f"{phone_number} is already one of the account's numbers; update it instead.")


class Store:
    """What all accounts own. Insertion order is creation order."""

    def __init__(self) -> None:
        self.applications: Register[Application] = Register()
        self.caller_ids: Register[OutgoingCallerId] = Register()
        self.queues = Queues()
        self.conferences = Conferences()
        self.records = Records()
        self._numbers: Register[IncomingPhoneNumber] = Register()
        self._calls: Register[Call] = Register()
        self._index = CallIndex()
        self._sid_of_number: dict[str, str] = {}

    # --- numbers ----------------------------------------------------------------------------------------------------

    def add_number(self, number: IncomingPhoneNumber) -> None:
        """Keep a number.

        Raises:
            NumberTaken: when an account owns it already.
        """
        if number.phone_number in self._sid_of_number:
            raise NumberTaken(number.phone_number)
        self._numbers.add(number)
        self._sid_of_number[number.phone_number] = number.sid

    def number(self, sid: str) -> IncomingPhoneNumber | None:
        """The number with this PN sid."""
        return self._numbers.get(sid)

    def owned(self, phone_number: str) -> IncomingPhoneNumber | None:
        """The number with these digits, if an account owns it: there is one network for all of them."""
        sid = self._sid_of_number.get(phone_number)
        return None if sid is None else self._numbers.get(sid)

    def numbers(self) -> tuple[IncomingPhoneNumber, ...]:
        """Everybody's numbers, oldest first."""
        return self._numbers.all()

    def numbers_of(self, account_sid: str) -> Sequence[IncomingPhoneNumber]:
        """An account's numbers, oldest first."""
        return self._numbers.of(account_sid)

    def remove_number(self, sid: str) -> None:
        """Release a number."""
        number = self._numbers.remove(sid)
        del self._sid_of_number[number.phone_number]

    def transfer_number(self, number: IncomingPhoneNumber, account_sid: str) -> None:
        """Give a number to another account."""
        self._numbers.remove(number.sid)
        number.account_sid = account_sid
        self._numbers.add(number)

    def voice_of(self, number: IncomingPhoneNumber) -> Voice:
        """What answers a call to this number: its application if it has one, or its own settings."""
        return self.applications.get(number.voice_application_sid) or number

    # --- who may be From --------------------------------------------------------------------------------------------

    def caller_id_sid(self, account_sid: str, phone_number: str) -> str | None:
        """The PN sid under which an account may call from a number: its own, or one that it has verified."""
        number = self.owned(phone_number)
        if number is not None and number.account_sid == account_sid:
            return number.sid
        for caller_id in self.caller_ids.of(account_sid):
            if caller_id.phone_number == phone_number:
                return caller_id.sid
        return None

    # --- calls ------------------------------------------------------------------------------------------------------

    def add_call(self, call: Call) -> None:
        """Keep a call."""
        self._calls.add(call)
        self._index.add(call)

    def call(self, sid: str) -> Call | None:
        """The call with this CA sid."""
        return self._calls.get(sid)

    def calls(self) -> tuple[Call, ...]:
        """Everybody's calls, oldest first."""
        return self._calls.all()

    def calls_of(self, account_sid: str) -> Sequence[Call]:
        """An account's calls, oldest first; a view, not a copy."""
        return self._calls.of(account_sid)

    def find_calls(
        self,
        account_sid: str,
        *,
        status: str = "",
        to_number: str = "",
        from_number: str = "",
        parent_call_sid: str = "",
        started: Span = ANY_TIME,
        ended: Span = ANY_TIME,
    ) -> Sequence[Call]:
        """A short list, oldest first, that has all the account's calls with these; empty stands for any."""
        values = (("to", to_number), ("from", from_number), ("parent", parent_call_sid))
        found = [self._index.by_value(account_sid, field, value) for field, value in values if value]
        if status:
            found.append(self._index.by_status(account_sid, status))
        shortest = min(found, key=len) if found else self.calls_of(account_sid)
        return self._index.in_time(shortest, started, ended)

    def remove_call(self, sid: str) -> None:
        """Forget a finished call, and what it leaves behind but for its recordings."""
        self._index.remove(self._calls.remove(sid))
        self.records.forget_call(sid)

    def clear(self) -> None:
        """Forget everything."""
        registers = (self._numbers, self._calls, self.applications, self.caller_ids, self.conferences, self.queues)
        for register in registers:
            register.clear()
        self.records.clear()
        self._index = CallIndex()
        self._sid_of_number.clear()
