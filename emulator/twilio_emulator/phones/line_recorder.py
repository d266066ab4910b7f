"""Records a call on a phone as it happens.

Laws: on the emulator's loop. The call is not touched: its audio is read from the tapes, and what happens in it from the
journal. The recorder ends with the call; what comes of the call later, as the reply to its last callback, is added.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from twilio_emulator.agenda import Timer
from twilio_emulator.journal import CallMoved, Entry
from twilio_emulator.phones.line_record import Chronicle, KeysHeard, equally_long, record
from twilio_emulator.phones.phone_call import PhoneCall
from twilio_wire.cassette import CassetteWriter, Side

_PERIOD_MS: Final = 250
_AFTERMATH_MS: Final = 60_000
"""Callbacks that come later than this belong to no call any more."""


class LineRecorder:
    """A cassette in the making; see `LineFacts.record` for the arguments."""

    def __init__(self, call: PhoneCall, path: str | Path, *, handset: Side, overwrite: bool, made_by: str) -> None:
        self.path = Path(path)
        self._call = call
        self._chronicle = Chronicle(call)
        self._keys = KeysHeard()
        entries = self._chronicle.take_all(call.journal.for_call(call.call_sid))
        self._writer = CassetteWriter(
            path,
            record(self._chronicle, far=b"", near=b"", entries=entries, handset=handset),
            made_by=made_by,
            overwrite=overwrite,
        )
        self._written = 0
        self._timer: Timer | None = None
        self._stop_reading = call.journal.subscribe(self._journalled)
        self._go_on()

    @property
    def problem(self) -> str | None:
        """Why the rest of the call is not recorded, in words; None if all is well."""
        return self._writer.problem

    def _journalled(self, fact: Entry) -> None:
        if fact.call_sid != self._call.call_sid:
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
        clock = self._call.clock
        if self._chronicle.is_over:
            self._hear()
            self._writer.finish()
            clock.call_at(clock.now_ms + _AFTERMATH_MS, self._stop_reading, limit=True)
        elif self._chronicle.is_answered:
            self._hear()
            self._timer = clock.call_at(clock.now_ms + _PERIOD_MS, self._go_on)

    def _hear(self) -> None:
        """Write down what both sides have said since the last time."""
        far, near = self._call.ear.heard.read(self._written), self._call.said.read(self._written)
        if not self._chronicle.is_over:  # between speaking and hearing
            shorter = min(len(far), len(near))
            far, near = far[:shorter], near[:shorter]
        far, near = equally_long(far, near)
        self._written += len(far)
        self._writer.add_audio(far=far, near=near)
        for entry in self._keys.feed(far):
            self._writer.note(entry)
