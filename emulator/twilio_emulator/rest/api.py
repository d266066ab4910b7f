"""The REST API without a socket: a request in, a reply out, and an entry in the journal for both.

A request goes through these steps, in this order: credentials, account and route, the resource's handler. Each may
refuse with a `RestError`; what they raise besides is a bug of ours, answered with 20500 and logged with its trace.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Final

from twilio_emulator.journal import Problem, RestRequested
from twilio_emulator.rest.auth import CHALLENGE, Credentials
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.rest.desk import Desk
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.routes import resolve
from twilio_emulator.rest.world import World

logger = logging.getLogger(__name__)

_SECRETS: Final = frozenset({"SipAuthPassword"})
_HIDDEN: Final = ["***"]
_CALL_SID: Final = re.compile(r"CA[0-9a-f]{32}")


class Api:
    """Version 2010-04-01, for one account."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._desk = Desk(world, Calendar(world.clock))
        self._credentials = Credentials(world.account_sid, world.auth_token)

    def answer(self, request: Request) -> Reply:
        """Do what a request asks, or refuse it."""
        try:
            self._credentials.check(request.authorization)
            handler, sid = resolve(self._world.account_sid, request.method, request.path)
            reply = handler(self._desk, request, sid)
        except RestError as error:
            return self.refuse(request, error)
        except Exception:
            logger.exception("A REST request failed; this is a bug of the emulator.")
            return self.refuse(request, RestError(20500))
        self._note(request, reply.status, None)
        return reply

    def refuse(self, request: Request, error: RestError) -> Reply:
        """Say no, with Twilio's code; the journal gets the hint, if there is something to change."""
        self._note(request, error.status, error.code)
        if error.hint:
            problem = Problem(code=error.code, level="error", message=error.message, hint=error.hint, url=request.path)
            self._world.journal.write(problem)
        headers = {"WWW-Authenticate": CHALLENGE} if error.code == 20003 else {}
        return Reply(error.status, error.body(), headers)

    def _note(self, request: Request, status: int, error_code: int | None) -> None:
        self._world.journal.write(
            RestRequested(
                call_sid=call.group() if (call := _CALL_SID.search(request.path)) else "",
                method=request.method,
                path=request.path,
                parameters=_readable({**request.query, **request.form}),
                status=status,
                error_code=error_code,
            )
        )


def _readable(parameters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: _HIDDEN if name in _SECRETS else list(values) for name, values in parameters.items()}
