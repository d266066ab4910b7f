"""What happens in a call, as entries of its record.

Law: pure. Who speaks is not among them: the record has the audio.
"""

from typing import Final

from twilio_adapter.call import Event
from twilio_adapter.events import CallEvent, CallStateChanged, DigitPressed, DigitSent, Interrupted
from twilio_wire.cassette import DigitEntry, Entry, HangUpEntry, InterruptEntry, Side, StateEntry
from twilio_wire.dtmf import KEYS

_HUNG_UP_BY: Final[dict[Event, Side]] = {
    Event.STREAM_STOPPED: "far",
    Event.HUNG_UP: "near",
    Event.GIVEN_UP: "near",
    Event.TOO_LONG: "near",
    Event.WAY_LOST: "near",
}
"""Who ended the call, by what ended it. Where Twilio did, as at its time limit, the far end did, as far as we know."""


def entry_of(event: CallEvent) -> Entry | None:
    """What a record has of an event."""
    if isinstance(event, CallStateChanged):
        return StateEntry(event.at_ms, event.state)
    if isinstance(event, DigitSent):
        return DigitEntry(event.at_ms, "near", event.digit)
    if isinstance(event, DigitPressed):
        return DigitEntry(event.at_ms, "far", event.digit) if event.digit in KEYS else None
    if isinstance(event, Interrupted):
        return InterruptEntry(event.at_ms, "near")
    return None


def hang_up_of(ended_by: Event | None, at_ms: int) -> Entry | None:
    """What a record has of the end of a call, if it is known who ended it."""
    side = None if ended_by is None else _HUNG_UP_BY.get(ended_by)
    return None if side is None else HangUpEntry(at_ms, side)
