"""A call's steps: each is taken by the table of `call.py`, written down, and told to the status callback."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twilio_emulator.calls.call import Call, CallEvent, Direction
from twilio_emulator.calls.endings import SIP_CODE_OF
from twilio_emulator.calls.progress import report_progress
from twilio_emulator.journal import CallMoved
from twilio_emulator.rooms import Rooms


def take_step(
    call: Call, rooms: Rooms, event: CallEvent, cause: str, last_words: Callable[[], Mapping[str, str]]
) -> None:
    """Let `event` happen to a call. `last_words` go along with the callback that tells its end.

    Raises:
        IllegalTransition: when that cannot happen to it now.
    """
    before = call.apply(event, now_ms=rooms.clock.now_ms)
    # A leg that another call dials never queues.
    is_first = event is CallEvent.DIALLED and call.direction is Direction.OUTBOUND_DIAL
    extras: Mapping[str, str] = {}
    if call.status.is_final:
        call.sip_response_code = SIP_CODE_OF[call.status]
        extras = last_words()
    note_move(call, rooms, "" if is_first else before, cause)
    report_progress(call, rooms, extras)


def note_move(call: Call, rooms: Rooms, before: str, cause: str) -> None:
    """Write down where a call stands now, and what brought it there."""
    rooms.journal.write(
        CallMoved(
            call_sid=call.sid,
            direction=str(call.direction),
            from_number=call.from_number,
            to_number=call.to_number,
            before=before,
            status=str(call.status),
            cause=cause,
        )
    )
