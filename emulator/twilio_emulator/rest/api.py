"""The REST API without a socket: a request in, a reply out, and an entry in the journal for both.

A request goes through these steps, in this order: credentials, account, route, the resource's handler. Each may
refuse with a `RestError`; what they raise besides is a bug of ours, answered with 20500 and logged with its trace.
"""

from __future__ import annotations

import logging
from typing import Final

from twilio_emulator.accounts.account import Account
from twilio_emulator.journal import Problem, RestRequested
from twilio_emulator.rest.auth import CHALLENGE, Credentials, Principal
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.rest.debugger import Debugger
from twilio_emulator.rest.desk import Desk
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.routes import KEYS_MAY_NOT, Place, locate
from twilio_emulator.rest.world import World

logger = logging.getLogger(__name__)

_SECRETS: Final = frozenset({"SipAuthPassword"})
_HIDDEN: Final = ["***"]


class Api:
    """Version 2010-04-01, for the main account and its sub-accounts."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._calendar = Calendar(world.clock)
        self._credentials = Credentials(world.accounts)
        Debugger(world)

    def answer(self, request: Request) -> Reply:
        """Do what a request asks, or refuse it."""
        place = locate(request.path)
        try:
            principal = self._principal(request, place)
            account = self._account(principal, request, place)
            handler = place.handler(request.method)
            desk = Desk(self._world, self._calendar, account, principal, place.outer_sid)
            reply = handler(desk, request, place.sid)
        except RestError as error:
            return self.refuse(request, error)
        except Exception:
            logger.exception("A REST request failed; this is a bug of the emulator.")
            return self.refuse(request, RestError(20500))
        self._note(request, place, reply.status, None)
        return reply

    def _principal(self, request: Request, place: Place) -> Principal:
        """Who asks. Nobody has to say so for the audio of a recording, as long as an account does not insist."""
        owner = self._world.accounts.get(place.account_sid) if place.is_media else None
        if owner is not None and not request.authorization and not self._world.quirks.media_needs_credentials:
            return Principal(owner)
        return self._credentials.check(request.authorization)

    def _account(self, principal: Principal, request: Request, place: Place) -> Account:
        """The account that a request is about, if whoever asks may act for it."""
        account = principal.account if not place.account_sid else self._world.accounts.get(place.account_sid)
        if account is None:
            raise RestError(20404, path=request.path, hint=f"There is no account {place.account_sid}.")
        if not principal.may_act_for(account):
            raise RestError(20003)
        if principal.key_sid and place.resource in KEYS_MAY_NOT:
            raise RestError(20006, problem="A standard API key may not use this resource")
        # An owner may look at an account that is not active, and change its status.
        is_harmless = request.method == "GET" or not place.resource
        if not principal.account.is_active or not (account.is_active or is_harmless):
            raise RestError(20005, account=account.sid)
        return account

    def refuse(self, request: Request, error: RestError) -> Reply:
        """Say no, with Twilio's code; the journal gets the hint, if there is something to change."""
        self._note(request, locate(request.path), error.status, error.code)
        if error.hint:
            problem = Problem(code=error.code, level="error", message=error.message, hint=error.hint, url=request.path)
            self._world.journal.write(problem)
        headers = {"WWW-Authenticate": CHALLENGE} if error.code == 20003 else {}
        return Reply(error.status, error.body(), headers)

    def _note(self, request: Request, place: Place, status: int, error_code: int | None) -> None:
        self._world.journal.write(
            RestRequested(
                call_sid=place.call_sid,
                method=request.method,
                path=request.path,
                parameters=_readable(request),
                status=status,
                error_code=error_code,
            )
        )


def _readable(request: Request) -> dict[str, list[str]]:
    """All parameters, but for what the journal must not show."""
    parameters = {**request.query, **request.form} if request.query else request.form
    if _SECRETS.isdisjoint(parameters):
        return parameters
    return {name: _HIDDEN if name in _SECRETS else values for name, values in parameters.items()}
