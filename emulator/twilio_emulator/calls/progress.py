"""Status callbacks: telling the app how a call gets on.

Which event goes with which status is a table [twilio.com/docs/voice/api/call-resource]. Callbacks are sent beside the
call, never in its way; a reply is not executed. One that fails is a problem in the journal (15003), nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from twilio_emulator.calls.call import Call, CallStatus, Direction
from twilio_emulator.journal import Problem
from twilio_emulator.rooms import Rooms
from twilio_emulator.webhooks.client import Failure
from twilio_emulator.webhooks.parameters import status_parameters

_EVENT_OF: Final[Mapping[CallStatus, str]] = {
    CallStatus.INITIATED: "initiated",
    CallStatus.RINGING: "ringing",
    CallStatus.IN_PROGRESS: "answered",
    CallStatus.COMPLETED: "completed",
    CallStatus.BUSY: "completed",
    CallStatus.NO_ANSWER: "completed",
    CallStatus.FAILED: "completed",
    CallStatus.CANCELED: "completed",
}
"""The name under which an app subscribes to a status."""


_REFUSED: Final = 15003
"""The app answered a callback with 4xx or 5xx [twilio.com/docs/api/errors/15003]."""


def report_progress(call: Call, rooms: Rooms, extras: Mapping[str, str]) -> None:
    """Tell the status callback, if it subscribed to the step that `call` has just taken; `extras` go along."""
    number = call.progress_events
    call.progress_events += 1
    callback = call.status_callback
    if callback is None or _EVENT_OF[call.status] not in callback.events or _was_never_dialled(call):
        return
    parameters = status_parameters(
        call, status=call.status, sequence_number=number, timestamp=rooms.clock.utc(), quirks=rooms.quirks
    )
    parameters.update(extras)
    post(rooms, call.sid, url=callback.url, method=callback.method, parameters=parameters, purpose="status callback")


def _was_never_dialled(call: Call) -> bool:
    """A call cancelled while queued sends nothing [twilio.com/docs/voice/api/call-resource]."""
    return call.direction is Direction.OUTBOUND_API and call.started_ms is None


def post(
    rooms: Rooms,
    call_sid: str,
    *,
    url: str,
    method: str,
    parameters: dict[str, str],
    purpose: str,
    refused: int = _REFUSED,
) -> None:
    """Send a callback beside the call. A free clock waits for the reply, so that order is the same every time.

    `refused` is Twilio's code for an app that answers 4xx or 5xx.
    """
    mishap = rooms.faults.webhook(call_sid, purpose)

    def begin() -> None:
        hold = rooms.clock.hold(f"{purpose} of {call_sid}")

        async def send() -> None:
            with hold:
                await deliver(
                    rooms,
                    call_sid,
                    url=url,
                    method=method,
                    parameters=parameters,
                    purpose=purpose,
                    refused=refused,
                    fail=mishap.fail,
                )

        rooms.tasks.spawn(send())

    after(mishap.delay_ms, rooms, begin)


def after(ms: int, rooms: Rooms, begin: Callable[[], None]) -> None:
    """Begin something at once, or so much later in call time."""
    if not ms:
        begin()
        return
    due_ms, epoch = rooms.clock.now_ms + ms, rooms.faults.epoch
    rooms.faults.late_until_ms = max(rooms.faults.late_until_ms, due_ms)
    rooms.clock.call_at(due_ms, lambda: begin() if rooms.faults.epoch == epoch else None)


async def deliver(
    rooms: Rooms,
    call_sid: str,
    *,
    url: str,
    method: str,
    parameters: Mapping[str, str],
    purpose: str,
    refused: int = _REFUSED,
    fail: Callable[[str], Failure] | None = None,
) -> None:
    """Send a callback and wait for the reply; one that fails is a problem in the journal, nothing more."""
    reply = await rooms.webhooks.send(
        purpose=purpose,
        method=method,
        url=url,
        parameters=parameters,
        call_sid=call_sid,
        wants_document=False,
        fail=fail,
    )
    if isinstance(reply, Failure):
        _complain(rooms, call_sid, reply, purpose, refused)


def _complain(rooms: Rooms, call_sid: str, failure: Failure, purpose: str, refused: int) -> None:
    rooms.journal.write(
        Problem(
            call_sid=call_sid,
            code=refused if failure.status else failure.code,
            level="warning",
            message=f"The {purpose} failed: {failure.message}",
            hint="Answer callbacks with 200 or 204; their bodies are not executed.",
            url=failure.url,
        )
    )
