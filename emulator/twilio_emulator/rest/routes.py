"""Which resource a path names: a table, a file a resource.

In a pattern `{}` stands for a sid. The innermost one is handed to the resource's handler, the one above it is the
desk's `outer_sid`. Paths end in `.json`, or in nothing, which means the same
[twilio.com/docs/usage/twilios-response has XML there, which no SDK asks for]. What Twilio has and the emulator has not
is not found, and the journal says that it is not the application's fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from twilio_emulator.rest import (
    accounts,
    applications,
    available_phone_numbers,
    balance,
    call_routes,
    calls,
    conference_routes,
    incoming_phone_numbers,
    keys,
    outgoing_caller_ids,
    queue_members,
    queues,
    tokens,
    usage,
)
from twilio_emulator.rest.desk import API_ROOT, Handler
from twilio_emulator.rest.errors import RestError

Methods = Mapping[str, Handler]

ROUTES: Final[Mapping[str, Methods]] = {
    "": accounts.INSTANCE,
    "Applications": applications.LIST,
    "Applications/{}": applications.INSTANCE,
    "AvailablePhoneNumbers": available_phone_numbers.COUNTRY_LIST,
    "AvailablePhoneNumbers/{}": available_phone_numbers.COUNTRY,
    "AvailablePhoneNumbers/{}/Local": available_phone_numbers.LOCAL,
    "AvailablePhoneNumbers/{}/MachineToMachine": available_phone_numbers.OTHER,
    "AvailablePhoneNumbers/{}/Mobile": available_phone_numbers.MOBILE,
    "AvailablePhoneNumbers/{}/National": available_phone_numbers.OTHER,
    "AvailablePhoneNumbers/{}/SharedCost": available_phone_numbers.OTHER,
    "AvailablePhoneNumbers/{}/TollFree": available_phone_numbers.TOLL_FREE,
    "AvailablePhoneNumbers/{}/Voip": available_phone_numbers.OTHER,
    "Balance": balance.INSTANCE,
    "Calls": calls.LIST,
    "Calls/{}": calls.INSTANCE,
    "IncomingPhoneNumbers": incoming_phone_numbers.LIST,
    "IncomingPhoneNumbers/{}": incoming_phone_numbers.INSTANCE,
    "IncomingPhoneNumbers/Local": incoming_phone_numbers.LOCAL,
    "IncomingPhoneNumbers/Mobile": incoming_phone_numbers.MOBILE,
    "IncomingPhoneNumbers/TollFree": incoming_phone_numbers.TOLL_FREE,
    "Keys": keys.KEYS.list_methods,
    "Keys/{}": keys.KEYS.instance_methods,
    "OutgoingCallerIds": outgoing_caller_ids.LIST,
    "OutgoingCallerIds/{}": outgoing_caller_ids.INSTANCE,
    "Queues": queues.LIST,
    "Queues/{}": queues.INSTANCE,
    "Queues/{}/Members": queue_members.LIST,
    "Queues/{}/Members/{}": queue_members.INSTANCE,
    "SigningKeys": keys.SIGNING_KEYS.list_methods,
    "SigningKeys/{}": keys.SIGNING_KEYS.instance_methods,
    "Tokens": tokens.LIST,
    **usage.ROUTES,
    **call_routes.ROUTES,
    **conference_routes.ROUTES,
}

FILES: Final[Mapping[str, Methods]] = {**call_routes.FILES}
"""What answers with something else than JSON, by its pattern and suffix; a suffix may be empty, but for its dot."""

_MESSAGING: Final = frozenset({"Messages", "SMS"})
_OTHER_PRODUCTS: Final = re.compile(r"/v[0-9]+/.*")
"""Verify, Conversations and the like have hosts of their own, and versions instead of dates."""
_OUTSIDE: Final = "/"
"""Stands for a path outside the API, where another has the name of a resource."""
_CALL_SID: Final = re.compile(r"CA[0-9a-f]{32}")

KEYS_MAY_NOT: Final = frozenset({"", "Keys", "SigningKeys"})
"""Resources that a standard key does not reach [twilio.com/docs/iam/api-keys]."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads, whatever is to be done there.

    Attributes:
        path: the path itself.
        account_sid: the account that it names; empty for /Accounts itself.
        resource: the name below the account, like `Calls`; empty for accounts themselves.
        methods: what can be done there; None where there is nothing.
        sid: the innermost one, empty for a list.
        outer_sid: the one above it.
        call_sid: the call that the path is about, wherever in it the call is named.
        is_media: whether it is the audio of a recording.
    """

    path: str
    account_sid: str
    resource: str = ""
    methods: Methods | None = None
    sid: str = ""
    outer_sid: str = ""
    call_sid: str = ""
    is_media: bool = False

    def handler(self, method: str) -> Handler:
        """What answers this method here.

        Raises:
            RestError: 20404 where there is nothing, 20004 for a method that the resource does not know.
        """
        if self.methods is None:
            raise _not_there(self)
        handler = self.methods.get(method)
        if handler is None:
            raise RestError(20004, method=method, allowed=" or ".join(sorted(self.methods)))
        return handler


_NOWHERE: Final[tuple[None, list[str]]] = (None, [])


@lru_cache(maxsize=4096)
def locate(path: str) -> Place:
    """Tell where a path leads; remembered for whoever asks again until a call is over."""
    below = path.removeprefix(API_ROOT)
    if below == path or (below and below[0] not in "/."):
        return Place(path, "", resource=_OUTSIDE)
    account_sid = below.removeprefix("/").partition("/")[0].removesuffix(".json").removeprefix(".json")
    names = path.removeprefix(f"{API_ROOT}/{account_sid}" if account_sid else API_ROOT).split("/")
    names[-1], suffix = _split_suffix(names[-1])
    methods, sids = _NOWHERE if names[0] else _lookup(account_sid, names[1:], suffix)
    call = _CALL_SID.search(path)
    return Place(
        path,
        account_sid,
        resource=names[1] if len(names) > 1 else "",
        methods=methods,
        sid=sids[-1] if sids else "",
        outer_sid=sids[-2] if len(sids) > 1 else "",
        call_sid=call.group() if call else "",
        is_media=call_routes.is_media(path),
    )


def _lookup(account_sid: str, names: list[str], suffix: str) -> tuple[Methods | None, list[str]]:
    if not account_sid:
        return (accounts.LIST, []) if not names and suffix in {"", ".json"} else _NOWHERE
    # Resources and sids alternate; a few resources have a resource below them instead (Usage/Records/Daily).
    pattern = "/".join("{}" if place % 2 else name for place, name in enumerate(names))
    sids = names[1::2]
    file = FILES.get(pattern + (suffix or "."))
    if file is not None:
        return file, sids
    if suffix not in {"", ".json"}:
        return None, []
    literal = ROUTES.get("/".join(names)) if "{}" not in names else None
    return (literal, []) if literal is not None else (ROUTES.get(pattern), sids)


def _split_suffix(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if dot else (name, "")


def _not_there(place: Place) -> RestError:
    if place.resource in _MESSAGING:
        return _not_ours(place, "it has no messages")
    if _OTHER_PRODUCTS.fullmatch(place.path):
        return _not_ours(place, "it has no Verify, nor any other product")
    if place.resource == _OUTSIDE:
        return RestError(20404, path=place.path, hint=f"Paths begin with {API_ROOT}.")
    return RestError(20404, path=place.path, hint="This version of the emulator has no such resource.")


def _not_ours(place: Place, lack: str) -> RestError:
    """Not found, and the reply itself says why."""
    error = RestError(20404, path=place.path, hint=f"This emulator speaks Voice; {lack}. Test it with something else.")
    error.message = f"{error.message}. This emulator speaks Voice; {lack}."
    return error
