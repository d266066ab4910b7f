"""What the resources of a call have in common: finding the call, and asking whether it is up."""

from __future__ import annotations

from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.rest.desk import Desk
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Request


def find_call(desk: Desk, request: Request, sid: str) -> Call:
    """The account's call with this sid.

    Raises:
        RestError: 20404.
    """
    call = desk.world.store.call(sid)
    if call is None or call.account_sid != desk.account.sid:
        raise RestError(20404, path=request.path)
    return call


def call_in_progress(desk: Desk, request: Request, sid: str, action: str) -> Call:
    """The account's call with this sid, for something that can be done to a call in progress only.

    Raises:
        RestError: 20404, or 21220 naming the action.
    """
    call = find_call(desk, request, sid)
    require_in_progress(call, action)
    return call


def require_in_progress(call: Call, action: str) -> None:
    """Insist that a call is up.

    Raises:
        RestError: 21220 naming the action.
    """
    if call.status is not CallStatus.IN_PROGRESS:
        raise RestError(21220, action=action)
