"""A REST request and its reply, free of any web framework: what the API's logic reads and gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

import msgspec

from twilio_emulator.rest.errors import RestError

_MOST_FIELDS: Final = 1000

OVERRIDE_FIELD: Final = "_method"
OVERRIDE_HEADER: Final = "X-HTTP-Method-Override"


class Request(msgspec.Struct, frozen=True):
    """One request. `path` is decoded; `authorization` is the header as sent, empty when there was none."""

    method: str
    path: str
    query: Mapping[str, list[str]] = {}
    form: Mapping[str, list[str]] = {}
    authorization: str = ""


class Reply(msgspec.Struct, frozen=True):
    """A status and a body: bytes as they are (with a Content-Type header), None not at all, anything else as JSON."""

    status: int
    content: object = None
    headers: Mapping[str, str] = {}


def effective_method(method: str, override: str, query: Mapping[str, list[str]], form: Mapping[str, list[str]]) -> str:
    """The method that is meant: a POST may stand for another, where a client can send no other.

    The header wins, then `_method` in the form, then in the query. That Twilio takes either is known from its oldest
    clients only [judgement].
    """
    if method != "POST":
        return method
    said = override or next(iter(form.get(OVERRIDE_FIELD) or query.get(OVERRIDE_FIELD) or ()), "")
    return said.strip().upper() or method


def parse_fields(text: str) -> dict[str, list[str]]:
    """Read a form or a query: every name with its values in order, empty ones included.

    Raises:
        RestError: 20001 when there are absurdly many.
    """
    if not text:
        return {}
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace")
    except ValueError:
        problem = f"there are more than {_MOST_FIELDS} parameters"
        raise RestError(20001, parameter="count", problem=problem) from None
