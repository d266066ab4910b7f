"""A call on a phone, as a record and as a cassette: `near` is the phone."""

from __future__ import annotations

from pathlib import Path

from twilio_emulator.cassettes.chronicle import Chronicle, KeysHeard, equally_long, record
from twilio_emulator.cassettes.recorder import CallRecorder
from twilio_emulator.phones.phone_call import PhoneCall
from twilio_wire.cassette import CallRecord, Side


class PhoneSound:
    """What a phone has heard and said (Sound)."""

    def __init__(self, call: PhoneCall) -> None:
        self._call = call

    def since(self, begin: int) -> tuple[bytes, bytes]:
        """Both, from this byte on: µ-law, 8 kHz, mono."""
        return self._call.ear.heard.read(begin), self._call.said(begin)


def record_of(call: PhoneCall) -> CallRecord:
    """What a call was, so far or to its end."""
    chronicle = Chronicle()
    happened = chronicle.take_all(call.journal.for_call(call.call_sid))
    far, near = equally_long(*PhoneSound(call).since(0))
    return record(chronicle, far=far, near=near, entries=(*happened, *KeysHeard().feed(far)))


def record_line(call: PhoneCall, path: str | Path, *, handset: Side, overwrite: bool, made_by: str) -> CallRecorder:
    """Write a call as a cassette, as it happens: see `LineFacts.record`."""
    return CallRecorder(
        call.call_sid,
        path,
        journal=call.journal,
        clock=call.clock,
        sound=PhoneSound(call),
        handset=handset,
        overwrite=overwrite,
        made_by=made_by,
    )
