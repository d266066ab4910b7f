"""The calls in a queue: list, read, take out [twilio.com/docs/voice/api/member-resource].

`Front` stands for the call that is next. The list begins with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.queues.queue import Member
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.listing import list_reply
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.queues import find_queue
from twilio_emulator.twiml.flow import Instructions

FRONT: Final = "Front"


def read_all(desk: Desk, request: Request, queue_sid: str) -> Reply:
    """GET Queues/{sid}/Members.json."""
    queue = find_queue(desk, request, queue_sid)
    return list_reply(
        desk,
        Form(request.query),
        queue.members[::-1],  # pages run from the end of a sequence to its beginning
        lambda member: _resource(desk, member),
        key="queue_members",
        path=f"{queue.path}/Members",
    )


def read(desk: Desk, request: Request, call_sid: str) -> Reply:
    """GET Queues/{sid}/Members/{CallSid or Front}.json."""
    return Reply(200, _resource(desk, _find(desk, request, call_sid)))


def dequeue(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Queues/{sid}/Members/{CallSid or Front}.json: the call leaves the queue and goes on at Url.

    The reply shows it as it was in the queue.
    """
    member = _find(desk, request, call_sid)
    form = Form(request.form)
    url = form.url("Url", code=21205)
    if not url:
        raise RestError(21205, parameter="Url", value="", hint="Give Url.")
    instructions = Instructions(url=url, method=form.method("Method", code=21209))
    shown = _resource(desk, member)
    call = desk.world.store.call(member.call_sid)
    assert call is not None  # a call is known for as long as it waits
    desk.world.redirect_call(call, instructions)
    desk.warn(form.leftovers({}), member.call_sid)
    return Reply(200, shown)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": dequeue}


def _find(desk: Desk, request: Request, call_sid: str) -> Member:
    queue = find_queue(desk, request, desk.outer_sid)
    member = queue.front if call_sid == FRONT else queue.member(call_sid)
    if member is None:
        raise RestError(20404, path=request.path)
    return member


def _resource(desk: Desk, member: Member) -> dict[str, object]:
    return {
        "call_sid": member.call_sid,
        "date_enqueued": desk.calendar.rfc2822(member.entered_ms),
        "position": member.position,
        "queue_sid": member.queue.sid,
        "uri": f"{member.path}.json",
        "wait_time": member.wait_s(desk.world.clock.now_ms),
    }
