"""Kinds of attribute values: what is allowed, in words for the person and in code for the reader.

A kind's `read` raises ValueError for anything else; what then happens is the attribute's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import msgspec

from twilio_wire.dtmf import parse_digits

Value = TypeVar("Value")

_NINE_DIGITS: Final = 999_999_999


class Kind(msgspec.Struct, Generic[Value], frozen=True):
    """`allowed` completes the sentence "the attribute takes …"."""

    allowed: str
    read: Callable[[str], Value]


def whole_number(minimum: int, maximum: int = _NINE_DIGITS) -> Kind[int]:
    """Digits, between the two."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or not minimum <= int(text) <= maximum:
            raise ValueError(text)
        return int(text)

    upper = f" to {maximum}" if maximum < _NINE_DIGITS else ""
    return Kind(f"a whole number from {minimum}{upper}", read)


def words(*known: str) -> Kind[frozenset[str]]:
    """Some of these words, with blanks between them, at least one."""

    def read(text: str) -> frozenset[str]:
        found = frozenset(text.split())
        if not found or not found <= set(known):
            raise ValueError(text)
        return found

    return Kind(f"one or more of {' '.join(known)}", read)


def one_of(*values: str) -> Kind[str]:
    """One of these words, spelled exactly so."""

    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return Kind(" or ".join(f'"{value}"' for value in values), read)


def matching(pattern: str, allowed: str) -> Kind[str]:
    """Text of this form, from its first character to its last."""
    compiled = re.compile(pattern)

    def read(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(text)
        return text

    return Kind(allowed, read)


def _read_digits(text: str) -> str:
    parse_digits(text)  # its InvalidDigits is a ValueError
    return text


def _read_boolean(text: str) -> bool:
    return {"true": True, "false": False}[_word(text, "true", "false")]


def _read_method(text: str) -> str:
    return _word(text, "get", "post").upper()


def _word(text: str, *words: str) -> str:
    word = text.strip().lower()
    if word not in words:
        raise ValueError(text)
    return word


TEXT: Final = Kind("any text", str)
BOOLEAN: Final = Kind('"true" or "false"', _read_boolean)
DIGITS_AND_PAUSES: Final = Kind("digits 0-9, A-D, #, *, w (0.5 s) and W (1 s)", _read_digits)
METHOD: Final = Kind('"GET" or "POST"', _read_method)
LANGUAGE: Final = matching(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", 'a language tag such as "en-US"')
