"""TwiML applications: voice settings that numbers and calls can share [twilio.com/docs/usage/api/applications]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.accounts.voice import Application
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.listing import list_reply
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.voice_settings import apply_settings, read_voice_settings, voice_settings
from twilio_emulator.webhooks.parameters import API_VERSION
from twilio_wire.sids import SidKind

_MESSAGE_CALLBACKS: Final = {
    "SmsStatusCallback": "sms_status_callback",
    "MessageStatusCallback": "message_status_callback",
}


def create(desk: Desk, request: Request, _: str) -> Reply:
    """POST Applications.json."""
    form = Form(request.form)
    now_ms = desk.world.clock.now_ms
    application = Application(
        sid="", account_sid=desk.account.sid, friendly_name="", created_ms=now_ms, updated_ms=now_ms
    )
    apply_settings(application, _changes(form, application))
    application.sid = desk.world.sids.new(SidKind.APPLICATION)
    application.friendly_name = application.friendly_name or application.sid
    desk.world.store.applications.add(application)
    desk.warn(form.leftovers({}))
    return Reply(201, _resource(desk, application))


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET Applications.json."""
    query = Form(request.query)
    name = query.text("FriendlyName")
    return list_reply(
        desk,
        query,
        desk.world.store.applications.of(desk.account.sid),
        lambda application: _resource(desk, application),
        key="applications",
        path=f"{desk.account_path}/Applications",
        filters=("FriendlyName",),
        matches=lambda application: name in {"", application.friendly_name},
    )


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Applications/{sid}.json."""
    return Reply(200, _resource(desk, _find(desk, request, sid)))


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST Applications/{sid}.json."""
    application = _find(desk, request, sid)
    form = Form(request.form)
    apply_settings(application, _changes(form, application))
    application.updated_ms = desk.world.clock.now_ms
    desk.warn(form.leftovers({}))
    return Reply(200, _resource(desk, application))


def delete(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE Applications/{sid}.json; numbers that named it answer with their own settings again."""
    application = _find(desk, request, sid)
    desk.world.store.applications.remove(application.sid)
    for number in desk.world.store.numbers_of(desk.account.sid):
        if number.voice_application_sid == application.sid:
            number.voice_application_sid = ""
    return Reply(204)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all, "POST": create}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change, "DELETE": delete}


def _find(desk: Desk, request: Request, sid: str) -> Application:
    application = desk.world.store.applications.find(desk.account.sid, sid)
    if application is None:
        raise RestError(20404, path=request.path)
    return application


def _changes(form: Form, application: Application) -> dict[str, object]:
    changes = read_voice_settings(form, application)
    for parameter, field in _MESSAGE_CALLBACKS.items():
        if form.has(parameter):
            changes[field] = form.url(parameter, code=21402)
    if form.text("PublicApplicationConnectEnabled"):
        changes["public_application_connect_enabled"] = form.flag("PublicApplicationConnectEnabled", default=False)
    return changes


def _resource(desk: Desk, application: Application) -> dict[str, object]:
    return {
        **voice_settings(application),
        "api_version": API_VERSION,
        "date_created": desk.calendar.rfc2822(application.created_ms),
        "date_updated": desk.calendar.rfc2822(application.updated_ms),
        "message_status_callback": application.message_status_callback,
        "public_application_connect_enabled": application.public_application_connect_enabled,
        "sms_status_callback": application.sms_status_callback,
        "uri": f"{desk.account_path}/Applications/{application.sid}.json",
    }
