"""Tokens: credentials for STUN and TURN, invented; nothing listens there [twilio.com/docs/stun-turn/api]."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.parameters import Form
from twilio_wire.sids import SidKind

_DAY_S: Final = 86_400
_STUN: Final = "stun:global.stun.twilio.com:3478"
_TURN: Final = (
    "turn:global.turn.twilio.com:3478?transport=udp",
    "turn:global.turn.twilio.com:3478?transport=tcp",
    "turn:global.turn.twilio.com:443?transport=tcp",
)


def create(desk: Desk, request: Request, _: str) -> Reply:
    """POST Tokens.json."""
    form = Form(request.form)
    ttl_s = form.whole_number("Ttl", default=_DAY_S, lowest=1, highest=_DAY_S, code=20001, unit="seconds")
    now = desk.calendar.rfc2822(desk.world.clock.now_ms)
    seed = desk.world.sids.new(SidKind.REQUEST)
    username, password = (hashlib.sha256(f"{seed}:{part}".encode()).hexdigest() for part in ("user", "password"))
    desk.warn(form.leftovers({}))
    turn = [{"urls": url, "username": username, "credential": password} for url in _TURN]
    return Reply(
        201,
        {
            "account_sid": desk.account.sid,
            "date_created": now,
            "date_updated": now,
            "ice_servers": [{"urls": _STUN}, *turn],
            "password": password,
            "ttl": str(ttl_s),
            "username": username,
        },
    )


LIST: Final[Mapping[str, Handler]] = {"POST": create}
