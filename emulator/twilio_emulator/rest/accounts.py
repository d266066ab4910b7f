"""The one account, for clients that check their credentials by reading it [twilio.com/docs/iam/api/account]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.http import Reply, Request

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


def read(desk: Desk, _: Request, __: str) -> Reply:
    """GET Accounts/{sid}.json."""
    world = desk.world
    began = desk.calendar.rfc2822(0)
    return Reply(
        200,
        {
            "auth_token": world.auth_token,
            "date_created": began,
            "date_updated": began,
            "friendly_name": "Emulated account",
            "owner_account_sid": world.account_sid,
            "sid": world.account_sid,
            "status": "active",
            "subresource_uris": {key: f"{desk.account_path}/{name}.json" for key, name in _SUBRESOURCES.items()},
            "type": "Full",
            "uri": f"{desk.account_path}.json",
        },
    )


INSTANCE: Final[Mapping[str, Handler]] = {"GET": read}
