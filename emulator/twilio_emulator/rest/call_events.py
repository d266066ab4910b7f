"""The Events of a call: the request that placed it, and every request about it to the application
[twilio.com/docs/voice/api/call-event-resource].

The oldest comes first, as in the published reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.calls.notifications import HttpExchange
from twilio_emulator.rest.desk import Desk, Handler
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
    page = cut_page(desk.world.store.records.exchanges.of_call(call.sid)[::-1], wanted)
    desk.warn(query.leftovers({}))
    shown = [_event(exchange, desk) for exchange in page.items]
    path = f"{desk.account_path}/Calls/{call.sid}/Events.json"
    return Reply(200, page_body("events", shown, page, wanted, path=path, filters=()))


LIST: Final[Mapping[str, Handler]] = {"GET": read_all}


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
