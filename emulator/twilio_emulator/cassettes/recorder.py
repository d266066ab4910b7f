"""Records a call as it happens.

Laws: on the emulator's loop. The call is not touched: its audio is read where it is kept, what happens in it from the
journal. The recorder ends with the call; what comes of the call later, as the reply to its last callback, is added.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from twilio_emulator.agenda import Timer
from twilio_emulator.cassettes.chronicle import Chronicle, KeysHeard, equally_long, record
from twilio_emulator.clock import Clock
from twilio_emulator.journal import CallMoved, Entry, Journal
from twilio_wire.cassette import CassetteWriter, Side

_PERIOD_MS: Final = 250
_AFTERMATH_MS: Final = 60_000
"""Callbacks that come later than this belong to no call any more."""


class Sound(Protocol):
    """What is said in a call, since its answer."""

    def since(self, begin: int) -> tuple[bytes, bytes]:
        """What Twilio has said from this byte on, and what the other end has: µ-law, 8 kHz, mono.

        Bytes that were before those asked for are not asked for again.
        """


class CallRecorder:
    """A cassette in the making.

    Args:
        call_sid: the call.
        path: the cassette's folder, which is made.
        journal, clock: the emulator's.
        sound: what is said in the call.
        handset: whose part a phone shall play.
        overwrite: whether a cassette that is there already is replaced.
        made_by: a sentence for its README.

    Raises:
        CassetteExists, CassetteError: it cannot be written there.
    """

    def __init__(
        self,
        call_sid: str,
        path: str | Path,
        *,
        journal: Journal,
        clock: Clock,
        sound: Sound,
        handset: Side = "near",
        overwrite: bool = False,
        made_by: str = "",
    ) -> None:
        self.path = Path(path)
        self._call_sid = call_sid
        self._clock = clock
        self._sound = sound
        self._chronicle = Chronicle()
        self._keys = KeysHeard()
        entries = self._chronicle.take_all(journal.for_call(call_sid))
        self._writer = CassetteWriter(
            path,
            record(self._chronicle, far=b"", near=b"", entries=entries, handset=handset),
            made_by=made_by,
            overwrite=overwrite,
        )
        self._written = 0
        self._timer: Timer | None = None
        self._stop_reading = journal.subscribe(self._journalled)
        self._go_on()

    @property
    def problem(self) -> str | None:
        """Why the rest of the call is not recorded, in words; None if all is well."""
        return self._writer.problem

    def _journalled(self, fact: Entry) -> None:
        if fact.call_sid != self._call_sid:
            return
        for entry in self._chronicle.take(fact):
            self._writer.note(entry)
        if isinstance(fact, CallMoved):
            self._writer.tell(self._chronicle.status)
            self._go_on()

    def _go_on(self) -> None:
        """Look what there is to hear, again and again while the call lasts, and end with it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        clock = self._clock
        if self._chronicle.is_over:
            self._hear()
            self._writer.finish()
            clock.call_at(clock.now_ms + _AFTERMATH_MS, self._stop_reading, limit=True)
        elif self._chronicle.is_answered:
            self._hear()
            self._timer = clock.call_at(clock.now_ms + _PERIOD_MS, self._go_on)

    def _hear(self) -> None:
        """Write down what both sides have said since the last time."""
        far, near = self._sound.since(self._written)
        if not self._chronicle.is_over:  # between speaking and hearing
            shorter = min(len(far), len(near))
            far, near = far[:shorter], near[:shorter]
        far, near = equally_long(far, near)
        self._written += len(far)
        self._writer.add_audio(far=far, near=near)
        for entry in self._keys.feed(far):
            self._writer.note(entry)
