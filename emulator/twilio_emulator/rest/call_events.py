"""The Events of a call: the request that placed it, and every request about it to the application
[twilio.com/docs/voice/api/call-event-resource].

The oldest comes first, as in the published reply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.notifications import HttpExchange
from twilio_emulator.rest.desk import API_ROOT, Desk, Handler
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import find_call
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form


def read_all(desk: Desk, request: Request, call_sid: str) -> Reply:
    """GET Calls/{sid}/Events.json."""
    call = find_call(desk, request, call_sid)
    query = Form(request.query)
    wanted = read_page_request(query)
    # Pages run from the end of a sequence to its beginning.
    exchanges = [*_creation(call, desk), *desk.world.store.records.exchanges.of_call(call.sid)]
    page = cut_page(exchanges[::-1], wanted)
    desk.warn(query.leftovers({}))
    shown = [_event(exchange, desk) for exchange in page.items]
    path = f"{desk.account_path}/Calls/{call.sid}/Events.json"
    return Reply(200, page_body("events", shown, page, wanted, path=path, filters=()))


_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")

LIST: Final[Mapping[str, Handler]] = {"GET": read_all}


def _creation(call: Call, desk: Desk) -> list[HttpExchange]:
    """The request that placed the call, if REST has; its parameters in lower case [twilio-oai]."""
    if call.asked_with is None:
        return []
    parameters = {_WORD.sub("_", name).lower(): values[0] for name, values in call.asked_with.items()}
    parameters.pop("sip_auth_password", None)
    return [
        HttpExchange(
            # Events have no sid on the wire; pages need something to hold on to.
            sid=f"EC{call.sid[2:]}",
            account_sid=call.account_sid,
            call_sid=call.sid,
            at_ms=call.created_ms,
            method="POST",
            url=desk.world.url_of(f"{API_ROOT}/{call.account_sid}/Calls.json"),
            parameters=parameters | {"account_sid": call.account_sid},
            status=201,
            content_type="application/json",
            body=f'{{"sid": "{call.sid}"}}',
        )
    ]


def _event(exchange: HttpExchange, desk: Desk) -> dict[str, object]:
    return {
        "request": {"method": exchange.method, "url": exchange.url, "parameters": exchange.parameters},
        "response": {
            "response_code": exchange.status,
            # Call time does not pass while the application thinks.
            "request_duration": 0,
            "content_type": exchange.content_type,
            "response_body": exchange.body,
            "date_created": desk.calendar.rfc2822(exchange.at_ms),
        },
    }
