"""UserDefinedMessages of a call, and subscriptions to them [twilio.com/docs/voice/api/userdefinedmessage-resource].

Both belong to the Voice SDK's clients, of which there are none here: a message is checked and noted, and nobody
hears it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.call import Call, CallStatus
from twilio_emulator.calls.messages import MessageSubscription, UserDefinedMessage
from twilio_emulator.journal import Problem, SidecarMoved
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import find_call
from twilio_emulator.rest.parameters import Form
from twilio_wire.sids import SidKind

MAX_CONTENT_BYTES: Final = 10_000
"""The limit is documented, its figure is not; 31212 is what a message beyond it gets."""


def send(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Calls/{sid}/UserDefinedMessages.json."""
    call = _call_in_progress(desk, request, call_sid)
    form = Form(request.form)
    content = _content(form)
    form.text("IdempotencyKey")
    message = UserDefinedMessage(
        sid=desk.world.sids.new(SidKind.USER_DEFINED_MESSAGE),
        account_sid=call.account_sid,
        call_sid=call.sid,
        content=content,
        created_ms=desk.world.clock.now_ms,
    )
    desk.world.store.records.messages.add(message)
    _note(desk, call, "UserDefinedMessages", message.sid, "sent", content)
    desk.warn([_nobody_hears(), *form.leftovers({})], call.sid)
    return Reply(201, _resource(message, desk))


def subscribe(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Calls/{sid}/UserDefinedMessageSubscriptions.json."""
    call = _call_in_progress(desk, request, call_sid)
    form = Form(request.form)
    callback = form.url("Callback", code=21205)
    if not callback:
        raise RestError(21205, parameter="Callback", value="")
    form.text("IdempotencyKey")
    subscription = MessageSubscription(
        sid=desk.world.sids.new(SidKind.USER_DEFINED_MESSAGE_SUBSCRIPTION),
        account_sid=call.account_sid,
        call_sid=call.sid,
        callback=callback,
        method=form.method("Method", code=21209),
        created_ms=desk.world.clock.now_ms,
    )
    desk.world.store.records.subscriptions.add(subscription)
    _note(desk, call, "UserDefinedMessageSubscriptions", subscription.sid, "began", callback)
    desk.warn(form.leftovers({}), call.sid)
    path = f"{desk.account_path}/Calls/{call.sid}/UserDefinedMessageSubscriptions/{subscription.sid}.json"
    return Reply(201, _resource(subscription, desk) | {"uri": path})


def unsubscribe(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE Calls/{sid}/UserDefinedMessageSubscriptions/{sid}.json."""
    call = find_call(desk, request, desk.outer_sid)
    subscription = desk.world.store.records.subscriptions.find(call.account_sid, sid)
    if subscription is None or subscription.call_sid != call.sid:
        raise RestError(20404, path=request.path)
    desk.world.store.records.subscriptions.remove(sid)
    _note(desk, call, "UserDefinedMessageSubscriptions", sid, "ended", "")
    return Reply(204)


MESSAGES: Final[Mapping[str, Handler]] = {"POST": send}
SUBSCRIPTIONS: Final[Mapping[str, Handler]] = {"POST": subscribe}
SUBSCRIPTION: Final[Mapping[str, Handler]] = {"DELETE": unsubscribe}


def _call_in_progress(desk: Desk, request: Request, call_sid: str) -> Call:
    call = find_call(desk, request, call_sid)
    if call.status is not CallStatus.IN_PROGRESS:
        raise RestError(31211, status=call.status_in_rest)
    return call


def _content(form: Form) -> str:
    content = form.text("Content")
    if len(content.encode(errors="replace")) > MAX_CONTENT_BYTES:
        raise RestError(31212, size=len(content))
    try:
        json.loads(content)
    except ValueError:
        raise RestError(32702) from None
    except RecursionError:
        raise RestError(32702, hint="The JSON is nested too deeply.") from None
    return content


def _resource(item: UserDefinedMessage | MessageSubscription, desk: Desk) -> dict[str, object]:
    return {
        "account_sid": item.account_sid,
        "call_sid": item.call_sid,
        "sid": item.sid,
        "date_created": desk.calendar.rfc2822(item.created_ms),
    }


def _note(desk: Desk, call: Call, what: str, sid: str, event: str, detail: str) -> None:
    desk.world.journal.write(SidecarMoved(call_sid=call.sid, what=what, sid=sid, event=event, detail=detail))


def _nobody_hears() -> Problem:
    return Problem(
        code=0,
        level="warning",
        message="A UserDefinedMessage is taken and goes nowhere: calls here have no Voice SDK client.",
        hint="Read it in the journal.",
    )
