"""Queues of calls: create, list, read, change, delete while empty [twilio.com/docs/voice/api/queue-resource].

A name belongs to one queue of an account. What a queue that is not empty answers to DELETE, and a name that is taken to
POST, is our reading; no source has the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.queues.queue import DEFAULT_MAX_SIZE, LARGEST_MAX_SIZE, Queue
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.listing import list_reply
from twilio_emulator.rest.parameters import Form
from twilio_wire.sids import SidKind


def create(desk: Desk, request: Request, _: str) -> Reply:
    """POST Queues.json."""
    form = Form(request.form)
    name = _free_name(desk, form)
    if not name:
        raise RestError(20001, parameter="FriendlyName", problem="it is required", hint="Give FriendlyName.")
    max_size = _max_size(form, default=DEFAULT_MAX_SIZE)
    now_ms = desk.world.clock.now_ms
    sid = desk.world.sids.new(SidKind.QUEUE)
    queue = Queue(sid, desk.account.sid, name, created_ms=now_ms, updated_ms=now_ms, max_size=max_size)
    desk.world.store.queues.add(queue)
    desk.warn(form.leftovers({}))
    return Reply(201, _resource(desk, queue))


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET Queues.json."""
    return list_reply(
        desk,
        Form(request.query),
        desk.world.store.queues.of(desk.account.sid),
        lambda queue: _resource(desk, queue),
        key="queues",
        path=f"{desk.account_path}/Queues",
    )


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Queues/{sid}.json."""
    return Reply(200, _resource(desk, find_queue(desk, request, sid)))


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Queues/{sid}.json; a queue that becomes too small keeps whom it has."""
    queue = find_queue(desk, request, sid)
    form = Form(request.form)
    name = _free_name(desk, form, but_for=queue)
    queue.max_size = _max_size(form, default=queue.max_size)
    if name:
        desk.world.store.queues.rename(queue, name)
    queue.updated_ms = desk.world.clock.now_ms
    desk.warn(form.leftovers({}))
    return Reply(200, _resource(desk, queue))


def delete(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE Queues/{sid}.json."""
    queue = find_queue(desk, request, sid)
    if queue.current_size:
        hint = "Take the calls out of it first."
        raise RestError(20009, resource="queue", status=f"used by {queue.current_size} calls", hint=hint)
    desk.world.store.queues.remove(queue.sid)
    return Reply(204)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all, "POST": create}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change, "DELETE": delete}


def find_queue(desk: Desk, request: Request, sid: str) -> Queue:
    """The account's queue with this sid.

    Raises:
        RestError: 20404.
    """
    queue = desk.world.store.queues.find(desk.account.sid, sid)
    if queue is None:
        raise RestError(20404, path=request.path)
    return queue


def _free_name(desk: Desk, form: Form, *, but_for: Queue | None = None) -> str:
    """The name that is asked for, empty for none.

    Raises:
        RestError: 20002 for one that is too long, 20001 for one that another queue has.
    """
    name = form.friendly_name()
    owner = desk.world.store.queues.named(desk.account.sid, name)
    if owner is not None and owner is not but_for:
        problem = f"there is a queue {name} already, {owner.sid}"
        raise RestError(20001, parameter="FriendlyName", problem=problem, hint="Use that queue, or another name.")
    return name


def _max_size(form: Form, *, default: int) -> int:
    return form.whole_number("MaxSize", default=default, lowest=1, highest=LARGEST_MAX_SIZE, code=20001)


def _resource(desk: Desk, queue: Queue) -> dict[str, object]:
    return {
        "account_sid": queue.account_sid,
        "average_wait_time": queue.average_wait_s(desk.world.clock.now_ms),
        "current_size": queue.current_size,
        "date_created": desk.calendar.rfc2822(queue.created_ms),
        "date_updated": desk.calendar.rfc2822(queue.updated_ms),
        "friendly_name": queue.friendly_name,
        "max_size": queue.max_size,
        "sid": queue.sid,
        "uri": f"{queue.path}.json",
    }
