"""Our audio on its way to the far end's ear: queued here, in flight at Twilio, heard, or dropped.

Twilio buffers what it is sent and plays it in real time. A mark behind each message tells when its audio has been
played (twilio.com/docs/voice/media-streams/websocket-messages). From these echoes we learn how far playback has come,
and send on so that never more than the lead is in flight: no timer, hence no drift, and `clear` can still catch the
rest.

Laws: pure. accepted = queued + in flight + heard + dropped, always, in bytes of µ-law. Marks are named once and never
again. After a `clear` Twilio sends every pending mark back at once, which proves nothing: a mark that is no longer
in flight is not counted.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from twilio_wire.g711 import FRAME_BYTES, SAMPLE_RATE

MESSAGE_BYTES: Final = 5 * FRAME_BYTES
"""The longest message: 100 ms."""
LEAD_BYTES: Final = SAMPLE_RATE
"""What may be in flight at once: 1.0 s. More would outlive an interruption, less would run dry behind a slow link."""
MARK_PREFIX: Final = "tb:"


class Parcel:
    """Audio that was put into the outbox in one go, and how much of it is still queued."""

    __slots__ = ("_taken", "_ulaw")

    def __init__(self, ulaw: bytes) -> None:
        self._ulaw = ulaw
        self._taken = 0

    @property
    def left(self) -> int:
        """Bytes still queued."""
        return len(self._ulaw) - self._taken

    @property
    def gone(self) -> bool:
        """Whether none of it is queued any more: it was handed to Twilio, or dropped."""
        return not self.left

    def take(self, size: int) -> bytes:
        """Take the next bytes, at most `size`."""
        taken = self._ulaw[self._taken : self._taken + size]
        self._taken += len(taken)
        return taken


@dataclass(frozen=True)
class Shipment:
    """One message's audio (bytes, µ-law, 8 kHz) and the mark that follows it."""

    ulaw: bytes
    mark: str


class Outbox:
    """The queue, the lead and the marks of one call. Counts are bytes of µ-law: 8 a millisecond."""

    def __init__(self) -> None:
        self._queue: deque[Parcel] = deque()
        self._in_flight: deque[tuple[str, int]] = deque()
        self._marks = 0
        self.accepted = 0
        self.queued = 0
        self.in_flight = 0
        self.heard = 0
        self.dropped = 0

    @property
    def pending(self) -> int:
        """What has been accepted and is neither heard nor dropped."""
        return self.queued + self.in_flight

    def put(self, ulaw: bytes) -> Parcel:
        """Accept audio, to be sent after what was accepted before."""
        parcel = Parcel(ulaw)
        if ulaw:
            self._queue.append(parcel)
            self.accepted += len(ulaw)
            self.queued += len(ulaw)
        return parcel

    def ship(self) -> list[Shipment]:
        """Take out of the queue what may be sent now."""
        shipments = []
        while self._queue:
            parcel = self._queue[0]
            if self.in_flight + min(MESSAGE_BYTES, parcel.left) > LEAD_BYTES:
                break
            ulaw = parcel.take(MESSAGE_BYTES)
            if parcel.gone:
                self._queue.popleft()
            self._marks += 1
            mark = f"{MARK_PREFIX}{self._marks}"
            self._in_flight.append((mark, len(ulaw)))
            self.queued -= len(ulaw)
            self.in_flight += len(ulaw)
            shipments.append(Shipment(ulaw, mark))
        return shipments

    def echoed(self, mark: str) -> bool:
        """Twilio sent a mark back: what was shipped up to it has been heard. False if it is not in flight."""
        if all(name != mark for name, _ in self._in_flight):
            return False
        name = ""
        while name != mark:
            name, size = self._in_flight.popleft()
            self.in_flight -= size
            self.heard += size
        return True

    def clear(self, unplayed: int) -> int:
        """Drop everything, because Twilio is told to. Return the bytes that will not be heard.

        Args:
            unplayed: how much of what is in flight the clock says has not been played yet.
        """
        before = self.dropped
        for parcel in self._queue:
            parcel.take(parcel.left)
        self._queue.clear()
        self.dropped += self.queued
        self.queued = 0
        self.lose(unplayed)
        return self.dropped - before

    def lose(self, unplayed: int) -> None:
        """Forget what is in flight, because its stream is gone; the queue stays."""
        lost = max(0, min(self.in_flight, unplayed))
        self.heard += self.in_flight - lost
        self.dropped += lost
        self.in_flight = 0
        self._in_flight.clear()

    def withdraw(self, parcel: Parcel) -> None:
        """Drop what is left of one parcel, because its sender gave up."""
        if parcel.gone:
            return
        self._queue.remove(parcel)
        self.queued -= parcel.left
        self.dropped += parcel.left
        parcel.take(parcel.left)
