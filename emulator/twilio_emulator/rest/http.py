"""A REST request and its reply, free of any web framework: what the API's logic reads and gives."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus

import msgspec

from twilio_emulator.rest.errors import RestError

_MOST_FIELDS: Final = 1000
_LONGEST_REMEMBERED: Final = 256

OVERRIDE_FIELD: Final = "_method"
OVERRIDE_HEADER: Final = "X-HTTP-Method-Override"


class Request(msgspec.Struct, frozen=True):
    """One request. `path` is decoded; `authorization` is the header as sent, empty when there was none."""

    method: str
    path: str
    query: dict[str, list[str]] = {}
    form: dict[str, list[str]] = {}
    authorization: str = ""


class Reply(msgspec.Struct, frozen=True):
    """A status and a body: bytes as they are (with a Content-Type header), None not at all, anything else as JSON."""

    status: int
    content: object = None
    headers: Mapping[str, str] = {}


def intended_method(override: str, query: dict[str, list[str]], form: dict[str, list[str]]) -> str:
    """What a POST stands for: itself, or another method where a client can send no other. `_method` is taken out.

    The header wins, then `_method` in the form, then in the query. That Twilio takes either is known from its oldest
    clients only [judgement].
    """
    if not override and OVERRIDE_FIELD not in form and OVERRIDE_FIELD not in query:
        return "POST"
    said = (form.pop(OVERRIDE_FIELD, None) or query.pop(OVERRIDE_FIELD, None) or [""])[0]
    return (override or said).strip().upper() or "POST"


def parse_fields(text: str) -> dict[str, list[str]]:
    """Read a form or a query: every name with its values in order, empty ones included.

    Raises:
        RestError: 20001 when there are absurdly many.
    """
    fields: dict[str, list[str]] = {}
    if not text:
        return fields
    pairs = text.split("&")
    if len(pairs) > _MOST_FIELDS:
        raise RestError(20001, parameter="count", problem=f"there are more than {_MOST_FIELDS} parameters")
    for pair in pairs:
        if pair:
            name, _, value = pair.partition("=")
            if "%" in name or "+" in name:
                name = unquote_plus(name)
            if "%" in value or "+" in value:
                value = _remembered(value) if len(value) <= _LONGEST_REMEMBERED else unquote_plus(value)
            if name in fields:
                fields[name].append(value)
            else:
                fields[name] = [value]
    return fields


# Applications say the same URLs and numbers over and over.
_remembered = lru_cache(maxsize=1024)(unquote_plus)
