"""Files the journal's problems and requests where Notifications and a call's Events find them."""

from __future__ import annotations

import re
from typing import Final

from twilio_emulator.calls.notifications import HttpExchange, Notification
from twilio_emulator.journal import Entry, Problem, WebhookSent
from twilio_emulator.rest.world import World
from twilio_wire.sids import SidKind

_ACCOUNT_IN_PATH: Final = re.compile(r"/Accounts/(AC[0-9a-f]{32})")


class Debugger:
    """Reads along in the journal."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.journal.subscribe(self._read, Problem, WebhookSent)

    def _read(self, entry: Entry) -> None:
        if isinstance(entry, Problem) and entry.code:
            self._file_problem(entry)
        elif isinstance(entry, WebhookSent) and entry.call_sid:
            self._file_request(entry)

    def _file_problem(self, problem: Problem) -> None:
        records = self._world.store.records
        exchanges = records.exchanges.of_call(problem.call_sid)
        came_of = exchanges[-1] if exchanges and problem.url and exchanges[-1].url == problem.url else None
        records.add_notification(
            Notification(
                sid=self._world.sids.new(SidKind.NOTIFICATION),
                account_sid=self._account_of(problem),
                call_sid=problem.call_sid,
                problem=problem,
                exchange=came_of,
            )
        )

    def _file_request(self, sent: WebhookSent) -> None:
        call = self._world.store.call(sent.call_sid)
        self._world.store.records.exchanges.add(
            HttpExchange(
                # Events have no sid on the wire; pages need something to hold on to.
                sid=f"EV{sent.sequence:032x}",
                account_sid=self._world.account_sid if call is None else call.account_sid,
                call_sid=sent.call_sid,
                at_ms=sent.at_ms,
                method=sent.method,
                url=sent.url,
                parameters=sent.parameters,
                status=sent.status,
                content_type=sent.content_type,
                body=sent.body,
            )
        )

    def _account_of(self, problem: Problem) -> str:
        call = self._world.store.call(problem.call_sid)
        if call is not None:
            return call.account_sid
        named = _ACCOUNT_IN_PATH.search(problem.url)
        is_known = named is not None and self._world.accounts.get(named[1]) is not None
        return named[1] if named is not None and is_known else self._world.account_sid
