"""OutgoingCallerIds: numbers of others from which the account may call [twilio.com/docs/voice/api/outgoing-caller-ids].

A POST to the list is a validation request: the number is rung, and becomes a caller id when the code is keyed there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.accounts.voice import OutgoingCallerId
from twilio_emulator.calls.caller_id_check import CheckRequest, code_for
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.listing import list_reply
from twilio_emulator.rest.parameters import Form
from twilio_wire.dtmf import InvalidDigits, parse_digits
from twilio_wire.e164 import InvalidNumber, national_format, normalize

_MAX_DELAY_S: Final = 60


def request_validation(desk: Desk, request: Request, _: str) -> Reply:
    """POST OutgoingCallerIds.json; the status is 200 [twilio-oai]."""
    form = Form(request.form)
    phone_number = _number(form.text("PhoneNumber"))
    if desk.world.store.caller_id_sid(desk.account.sid, phone_number) is not None:
        raise RestError(21450, number=phone_number)
    check = CheckRequest(
        account_sid=desk.account.sid,
        phone_number=phone_number,
        friendly_name=form.friendly_name() or national_format(phone_number),
        extension=_extension(form),
        delay_s=form.whole_number("CallDelay", default=0, lowest=0, highest=_MAX_DELAY_S, code=21454),
        callback_url=form.url("StatusCallback", code=21402),
        callback_method=form.method("StatusCallbackMethod", code=21403),
    )
    call = desk.world.check_caller_id(check)
    desk.warn(form.leftovers({}), call.sid)
    return Reply(
        200,
        {
            "account_sid": desk.account.sid,
            "call_sid": call.sid,
            "friendly_name": check.friendly_name,
            "phone_number": phone_number,
            "validation_code": code_for(call.sid),
        },
    )


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET OutgoingCallerIds.json."""
    query = Form(request.query)
    number, name = query.text("PhoneNumber"), query.text("FriendlyName")
    return list_reply(
        desk,
        query,
        desk.world.store.caller_ids.of(desk.account.sid),
        lambda caller_id: _resource(desk, caller_id),
        key="outgoing_caller_ids",
        path=f"{desk.account_path}/OutgoingCallerIds",
        filters=("PhoneNumber", "FriendlyName"),
        matches=lambda found: number in {"", found.phone_number} and name in {"", found.friendly_name},
    )


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET OutgoingCallerIds/{sid}.json."""
    return Reply(200, _resource(desk, _find(desk, request, sid)))


def rename(desk: Desk, request: Request, sid: str) -> Reply:
    """POST OutgoingCallerIds/{sid}.json."""
    caller_id = _find(desk, request, sid)
    form = Form(request.form)
    caller_id.friendly_name = form.friendly_name() or caller_id.friendly_name
    caller_id.updated_ms = desk.world.clock.now_ms
    desk.warn(form.leftovers({}))
    return Reply(200, _resource(desk, caller_id))


def delete(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE OutgoingCallerIds/{sid}.json: calls can no longer come from there."""
    desk.world.store.caller_ids.remove(_find(desk, request, sid).sid)
    return Reply(204)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all, "POST": request_validation}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": rename, "DELETE": delete}


def _number(text: str) -> str:
    try:
        return normalize(text)
    except InvalidNumber:
        raise RestError(21401, number=text or "(none)") from None


def _extension(form: Form) -> str:
    digits = form.text("Extension")
    try:
        parse_digits(digits)
    except InvalidDigits:
        raise RestError(20001, parameter="Extension", problem=f"{digits} has other characters than keys") from None
    return digits


def _find(desk: Desk, request: Request, sid: str) -> OutgoingCallerId:
    caller_id = desk.world.store.caller_ids.find(desk.account.sid, sid)
    if caller_id is None:
        raise RestError(20404, path=request.path)
    return caller_id


def _resource(desk: Desk, caller_id: OutgoingCallerId) -> dict[str, object]:
    return {
        "account_sid": caller_id.account_sid,
        "date_created": desk.calendar.rfc2822(caller_id.created_ms),
        "date_updated": desk.calendar.rfc2822(caller_id.updated_ms),
        "friendly_name": caller_id.friendly_name,
        "phone_number": caller_id.phone_number,
        "sid": caller_id.sid,
        "uri": f"{desk.account_path}/OutgoingCallerIds/{caller_id.sid}.json",
    }
