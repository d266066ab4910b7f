"""The IncomingPhoneNumbers resource: the numbers of the account, what answers them [twilio.com/docs/phone-numbers]."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.store import IncomingPhoneNumber, Store
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form
from twilio_emulator.webhooks.parameters import API_VERSION
from twilio_wire.e164 import InvalidNumber, national_format, normalize
from twilio_wire.sids import SidKind

MAX_FRIENDLY_NAME: Final = 64

_URLS: Final = {
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
    "SmsUrl": "sms_url",
    "SmsFallbackUrl": "sms_fallback_url",
}
_METHODS: Final = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
    "SmsMethod": "sms_method",
    "SmsFallbackMethod": "sms_fallback_method",
}
# Cleared, these are null, the other URLs an empty text [twilio-oai, examples].
_NULL_WHEN_CLEARED: Final = frozenset({"voice_url", "voice_fallback_url"})

WITHOUT_EFFECT: Final[Mapping[str, str]] = {
    "AccountSid": "second account",
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
    form = Form(request.form)
    store = desk.world.store
    phone_number = _wanted_number(form, store)
    now_ms = desk.world.clock.now_ms
    number = IncomingPhoneNumber(
        sid="",
        account_sid=desk.world.account_sid,
        phone_number=phone_number,
        friendly_name=national_format(phone_number),
        created_ms=now_ms,
        updated_ms=now_ms,
    )
    _apply(number, _changes(form, number))
    number.sid = desk.world.sids.new(SidKind.PHONE_NUMBER)
    store.add_number(number)
    desk.warn(form.leftovers(WITHOUT_EFFECT))
    return Reply(201, number_resource(number, desk.calendar))


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET IncomingPhoneNumbers/{sid}.json."""
    return Reply(200, number_resource(_find(desk, request, sid), desk.calendar))


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET IncomingPhoneNumbers.json."""
    query = Form(request.query)
    store = desk.world.store
    pattern, name = query.text("PhoneNumber"), query.text("FriendlyName")
    origin = query.choice("Origin", ("twilio", "hosted"), code=20001)
    filters = [(key, query.text(key)) for key in ("FriendlyName", "Beta", "PhoneNumber", "Origin") if query.text(key)]
    wanted = read_page_request(query)
    exact = store.owned(pattern)
    candidates = store.numbers() if exact is None else (exact,)
    digits = re.compile(re.escape(pattern).replace(r"\*", "[0-9]"))
    page = cut_page(
        () if origin == "hosted" else candidates,
        wanted,
        lambda number: digits.search(number.phone_number) is not None and name in {"", number.friendly_name},
    )
    desk.warn(query.leftovers({}))
    records = [number_resource(number, desk.calendar) for number in page.items]
    path = f"{desk.account_path}/IncomingPhoneNumbers.json"
    return Reply(200, page_body("incoming_phone_numbers", records, page, wanted, path=path, filters=filters))


def change(desk: Desk, request: Request, sid: str) -> Reply:
    """POST IncomingPhoneNumbers/{sid}.json."""
    number = _find(desk, request, sid)
    form = Form(request.form)
    _apply(number, _changes(form, number))
    number.updated_ms = desk.world.clock.now_ms
    desk.warn(form.leftovers(WITHOUT_EFFECT))
    return Reply(200, number_resource(number, desk.calendar))


def release(desk: Desk, request: Request, sid: str) -> Reply:
    """DELETE IncomingPhoneNumbers/{sid}.json."""
    desk.world.store.remove_number(_find(desk, request, sid).sid)
    return Reply(204)


LIST: Final[Mapping[str, Handler]] = {"GET": read_all, "POST": buy}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change, "DELETE": release}


def number_resource(number: IncomingPhoneNumber, calendar: Calendar) -> dict[str, object]:
    """The JSON of a number. It can do voice and nothing else, because nothing else is emulated."""
    return {
        "account_sid": number.account_sid,
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
        "friendly_name": number.friendly_name,
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": number.phone_number,
        "sid": number.sid,
        "sms_application_sid": number.sms_application_sid,
        "sms_fallback_method": number.sms_fallback_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_method": number.sms_method,
        "sms_url": number.sms_url,
        "status": "in-use",
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "trunk_sid": None,
        "type": "local",
        "uri": f"/{API_VERSION}/Accounts/{number.account_sid}/IncomingPhoneNumbers/{number.sid}.json",
        "voice_application_sid": number.voice_application_sid,
        "voice_caller_id_lookup": number.voice_caller_id_lookup,
        "voice_fallback_method": number.voice_fallback_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_method": number.voice_method,
        "voice_receive_mode": "voice",
        "voice_url": number.voice_url,
    }


def _find(desk: Desk, request: Request, sid: str) -> IncomingPhoneNumber:
    number = desk.world.store.number(sid)
    if number is None:
        raise RestError(20404, path=request.path)
    return number


def _wanted_number(form: Form, store: Store) -> str:
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
    return number


def _free_number(area: str, store: Store) -> str:
    """An area code's first free number among those set aside for fiction, 555-0100 to 555-0199."""
    if re.fullmatch("[2-9][0-9]{2}", area) is None:
        raise RestError(21451, value=area)
    for line in range(100, 200):
        number = f"+1{area}5550{line}"
        if store.owned(number) is None:
            return number
    raise RestError(21452, value=area)


def _changes(form: Form, number: IncomingPhoneNumber) -> dict[str, object]:
    """The fields that a request sets, checked; nothing is changed yet.

    Raises:
        RestError: for the first mistake.
    """
    changes: dict[str, object] = {}
    if form.text("FriendlyName"):
        changes["friendly_name"] = form.text("FriendlyName")
    if len(form.text("FriendlyName")) > MAX_FRIENDLY_NAME:
        raise RestError(20002)
    for name, field in _URLS.items():
        if form.has(name):
            changes[field] = form.url(name, code=21402) or (None if field in _NULL_WHEN_CLEARED else "")
    for name, field in _METHODS.items():
        if form.text(name):
            changes[field] = form.method(name, code=21403)
    if form.text("VoiceApplicationSid"):
        raise RestError(21420, value=form.text("VoiceApplicationSid"))
    if form.has("SmsApplicationSid"):
        changes["sms_application_sid"] = form.text("SmsApplicationSid")
    if form.text("VoiceCallerIdLookup"):
        changes["voice_caller_id_lookup"] = form.flag("VoiceCallerIdLookup", default=False)
    form.text("ApiVersion")
    if changes.get("voice_fallback_url", number.voice_fallback_url) and not changes.get("voice_url", number.voice_url):
        raise RestError(21405)
    return changes


def _apply(number: IncomingPhoneNumber, changes: Mapping[str, object]) -> None:
    for field, value in changes.items():
        setattr(number, field, value)
