"""Which resource a path names: a table, a file a resource.

What Twilio has and the emulator has not is not found, and the journal says that it is not the application's fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twilio_emulator.rest import accounts, calls, incoming_phone_numbers
from twilio_emulator.rest.desk import API_ROOT, Handler
from twilio_emulator.rest.errors import RestError

_LISTS: Final[Mapping[str, Mapping[str, Handler]]] = {
    "Calls": calls.LIST,
    "IncomingPhoneNumbers": incoming_phone_numbers.LIST,
}
_INSTANCES: Final[Mapping[str, Mapping[str, Handler]]] = {
    "Calls": calls.INSTANCE,
    "IncomingPhoneNumbers": incoming_phone_numbers.INSTANCE,
}
_MESSAGING: Final = frozenset({"Messages", "SMS"})


def resolve(account_sid: str, method: str, path: str) -> tuple[Handler, str]:
    """The handler for a path of the account, and the sid in it (empty for a list).

    Raises:
        RestError: 20404 for a path that leads nowhere, 20004 for a method that the resource does not know.
    """
    below, suffix, rest = path.removeprefix(f"{API_ROOT}/{account_sid}").rpartition(".json")
    if not path.startswith(API_ROOT) or not suffix or rest:
        raise RestError(20404, path=path, hint=f"Paths begin with {API_ROOT}/{account_sid} and end in .json.")
    _, *names = below.split("/")
    methods, sid = _resource(names)
    if methods is None:
        raise _not_there(path, names)
    handler = methods.get(method)
    if handler is None:
        raise RestError(20004, method=method, allowed=" or ".join(sorted(methods)))
    return handler, sid


def _resource(names: list[str]) -> tuple[Mapping[str, Handler] | None, str]:
    match names:
        case []:
            return accounts.INSTANCE, ""
        case [name]:
            return _LISTS.get(name), ""
        case [name, sid]:
            return _INSTANCES.get(name), sid
        case _:
            return None, ""


def _not_there(path: str, names: list[str]) -> RestError:
    if names[0] in _MESSAGING:
        hint = "This emulator speaks Voice; it has no messages. Test them with something else."
        error = RestError(20404, path=path, hint=hint)
        error.message = f"{error.message}. This emulator speaks Voice; it has no messages."
        return error
    return RestError(20404, path=path, hint="This version of the emulator has no such resource.")
