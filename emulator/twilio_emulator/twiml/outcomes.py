"""How a verb ended, as types: what the interpreter does next is read from them and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Next(msgspec.Struct, frozen=True):
    """Go on with the verb below."""


class GoTo(msgspec.Struct, frozen=True):
    """Another document takes over; the rest of this one is dropped.

    `url` is absolute. `parameters` come on top of the standard ones, and `purpose` tells the journal whose
    request it is.
    """

    url: str
    method: str = "POST"
    parameters: Mapping[str, str] = {}
    purpose: str = "voice"


class End(msgspec.Struct, frozen=True):
    """The call is over for TwiML: the verb has hung up or refused."""


class Leave(msgspec.Struct, frozen=True):
    """Out of the queue that this document is heard in."""


Outcome = Next | GoTo | End | Leave
