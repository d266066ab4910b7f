"""Which resource a path names: a table, a file a resource.

In a pattern `{}` stands for a sid. The innermost one is handed to the resource's handler, the one above it is the
desk's `outer_sid`. Paths end in `.json`, or in nothing, which means the same
[twilio.com/docs/usage/twilios-response has XML there, which no SDK asks for]. What Twilio has and the emulator has not
is not found, and the journal says that it is not the application's fault.
"""

from __future__ import annotations

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
    incoming_phone_numbers,
    keys,
    outgoing_caller_ids,
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
    "SigningKeys": keys.SIGNING_KEYS.list_methods,
    "SigningKeys/{}": keys.SIGNING_KEYS.instance_methods,
    "Tokens": tokens.LIST,
    **usage.ROUTES,
    **call_routes.ROUTES,
}

FILES: Final[Mapping[str, Methods]] = {**call_routes.FILES}
"""What answers with something else than JSON, by its pattern and suffix; a suffix may be empty, but for its dot."""

_MESSAGING: Final = frozenset({"Messages", "SMS"})

KEYS_MAY_NOT: Final = frozenset({"", "Keys", "SigningKeys"})
"""Resources that a standard key does not reach [twilio.com/docs/iam/api-keys]."""


@dataclass(frozen=True, slots=True)
class Route:
    """What a path leads to: the account that it names (empty for /Accounts itself), a handler and the sids in it."""

    account_sid: str
    handler: Handler
    sid: str = ""
    outer_sid: str = ""


def account_of(path: str) -> str:
    """The account that a path names; empty for the list of accounts.

    Raises:
        RestError: 20404 for a path outside the API.
    """
    below = path.removeprefix(API_ROOT)
    if below == path or (below and below[0] not in "/."):
        raise RestError(20404, path=path, hint=f"Paths begin with {API_ROOT}.")
    name = below.removeprefix("/").partition("/")[0]
    return name.removesuffix(".json").removeprefix(".json")


def resource_of(path: str) -> str:
    """The resource below the account that a path leads into, like `Calls`; empty for accounts themselves."""
    names = path.removeprefix(API_ROOT).split("/")
    return names[2].removesuffix(".json") if len(names) > 2 else ""


@lru_cache(maxsize=1024)
def resolve(method: str, path: str) -> Route:
    """The way to a path's handler, remembered for whoever asks again until a call is over.

    Raises:
        RestError: 20404 for a path that leads nowhere, 20004 for a method that the resource does not know.
    """
    account_sid = account_of(path)
    names = path.removeprefix(f"{API_ROOT}/{account_sid}" if account_sid else API_ROOT).split("/")
    names[-1], suffix = _split_suffix(names[-1])
    if names[0]:
        raise RestError(20404, path=path)
    methods, sids = _lookup(account_sid, names[1:], suffix)
    if methods is None:
        raise _not_there(path, names[1:])
    handler = methods.get(method)
    if handler is None:
        raise RestError(20004, method=method, allowed=" or ".join(sorted(methods)))
    return Route(account_sid, handler, *reversed(sids[-2:]))


def _lookup(account_sid: str, names: list[str], suffix: str) -> tuple[Methods | None, list[str]]:
    if not account_sid:
        return (accounts.LIST if not names and suffix in {"", ".json"} else None), []
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


def _not_there(path: str, names: list[str]) -> RestError:
    if names and names[0] in _MESSAGING:
        hint = "This emulator speaks Voice; it has no messages. Test them with something else."
        error = RestError(20404, path=path, hint=hint)
        error.message = f"{error.message}. This emulator speaks Voice; it has no messages."
        return error
    return RestError(20404, path=path, hint="This version of the emulator has no such resource.")
