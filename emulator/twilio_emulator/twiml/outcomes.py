"""How a verb ended, as types: what the interpreter does next is read from them and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Next:
    """Go on with the verb below."""


@dataclass(frozen=True, slots=True)
class GoTo:
    """Another document takes over; the rest of this one is dropped.

    `url` is absolute. `parameters` come on top of the standard ones, and `purpose` tells the journal whose
    request it is.
    """

    url: str
    method: str = "POST"
    parameters: Mapping[str, str] = field(default_factory=dict)
    purpose: str = "voice"


@dataclass(frozen=True, slots=True)
class End:
    """The call is over for TwiML: the verb has hung up or refused."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Out of the queue that this document is heard in."""


Outcome = Next | GoTo | End | Leave
