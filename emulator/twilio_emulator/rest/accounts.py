"""Accounts: read by clients that check their credentials, and sub-accounts opened, changed, suspended and closed
[twilio.com/docs/iam/api/account, twilio.com/docs/iam/api/subaccounts].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.accounts.account import Account, AccountStatus
from twilio_emulator.rest.desk import API_ROOT, Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.listing import list_reply
from twilio_emulator.rest.parameters import Form

_SUBRESOURCES: Final = {
    "available_phone_numbers": "AvailablePhoneNumbers",
    "calls": "Calls",
    "conferences": "Conferences",
    "incoming_phone_numbers": "IncomingPhoneNumbers",
    "notifications": "Notifications",
    "outgoing_caller_ids": "OutgoingCallerIds",
    "recordings": "Recordings",
    "transcriptions": "Transcriptions",
    "addresses": "Addresses",
    "signing_keys": "SigningKeys",
    "connect_apps": "ConnectApps",
    "sip": "SIP",
    "authorized_connect_apps": "AuthorizedConnectApps",
    "usage": "Usage",
    "keys": "Keys",
    "applications": "Applications",
    "short_codes": "SMS/ShortCodes",
    "queues": "Queues",
    "messages": "Messages",
    "balance": "Balance",
}


def open_sub_account(desk: Desk, request: Request, _: str) -> Reply:
    """POST Accounts.json."""
    accounts = desk.world.accounts
    if desk.account is not accounts.main:
        raise RestError(20006, problem="A sub-account has no sub-accounts of its own", hint="Use the main account.")
    form = Form(request.form)
    now_ms = desk.world.clock.now_ms
    now = desk.calendar.date(now_ms)
    default = f"SubAccount Created at {now:%Y-%m-%d %I:%M} {'am' if now.hour < 12 else 'pm'}"
    account = accounts.open_sub_account(form.friendly_name() or default, now_ms=now_ms)
    desk.warn(form.leftovers({}))
    return Reply(201, _resource(desk, account))


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET Accounts.json: the account that asks, and those that it owns."""
    query = Form(request.query)
    name, status = query.text("FriendlyName"), query.choice("Status", tuple(AccountStatus), code=20001)
    return list_reply(
        desk,
        query,
        desk.world.accounts.family(desk.account),
        lambda account: _resource(desk, account),
        key="accounts",
        path=API_ROOT,
        filters=("FriendlyName", "Status"),
        matches=lambda account: name in {"", account.friendly_name} and status in {"", account.status},
    )


def read(desk: Desk, _: Request, __: str) -> Reply:
    """GET Accounts/{sid}.json."""
    return Reply(200, _resource(desk, desk.account))


def change(desk: Desk, request: Request, _: str) -> Reply:
    """POST Accounts/{sid}.json: another name, or another status."""
    account = desk.account
    form = Form(request.form)
    name = form.friendly_name()
    status = form.choice("Status", tuple(AccountStatus), code=20001)
    if status and status != account.status:
        _check_status(desk, account)
        account.status = AccountStatus(status)
        if account.status is AccountStatus.CLOSED:
            _wind_up(desk, account)
    account.friendly_name = name or account.friendly_name
    account.updated_ms = desk.world.clock.now_ms
    desk.warn(form.leftovers({}))
    return Reply(200, _resource(desk, account))


LIST: Final[Mapping[str, Handler]] = {"GET": read_all, "POST": open_sub_account}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read, "POST": change}


def _check_status(desk: Desk, account: Account) -> None:
    if account is desk.world.accounts.main:
        raise RestError(20001, parameter="Status", problem="only a sub-account can be suspended or closed")
    if account.status is AccountStatus.CLOSED:
        raise RestError(20001, parameter="Status", problem="a closed account stays closed")


def _wind_up(desk: Desk, account: Account) -> None:
    """Closing an account ends its calls and releases its numbers."""
    world = desk.world
    for call in world.store.calls_of(account.sid):
        if not call.status.is_final:
            world.end_call(call)
    for number in tuple(world.store.numbers_of(account.sid)):
        world.store.remove_number(number.sid)


def _resource(desk: Desk, account: Account) -> dict[str, object]:
    path = f"{API_ROOT}/{account.sid}"
    return {
        "auth_token": account.auth_token,
        "date_created": desk.calendar.rfc2822(account.created_ms),
        "date_updated": desk.calendar.rfc2822(account.updated_ms),
        "friendly_name": account.friendly_name,
        "owner_account_sid": account.owner_sid,
        "sid": account.sid,
        "status": account.status.value,
        "subresource_uris": {key: f"{path}/{name}.json" for key, name in _SUBRESOURCES.items()},
        "type": "Full",
        "uri": f"{path}.json",
    }
