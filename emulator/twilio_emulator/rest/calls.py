"""The Calls resource: place, list, read, change and delete calls [twilio.com/docs/voice/api/call-resource]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.journal import Problem
from twilio_emulator.rest.call_filters import search_calls
from twilio_emulator.rest.call_parameters import (
    check_instructions,
    check_new_call,
    check_status_callback,
    check_time_limit,
)
from twilio_emulator.rest.call_resource import call_resource, new_call_resource
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import find_call, require_in_progress
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form


def place(desk: Desk, request: Request, _: str) -> Reply:
    """POST Calls.json."""
    placed = check_new_call(Form(request.form), desk.world.store, desk.account.sid)
    call = desk.world.place_call(placed.request)
    call.asked_with = request.form
    desk.warn(placed.problems, call.sid)
    return Reply(201, new_call_resource(call))


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Calls/{sid}.json."""
    return Reply(200, call_resource(find_call(desk, request, sid), desk.calendar))


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET Calls.json."""
    query = Form(request.query)
    search = search_calls(query, desk.calendar, desk.world.store, desk.account.sid)
    wanted = read_page_request(query)
    page = cut_page(search.candidates, wanted, search.filters.matches)
    desk.warn(query.leftovers({}))
    records = [call_resource(call, desk.calendar) for call in page.items]
    path = f"{desk.account_path}/Calls.json"
    return Reply(200, page_body("calls", records, page, wanted, path=path, filters=search.filters.parameters))


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Calls/{sid}.json: end or cancel a call, give it other TwiML, or another time limit."""
    call = find_call(desk, request, sid)
    form = Form(request.form)
    problems: list[Problem] = []
    status = form.choice("Status", ("canceled", "completed"), code=20001)
    instructions = check_instructions(form, problems)
    callback = check_status_callback(form, problems)
    limit_s = check_time_limit(form, default=0)
    if status:
        _stop(desk, call, status)
    elif instructions is not None:
        require_in_progress(call, "redirect")
        if callback is not None:
            call.status_callback = callback
        desk.world.redirect_call(call, instructions)
    elif form.has("StatusCallback"):
        problems.append(_callback_alone())
    if limit_s and not status:
        if call.status.is_final:
            raise RestError(21220, action="set a time limit")
        desk.world.limit_call(call, limit_s)
    desk.warn([*problems, *form.leftovers({})], call.sid)
    return Reply(200, call_resource(call, desk.calendar))


def delete(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE Calls/{sid}.json."""
    call = find_call(desk, request, sid)
    if not call.status.is_final:
        raise RestError(20009, resource="call", status=call.status_in_rest)
    desk.world.delete_call(call)
    return Reply(204)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all, "POST": place}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change, "DELETE": delete}


def _stop(desk: Desk, call: Call, status: str) -> None:
    """Status=canceled acts on queued and ringing calls only, Status=completed on any; the rest is a quirk's."""
    quirks = desk.world.quirks
    if call.status.is_final:
        if quirks.finished_update_is_error:
            raise RestError(21220, action="end", hint="The call is over already.")
    elif status == "completed":
        desk.world.end_call(call)
    elif call.status is not CallStatus.IN_PROGRESS:
        desk.world.cancel_call(call)
    elif quirks.late_cancel_is_error:
        raise RestError(21220, action="cancel", hint="A call in progress is ended with Status=completed.")


def _callback_alone() -> Problem:
    return Problem(
        code=0,
        level="warning",
        message="StatusCallback has no effect in an update without Url or Twiml.",
        hint="Give StatusCallback when you create the call, or together with Url.",
    )
