"""What Streams, Siprec and Transcriptions have in common: their JSON, the room for them, how they are stopped."""

from __future__ import annotations

from typing import Final

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.sidecars import (
    MAX_FORKED_TRACKS,
    Sidecar,
    SidecarKind,
    has_room_for,
    in_progress,
    named,
)
from twilio_emulator.calls.streams import track_count
from twilio_emulator.rest.desk import Desk
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import find_call
from twilio_emulator.rest.parameters import Form
from twilio_emulator.twiml.flow import Track
from twilio_emulator.webhooks.parameters import API_VERSION

TRACKS: Final = tuple(Track)


def sidecar_reply(sidecar: Sidecar, desk: Desk) -> Reply:
    """200 and the JSON of any of the three, also for one that has just begun [twilio-oai]."""
    path = f"/{API_VERSION}/Accounts/{sidecar.account_sid}/Calls/{sidecar.call_sid}"
    return Reply(
        200,
        {
            "sid": sidecar.sid,
            "account_sid": sidecar.account_sid,
            "call_sid": sidecar.call_sid,
            "name": sidecar.name or None,
            "status": sidecar.status,
            "date_updated": desk.calendar.rfc2822(sidecar.updated_ms),
            "uri": f"{path}/{sidecar.kind}/{sidecar.sid}.json",
        },
    )


def check_room(
    form: Form, desk: Desk, call: Call, kind: SidecarKind, *, default: Track = Track.INBOUND
) -> tuple[str, Track]:
    """Read Name and Track, and see whether the call has room for it. Twilio's code for a lack of it is not documented.

    Raises:
        RestError: 20001.
    """
    name = form.text("Name")
    track = Track(form.choice("Track", TRACKS, code=20001, default=default))
    others = desk.world.store.records.sidecars.of_call(call.sid)
    if named(kind, name, in_progress(others)) is not None:
        raise RestError(20001, parameter="Name", problem=f"{name} runs on this call already")
    if not has_room_for(track_count(track), others):
        problem = f"a call has at most {MAX_FORKED_TRACKS} forked tracks"
        raise RestError(20001, parameter="Track", problem=problem)
    return name, track


def stop_sidecar(desk: Desk, request: Request, kind: SidecarKind, sid_or_name: str) -> Reply:
    """Status=stopped for the one that goes by a sid or a name; one that has stopped stays stopped.

    Raises:
        RestError: 20404, or 20001 for any other status.
    """
    call = find_call(desk, request, desk.outer_sid)
    sidecar = named(kind, sid_or_name, desk.world.store.records.sidecars.of_call(call.sid))
    if sidecar is None:
        raise RestError(20404, path=request.path)
    form = Form(request.form)
    if not form.choice("Status", ("stopped",), code=20001):
        raise RestError(20001, parameter="Status", problem="it is missing")
    if not sidecar.is_stopped:
        desk.world.stop_sidecar(sidecar)
    desk.warn(form.leftovers({}), call.sid)
    return sidecar_reply(sidecar, desk)
