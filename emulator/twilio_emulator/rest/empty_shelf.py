"""Answers for a kind of resource of which an account has none."""

from __future__ import annotations

from twilio_emulator.accounts.shelf import HasSid
from twilio_emulator.rest.desk import Desk
from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.listing import list_reply
from twilio_emulator.rest.parameters import Form


def empty_list(desk: Desk, request: Request, *, key: str, path: str) -> Reply:
    """A page with nothing on it.

    Raises:
        RestError: 20007, 20001 or 21481 for a page that cannot be.
    """
    nothing: tuple[HasSid, ...] = ()
    return list_reply(desk, Form(request.query), nothing, lambda item: item, key=key, path=path)


def not_found(_: Desk, request: Request, __: str) -> Reply:
    """No sid is that of one.

    Raises:
        RestError: 20404, always.
    """
    raise RestError(20404, path=request.path)
