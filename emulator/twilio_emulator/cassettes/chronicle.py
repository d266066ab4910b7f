"""What a call was, as a record: the journal's facts, on the clock of the call's audio.

Laws: pure. `near` is whoever is at the other end of Twilio's leg, as a rule a phone, `far` Twilio and the application
behind it. The first 20 ms of audio are there 20 ms after the answer, so the time since the answer is how much there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from twilio_emulator import journal as facts
from twilio_emulator.calls.call import FAR_END_HUNG_UP, CallStatus, Direction
from twilio_wire import cassette
from twilio_wire.cassette import (
    CallRecord,
    DigitEntry,
    Entry,
    HangUpEntry,
    InterruptEntry,
    SayEntry,
    Side,
    StateEntry,
    VerbEntry,
    WebhookEntry,
)
from twilio_wire.dtmf import Detector
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS, IDLE_FRAME

_ANSWERED: Final = "answered"
"""The event's word for `in-progress` [twilio.com/docs/voice/api/call-resource, StatusCallbackEvent]."""


class Chronicle:
    """Reads the journal's entries about one call, in order, and knows how far the call has come."""

    def __init__(self) -> None:
        self.direction = Direction.INBOUND
        self.status = str(CallStatus.QUEUED)
        self.from_number = ""
        self.to_number = ""
        self._answered_ms: int | None = None
        self._was_hung_up = False

    @property
    def is_answered(self) -> bool:
        """Whether there is audio."""
        return self._answered_ms is not None

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return CallStatus(self.status).is_final

    def take_all(self, happened: Iterable[facts.Entry]) -> tuple[Entry, ...]:
        """Several facts."""
        return tuple(entry for fact in happened for entry in self.take(fact))

    def take(self, fact: facts.Entry) -> list[Entry]:
        """The next fact; returns what a record has of it."""
        if isinstance(fact, facts.CallMoved):
            return self._moved(fact)
        if isinstance(fact, facts.PhoneActed):
            return self._acted(fact)
        if isinstance(fact, facts.StreamMoved):
            interrupts = fact.source == "app" and fact.event == "clear"
            return [InterruptEntry(self._at_ms(fact), "far")] if interrupts else []
        make = _ENTRY_OF.get(type(fact))
        return [] if make is None else [make(self._at_ms(fact), fact)]

    def _acted(self, fact: facts.PhoneActed) -> list[Entry]:
        if fact.action == facts.SAYS:
            return [SayEntry(self._at_ms(fact), "near", fact.detail[1:-1])]
        if fact.action == facts.HANGS_UP:
            self._was_hung_up = True
            return [HangUpEntry(self._at_ms(fact), "near")]
        return []

    def _moved(self, fact: facts.CallMoved) -> list[Entry]:
        self.direction, self.status = Direction(fact.direction), fact.status
        self.from_number, self.to_number = fact.from_number, fact.to_number
        if fact.status == CallStatus.QUEUED:  # a call that waits to be dialled has not come anywhere
            return []
        if fact.status == CallStatus.IN_PROGRESS:
            self._answered_ms = fact.at_ms
            return [StateEntry(0, _ANSWERED)]
        state = StateEntry(self._at_ms(fact), fact.status)
        if fact.before == CallStatus.IN_PROGRESS and not self._was_hung_up:
            return [HangUpEntry(state.at_ms, "near" if fact.cause == FAR_END_HUNG_UP else "far"), state]
        return [state]

    def _at_ms(self, fact: facts.Entry) -> int:
        return 0 if self._answered_ms is None else fact.at_ms - self._answered_ms


class KeysHeard:
    """Finds the keys in what a phone hears, and when they were."""

    def __init__(self) -> None:
        self._detector = Detector()
        self._heard_ms = 0

    def feed(self, ulaw: bytes) -> list[Entry]:
        """Go on with whole frames (bytes, µ-law, 8 kHz, mono)."""
        found: list[Entry] = []
        for begin in range(0, len(ulaw), FRAME_BYTES):
            self._heard_ms += FRAME_MS
            keys = self._detector.feed(ulaw[begin : begin + FRAME_BYTES])
            found += (DigitEntry(self._heard_ms, "far", key) for key in keys)
        return found


def record(
    chronicle: Chronicle, *, far: bytes, near: bytes, entries: tuple[Entry, ...], handset: Side = "near"
) -> CallRecord:
    """What a call was, so far: what happened, and both sides (bytes, µ-law, 8 kHz, mono), equally long."""
    return CallRecord(
        direction="inbound" if chronicle.direction is Direction.INBOUND else "outbound",
        status=chronicle.status,
        from_number=chronicle.from_number,
        to_number=chronicle.to_number,
        far=far,
        near=near,
        entries=entries,
        handset=handset,
        seen_by="emulator",
        is_real=False,
        versions=cassette.versions(),
    )


def equally_long(far: bytes, near: bytes) -> tuple[bytes, bytes]:
    """Who hangs up between speaking and hearing has said 20 ms more; what the other lacks is silence."""
    longer = max(len(far), len(near))
    return far.ljust(longer, IDLE_FRAME[:1]), near.ljust(longer, IDLE_FRAME[:1])


def _webhook(at_ms: int, fact: facts.WebhookSent) -> Entry:
    return WebhookEntry(at_ms, fact.purpose, fact.method, fact.url, fact.status, fact.parameters)


_ENTRY_OF: Final[Mapping[type[facts.Entry], Callable[[int, Any], Entry]]] = {
    facts.DigitHeard: lambda at_ms, fact: DigitEntry(at_ms, "near", fact.digit),
    facts.VerbStarted: lambda at_ms, fact: VerbEntry(at_ms, fact.verb, fact.attributes, fact.text),
    facts.Spoke: lambda at_ms, fact: SayEntry(at_ms, "far", fact.text),
    facts.WebhookSent: _webhook,
}
