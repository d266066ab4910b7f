"""The IncomingPhoneNumbers resource: the numbers of an account, what answers them [twilio.com/docs/phone-numbers]."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from twilio_emulator.accounts.number_pool import NumberKind, area_range, kind_of
from twilio_emulator.calls.store import IncomingPhoneNumber, Store
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.listing import list_reply
from twilio_emulator.rest.parameters import Form
from twilio_emulator.rest.voice_settings import apply_settings, read_voice_settings, voice_settings
from twilio_emulator.webhooks.parameters import API_VERSION
from twilio_wire.e164 import InvalidNumber, national_format, normalize
from twilio_wire.sids import SidKind

WITHOUT_EFFECT: Final[Mapping[str, str]] = {
    "TrunkSid": "SIP trunks",
    "VoiceReceiveMode": "fax",
    "EmergencyStatus": "emergency calls",
    "EmergencyAddressSid": "emergency calls",
    "IdentitySid": "regulatory identities",
    "AddressSid": "addresses",
    "BundleSid": "regulatory bundles",
}


def buy(desk: Desk, request: Request, _: str) -> Reply:
    """POST IncomingPhoneNumbers.json."""
    return _buy(desk, request, None)


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET IncomingPhoneNumbers/{sid}.json."""
    return Reply(200, number_resource(_find(desk, request, sid), desk.calendar))


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET IncomingPhoneNumbers.json."""
    return _list(desk, request, None)


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST IncomingPhoneNumbers/{sid}.json."""
    number = _find(desk, request, sid)
    form = Form(request.form)
    changes = _changes(form, number, desk.world.store)
    owner_sid = form.text("AccountSid") or number.account_sid
    owner = desk.world.accounts.get(owner_sid)
    if owner is None or not owner.is_active:
        raise RestError(21472, value=owner_sid)
    if owner.sid != number.account_sid and not desk.principal.may_act_for(owner):
        raise RestError(20003, hint="A number is moved with the credentials of the account that owns both others.")
    apply_settings(number, changes)
    number.updated_ms = desk.world.clock.now_ms
    if owner.sid != number.account_sid:
        number.voice_application_sid = ""
        desk.world.store.transfer_number(number, owner.sid)
    desk.warn(form.leftovers(WITHOUT_EFFECT))
    return Reply(200, number_resource(number, desk.calendar))


def release(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE IncomingPhoneNumbers/{sid}.json."""
    desk.world.store.remove_number(_find(desk, request, sid).sid)
    return Reply(204)


def of_kind(kind: NumberKind) -> Mapping[str, Handler]:
    """IncomingPhoneNumbers/Local.json and its like: the same for one kind of number."""
    return {
        "GET": lambda desk, request, _: _list(desk, request, kind),
        "POST": lambda desk, request, _: _buy(desk, request, kind),
    }


LIST: Final[Mapping[str, Handler]] = {"GET": read_all, "POST": buy}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change, "DELETE": release}
LOCAL: Final = of_kind(NumberKind.LOCAL)
MOBILE: Final = of_kind(NumberKind.MOBILE)
TOLL_FREE: Final = of_kind(NumberKind.TOLL_FREE)
_PATHS: Final = {
    None: "",
    NumberKind.LOCAL: "/Local",
    NumberKind.MOBILE: "/Mobile",
    NumberKind.TOLL_FREE: "/TollFree",
}


def number_resource(number: IncomingPhoneNumber, calendar: Calendar) -> dict[str, object]:
    """The JSON of a number. It can do voice and nothing else, because nothing else is emulated."""
    return {
        **voice_settings(number),
        "address_requirements": "none",
        "address_sid": None,
        "api_version": API_VERSION,
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"voice": True, "sms": False, "mms": False, "fax": False},
        "date_created": calendar.rfc2822(number.created_ms),
        "date_updated": calendar.rfc2822(number.updated_ms),
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": number.phone_number,
        "sms_application_sid": number.sms_application_sid,
        "status": "in-use",
        "trunk_sid": None,
        "type": kind_of(number.phone_number).value,
        "uri": f"/{API_VERSION}/Accounts/{number.account_sid}/IncomingPhoneNumbers/{number.sid}.json",
        "voice_application_sid": number.voice_application_sid,
        "voice_receive_mode": "voice",
    }


def _buy(desk: Desk, request: Request, kind: NumberKind | None) -> Reply:
    form = Form(request.form)
    store = desk.world.store
    phone_number = _wanted_number(form, store, kind)
    now_ms = desk.world.clock.now_ms
    number = IncomingPhoneNumber(
        sid="",
        account_sid=desk.account.sid,
        phone_number=phone_number,
        friendly_name=national_format(phone_number),
        created_ms=now_ms,
        updated_ms=now_ms,
    )
    apply_settings(number, _changes(form, number, store))
    number.sid = desk.world.sids.new(SidKind.PHONE_NUMBER)
    store.add_number(number)
    desk.warn(form.leftovers(WITHOUT_EFFECT))
    return Reply(201, _shown(number, desk.calendar, kind))


def _list(desk: Desk, request: Request, kind: NumberKind | None) -> Reply:
    query = Form(request.query)
    store = desk.world.store
    pattern, name = query.text("PhoneNumber"), query.text("FriendlyName")
    origin = query.choice("Origin", ("twilio", "hosted"), code=20001)
    query.text("Beta")
    digits = re.compile(re.escape(pattern).replace(r"\*", "[0-9]"))
    exact = store.owned(pattern)
    candidates = store.numbers_of(desk.account.sid) if exact is None else (exact,)

    def matches(number: IncomingPhoneNumber) -> bool:
        return (
            number.account_sid == desk.account.sid
            and digits.search(number.phone_number) is not None
            and name in {"", number.friendly_name}
            and kind in {None, kind_of(number.phone_number)}
        )

    return list_reply(
        desk,
        query,
        () if origin == "hosted" else candidates,
        lambda number: _shown(number, desk.calendar, kind),
        key="incoming_phone_numbers",
        path=f"{desk.account_path}/IncomingPhoneNumbers{_PATHS[kind]}",
        filters=("FriendlyName", "Beta", "PhoneNumber", "Origin"),
        matches=matches,
    )


def _shown(number: IncomingPhoneNumber, calendar: Calendar, kind: NumberKind | None) -> dict[str, object]:
    """The JSON of a number; the lists of one kind do not say which kind that is [twilio-oai]."""
    resource = number_resource(number, calendar)
    if kind is not None:
        del resource["type"]
    return resource


def _find(desk: Desk, request: Request, sid: str) -> IncomingPhoneNumber:
    number = desk.world.store.number(sid)
    if number is None or number.account_sid != desk.account.sid:
        raise RestError(20404, path=request.path)
    return number


def _wanted_number(form: Form, store: Store, kind: NumberKind | None) -> str:
    """The number to buy: the one named, or a free one of an area."""
    text, area = form.text("PhoneNumber"), form.text("AreaCode")
    if not text and area:
        return _free_number(area, store)
    try:
        number = normalize(text)
    except InvalidNumber:
        hint = None if text else "Give PhoneNumber or AreaCode."
        raise RestError(21421, number=text or "(none)", hint=hint) from None
    if store.owned(number) is not None:
        raise RestError(21422, number=number)
    if kind not in {None, kind_of(number)}:
        raise RestError(21422, number=number, hint=f"It is a {kind_of(number)} number; buy it as one.")
    return number


def _free_number(area: str, store: Store) -> str:
    """An area code's first free number."""
    found = area_range(area)
    if found is None:
        raise RestError(21451, value=area)
    free = (number for number in found.numbers() if store.owned(number) is None)
    try:
        return next(free)
    except StopIteration:
        raise RestError(21452, value=area) from None


def _changes(form: Form, number: IncomingPhoneNumber, store: Store) -> dict[str, object]:
    """The fields that a request sets, checked; nothing is changed yet.

    Raises:
        RestError: for the first mistake.
    """
    changes = read_voice_settings(form, number)
    if form.has("VoiceApplicationSid"):
        sid = form.text("VoiceApplicationSid")
        if sid and store.applications.find(number.account_sid, sid) is None:
            raise RestError(21420, value=sid)
        changes["voice_application_sid"] = sid
    if form.has("SmsApplicationSid"):
        changes["sms_application_sid"] = form.text("SmsApplicationSid")
    return changes
