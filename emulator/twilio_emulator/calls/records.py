"""What calls leave behind besides themselves: recordings, streams and the like, messages, notifications, requests.

Each kind is found by sid, listed by account and listed by call, none by a scan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from twilio_emulator.accounts.shelf import Register, Shelf
from twilio_emulator.calls.messages import MessageSubscription, UserDefinedMessage
from twilio_emulator.calls.notifications import HttpExchange, Notification
from twilio_emulator.calls.payments import Payment
from twilio_emulator.calls.recording_transcriptions import RecordingTranscription
from twilio_emulator.calls.recordings import Recording
from twilio_emulator.calls.sidecars import Sidecar


class OfCall(Protocol):
    """A resource of a call of an account."""

    @property
    def sid(self) -> str:
        """Its own."""

    @property
    def account_sid(self) -> str:
        """The account."""

    @property
    def call_sid(self) -> str:
        """The call; empty for what concerns none."""


Item = TypeVar("Item", bound=OfCall)


class CallRegister(Register[Item]):
    """A register that also knows what belongs to which call."""

    def __init__(self) -> None:
        super().__init__()
        self._by_call: defaultdict[str, Shelf[Item]] = defaultdict(Shelf)

    def add(self, item: Item) -> None:
        """Keep a resource, as one of its account's and of its call's."""
        super().add(item)
        if item.call_sid:
            self._by_call[item.call_sid].add(item)

    def of_call(self, call_sid: str) -> Sequence[Item]:
        """The call's, oldest first."""
        return self._by_call.get(call_sid, ())

    def remove(self, sid: str) -> Item:
        """Forget a resource, and return it.

        Raises:
            KeyError: when there is none with this sid.
        """
        item = super().remove(sid)
        if item.call_sid:
            self._by_call[item.call_sid].remove(sid)
        return item

    def forget_call(self, call_sid: str) -> None:
        """Forget all that belongs to a call."""
        for item in tuple(self.of_call(call_sid)):
            self.remove(item.sid)

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        self._by_call.clear()


class RecordingRegister(CallRegister[Recording]):
    """The recordings: those of a conference are found by it, all others by their call."""

    def __init__(self) -> None:
        super().__init__()
        self._by_conference: dict[str, Shelf[Recording]] = {}

    def add(self, item: Recording) -> None:
        """Keep a recording."""
        if item.conference_sid:
            Register.add(self, item)
            self._by_conference.setdefault(item.conference_sid, Shelf()).add(item)
        else:
            super().add(item)

    def of_conference(self, conference_sid: str) -> Sequence[Recording]:
        """The conference's, oldest first."""
        return self._by_conference.get(conference_sid, ())

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        self._by_conference.clear()


class Records:
    """One register a kind."""

    def __init__(self) -> None:
        self.recordings = RecordingRegister()
        self.recording_transcriptions: CallRegister[RecordingTranscription] = CallRegister()
        self.sidecars: CallRegister[Sidecar] = CallRegister()
        self.messages: CallRegister[UserDefinedMessage] = CallRegister()
        self.subscriptions: CallRegister[MessageSubscription] = CallRegister()
        self.payments: CallRegister[Payment] = CallRegister()
        self.notifications: CallRegister[Notification] = CallRegister()
        self.notifications_of_level: dict[str, CallRegister[Notification]] = {
            "error": CallRegister(),
            "warning": CallRegister(),
        }
        self.exchanges: CallRegister[HttpExchange] = CallRegister()

    def add_notification(self, notification: Notification) -> None:
        """Keep a notification, where lists of all and lists of its level find it."""
        self.notifications.add(notification)
        self.notifications_of_level[notification.problem.level].add(notification)

    def forget_call(self, call_sid: str) -> None:
        """A call was deleted: its events go with it, its recordings stay [twilio.com/docs/voice/api/call-resource]."""
        for register in self._all:
            if register is not self.recordings:
                register.forget_call(call_sid)

    def clear(self) -> None:
        """Forget everything."""
        for register in self._all:
            register.clear()

    @property
    def _all(self) -> tuple[CallRegister[Any], ...]:
        return (
            self.recordings,
            self.recording_transcriptions,
            self.sidecars,
            self.messages,
            self.subscriptions,
            self.payments,
            self.notifications,
            *self.notifications_of_level.values(),
            self.exchanges,
        )
