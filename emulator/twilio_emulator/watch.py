"""Waiting for calls, whoever placed them."""

from __future__ import annotations

from concurrent.futures import Future

from twilio_emulator.calls.call import CallStatus
from twilio_emulator.calls.exchange import Exchange
from twilio_emulator.errors import CallOver, NeverHappened, StillBusy
from twilio_emulator.journal import CallMoved, Entry
from twilio_emulator.rooms import Rooms


def wait_for_call(rooms: Rooms, call_sid: str, status: str, *, timeout_ms: int) -> Future[None]:
    """True when the call has reached `status`; a `ringing` or `in-progress` that has been and gone counts as reached.

    The future fails with `NeverHappened` after `timeout_ms` of call time, and with `CallOver` when the call ends with
    another status.

    Raises:
        ValueError: for a status or a sid that does not exist.
    """
    if status not in list(CallStatus):
        raise ValueError(f"status is {status!r}; a call can be waited for until: {', '.join(CallStatus)}.")
    wanted = CallStatus(status)
    call = rooms.store.call(call_sid)
    if call is None:
        raise ValueError(f"There is no call {call_sid}.")
    wish: Future[None] = Future()

    def look(entry: Entry | None = None) -> None:
        if wish.done() or (entry is not None and not (isinstance(entry, CallMoved) and entry.call_sid == call_sid)):
            return
        gone_by = wanted in (CallStatus.RINGING, CallStatus.IN_PROGRESS) and call.answered_ms is not None
        if call.status is wanted or gone_by:
            wish.set_result(None)
        elif call.status.is_final:
            wish.set_exception(CallOver(call.to_number, call.status.value, f"the status {status}"))

    unsubscribe = rooms.journal.subscribe(look)

    def give_up() -> None:
        if not wish.done():
            what = f"the status {status}"
            wish.set_exception(NeverHappened(what, timeout_ms, call.to_number, call.status.value))

    limit = rooms.clock.call_at(rooms.clock.now_ms + timeout_ms, give_up, limit=True)
    # A call that came in at this very moment rings once the application has been asked what to do with it.
    first_look = rooms.clock.call_at(rooms.clock.now_ms, look)

    def forget(_: Future[None]) -> None:
        unsubscribe()
        limit.cancel()
        first_look.cancel()

    wish.add_done_callback(forget)
    return wish


def wait_until_idle(rooms: Rooms, exchange: Exchange, *, timeout_ms: int) -> Future[None]:
    """True when every call is over and every callback has been answered (or has failed).

    The future fails with `StillBusy` after `timeout_ms` of call time.
    """
    wish: Future[None] = Future()

    def quiet() -> None:
        rooms.clock.when_settled(settled)

    def settled() -> None:
        # The last callback may have been answered by placing another call.
        if exchange.live_calls:
            exchange.when_quiet(quiet)
        elif rooms.faults.late_until_ms > rooms.clock.now_ms:
            rooms.clock.call_at(rooms.faults.late_until_ms, quiet)
        elif not wish.done():
            wish.set_result(None)

    def give_up() -> None:
        if not wish.done():
            wish.set_exception(StillBusy(exchange.live_calls, timeout_ms))

    limit = rooms.clock.call_at(rooms.clock.now_ms + timeout_ms, give_up, limit=True)
    wish.add_done_callback(lambda _: limit.cancel())
    exchange.when_quiet(quiet)
    return wish
