"""Holds a reply's JSON against the official SDK: which keys it reads, and what it makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from twilio.rest import Client

BEYOND_THE_SDK = {
    "annotation",  # in published replies, though neither the SDK nor the specification has it
    "stir_verstat",  # read by the SDK since 9.13; an older one passes it by
}

TEXT, FLAG, MAP, LIST = (str,), (bool,), (dict,), (list,)
TEXT_OR_NULL = (str, type(None))
MOMENT, MOMENT_OR_NULL = (datetime,), (datetime, type(None))
DAY = (date,)
NUMBER, NUMBER_OR_NULL = (Decimal,), (Decimal, type(None))

Types = Mapping[str, tuple[type, ...]]


class Noting(dict[str, Any]):
    """A payload that notes which of its keys are read."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        super().__init__(payload)
        self.read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)


def json_of(client: Client, path: str, *, method: str = "GET", data: dict[str, object] | None = None) -> dict[str, Any]:
    """The JSON at a path of the account, as it came over the wire."""
    url = f"https://api.twilio.com/2010-04-01/Accounts/{client.account_sid}{path}"
    response = client.request(method, url, data=data)
    assert 200 <= response.status_code < 300, response.text
    return json.loads(response.text)


def check(payload: Mapping[str, Any], instance_of: Callable[[Noting], object], types: Types) -> None:
    """Assert that the payload has the keys that the SDK's class reads, no others, and the right types in them."""
    noting = Noting(payload)
    instance = instance_of(noting)
    assert noting.read - BEYOND_THE_SDK <= set(payload), "the SDK reads what is not there"
    assert set(payload) - noting.read <= BEYOND_THE_SDK, "there is what the SDK does not read"
    wrong = {
        name: getattr(instance, name)
        for name, kinds in types.items()
        if hasattr(instance, name) and not isinstance(getattr(instance, name), kinds)
    }
    assert wrong == {}
