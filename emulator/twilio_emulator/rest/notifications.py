"""Notifications, of the account and of a call: what the Debugger would show [twilio-oai, notification]."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from twilio_emulator.calls.notifications import Notification
from twilio_emulator.calls.records import CallRegister
from twilio_emulator.rest.desk import Desk, Handler
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.filters import Filters
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.of_call import find_call
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form
from twilio_emulator.webhooks.parameters import API_VERSION

_LOG: Final = {"error": "0", "warning": "1"}
_LEVEL_OF_LOG: Final = {log: level for level, log in _LOG.items()}
_LOG_LEVEL: Final = {"error": "ERROR", "warning": "WARN"}


def read_all(desk: Desk, request: Request, _: str) -> Reply:
    """GET Notifications.json."""
    path = f"{desk.account_path}/Notifications.json"
    return _page(desk, request, lambda register: register.of(desk.account.sid), path)


def read(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Notifications/{sid}.json."""
    return Reply(200, _whole(_find(desk, request, sid), desk, desk.account_path))


def read_all_of_call(desk: Desk, request: Request, call_sid: str) -> Reply:
    """GET Calls/{sid}/Notifications.json."""
    call = find_call(desk, request, call_sid)
    path = f"{desk.account_path}/Calls/{call.sid}/Notifications.json"
    return _page(desk, request, lambda register: register.of_call(call.sid), path)


def read_of_call(desk: Desk, request: Request, sid: str) -> Reply:
    """GET Calls/{sid}/Notifications/{sid}.json."""
    call = find_call(desk, request, desk.outer_sid)
    notification = _find(desk, request, sid)
    if notification.call_sid != call.sid:
        raise RestError(20404, path=request.path)
    return Reply(200, _whole(notification, desk, f"{desk.account_path}/Calls/{call.sid}"))


LIST: Final[Mapping[str, Handler]] = {"GET": read_all}
INSTANCE: Final[Mapping[str, Handler]] = {"GET": read}
CALL_LIST: Final[Mapping[str, Handler]] = {"GET": read_all_of_call}
CALL_INSTANCE: Final[Mapping[str, Handler]] = {"GET": read_of_call}


def _find(desk: Desk, request: Request, sid: str) -> Notification:
    notification = desk.world.store.records.notifications.find(desk.account.sid, sid)
    if notification is None:
        raise RestError(20404, path=request.path)
    return notification


def _page(
    desk: Desk,
    request: Request,
    shelf_in: Callable[[CallRegister[Notification]], Sequence[Notification]],
    path: str,
) -> Reply:
    records = desk.world.store.records
    query = Form(request.query)
    filters: Filters[Notification] = Filters(query, desk.calendar)
    log = filters.choice("Log", tuple(_LOG.values()), lambda one: _LOG[one.problem.level])
    span = filters.moment("MessageDate", lambda one: one.problem.at_ms)
    wanted = read_page_request(query)
    candidates = shelf_in(records.notifications_of_level[_LEVEL_OF_LOG[log]] if log else records.notifications)
    page = cut_page(span.of(candidates, lambda one: one.problem.at_ms), wanted, filters.matches)
    desk.warn(query.leftovers({}))
    shown = [_short(one, desk, path.removesuffix("/Notifications.json")) for one in page.items]
    return Reply(200, page_body("notifications", shown, page, wanted, path=path, filters=filters.parameters))


def _short(notification: Notification, desk: Desk, parent: str) -> dict[str, object]:
    """What a list shows of it."""
    problem, exchange = notification.problem, notification.exchange
    date = desk.calendar.rfc2822(problem.at_ms)
    return {
        "account_sid": notification.account_sid,
        "api_version": API_VERSION,
        "call_sid": notification.call_sid or None,
        "date_created": date,
        "date_updated": date,
        "error_code": str(problem.code),
        "log": _LOG[problem.level],
        "message_date": date,
        "message_text": _text(notification),
        "more_info": f"https://www.twilio.com/docs/errors/{problem.code}",
        "request_method": None if exchange is None else exchange.method,
        "request_url": problem.url if exchange is None else exchange.url,
        "sid": notification.sid,
        "uri": f"{parent}/Notifications/{notification.sid}.json",
    }


def _whole(notification: Notification, desk: Desk, parent: str) -> dict[str, object]:
    """What is shown of one: the request and the reply that it came of, too. Headers of replies are not kept."""
    exchange = notification.exchange
    return _short(notification, desk, parent) | {
        "request_variables": "" if exchange is None else urlencode(exchange.parameters),
        "response_body": "" if exchange is None else exchange.body,
        "response_headers": "",
    }


def _text(notification: Notification) -> str:
    """A form, as in published replies."""
    problem, exchange = notification.problem, notification.exchange
    said = {"LogLevel": _LOG_LEVEL[problem.level], "ErrorCode": str(problem.code), "EmailNotification": "false"}
    if exchange is not None:
        said |= {"sourceComponent": "12000", "httpResponse": str(exchange.status), "url": exchange.url}
    return urlencode(said | {"Msg": problem.message})
