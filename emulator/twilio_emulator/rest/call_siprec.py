"""The Siprec sessions of a call: taken, noted and stopped; nothing is sent to a recorder
[twilio.com/docs/voice/api/siprec-resource]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.sidecars import SidecarKind
from twilio_emulator.calls.streams import track_count
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import call_in_progress
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.sidecar_resource import check_room, sidecar_reply, stop_sidecar

_PARAMETERS: Final = tuple(f"Parameter{number}.{part}" for number in range(1, 100) for part in ("Name", "Value"))

WITHOUT_EFFECT: Final = dict.fromkeys(
    ("ConnectorName", "StatusCallback", "StatusCallbackMethod", *_PARAMETERS), "SIPREC recorder"
)


def start(desk: Desk, request: Request, call_sid: str) -> Reply:
    """POST Calls/{sid}/Siprec.json."""
    call = call_in_progress(desk, request, call_sid, "start SIPREC")
    form = Form(request.form)
    name, track = check_room(form, desk, call, SidecarKind.SIPREC)
    desk.warn(form.leftovers(WITHOUT_EFFECT), call.sid)
    begun = desk.world.begin_sidecar(call, SidecarKind.SIPREC, name=name, tracks=track_count(track))
    return sidecar_reply(begun, desk)


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Calls/{sid}/Siprec/{sid or name}.json: stop it."""
    return stop_sidecar(desk, request, SidecarKind.SIPREC, sid)


LIST: Final[Mapping[str, Handler]] = {"POST": start}
INSTANCE: Final[Mapping[str, Handler]] = {"POST": change}
