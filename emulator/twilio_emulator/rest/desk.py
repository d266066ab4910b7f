"""What a resource's handlers have at hand, and the shape that every handler has."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from twilio_emulator.accounts.account import Account
from twilio_emulator.journal import Problem
from twilio_emulator.rest.auth import Principal
from twilio_emulator.rest.dates import Calendar
from twilio_emulator.rest.http import Reply, Request
from twilio_emulator.rest.world import World

API_ROOT = "/2010-04-01/Accounts"


class Desk(msgspec.Struct, frozen=True):
    """One request's view of the world.

    Attributes:
        world: everything.
        calendar: what dates it.
        account: the one that the path names; on /Accounts itself, the one whose credentials were given.
        principal: whose credentials were given.
        outer_sid: the sid of the resource above, `CA…` in Calls/CA…/Recordings/RE…; empty at the top.
    """

    world: World
    calendar: Calendar
    account: Account
    principal: Principal
    outer_sid: str = ""

    @property
    def account_path(self) -> str:
        """The account's path, without a suffix."""
        return f"{API_ROOT}/{self.account.sid}"

    def warn(self, problems: Iterable[Problem], call_sid: str = "") -> None:
        """Write problems down, as those of a call where there is one."""
        for problem in problems:
            self.world.journal.write(msgspec.structs.replace(problem, call_sid=call_sid))


Handler = Callable[[Desk, Request, str], Reply]
"""Answers a request for a resource; the text is the resource's sid, empty for a list. Raises RestError to refuse."""
