"""Cassettes: a telephone call in a folder, to be compared with, replayed, listened to and committed.

    menu/
        call.toml       what the call was
        timeline.jsonl  what happened in it, one entry a line
        far.wav         what the recorder heard
        near.wav        what the other side heard from it
        README.md       how it was made

Laws: `record`, `entries`, `description`, `wav` and `draft` are pure; `reader` and `writer` touch the disk. A cassette
is read whole or not at all: what does not add up is a `CassetteError` that names the file and the line.
"""

from twilio_wire.cassette.description import FORMAT
from twilio_wire.cassette.entries import (
    DigitEntry,
    Entry,
    HangUpEntry,
    InterruptEntry,
    SayEntry,
    Side,
    StateEntry,
    StepEntry,
    VerbEntry,
    WebhookEntry,
)
from twilio_wire.cassette.errors import CassetteError, CassetteExists
from twilio_wire.cassette.reader import read_cassette
from twilio_wire.cassette.record import CallRecord, Direction, HasCallRecord, Recorder, other_side
from twilio_wire.cassette.versions import versions
from twilio_wire.cassette.writer import CassetteWriter, check_free, write_cassette

__all__ = [
    "FORMAT",
    "CallRecord",
    "CassetteError",
    "CassetteExists",
    "CassetteWriter",
    "DigitEntry",
    "Direction",
    "Entry",
    "HangUpEntry",
    "HasCallRecord",
    "InterruptEntry",
    "Recorder",
    "SayEntry",
    "Side",
    "StateEntry",
    "StepEntry",
    "VerbEntry",
    "WebhookEntry",
    "check_free",
    "other_side",
    "read_cassette",
    "versions",
    "write_cassette",
]
